// A topic with many participants on a dispatcher that is a process of its own, on loopback: what a message
// and a removal cost the dispatcher, the wire and a participant (docs/performance/topics.md). Usage:
// bench_members [PARTICIPANTS]      10, 100 and 1,000 without

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "dispatcher/line.hpp"
#include "dispatcher/post.hpp"
#include "support/people.hpp"
#include "topic/joining.hpp"

namespace {

using namespace taut;
using namespace taut::bench;

constexpr std::size_t kMessages = 50;
constexpr std::size_t kMessageBytes = 300;
/// As many as one commit lets in.
constexpr std::size_t kTogether = 32;

template <class T>
T must(Result<T> result) {
  if (!result) give_up(std::string(result.error().reason.name));
  return *std::move(result);
}

double thread_cpu_s() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

topic::Time topic_now() { return {now(), wall()}; }

/// A participant: identity, card and topic; what it would store is dropped.
struct Member {
  explicit Member(std::uint64_t seed)
      : identity(taut::test::person(seed)),
        card(must(identity::SignedCard::sign(taut::test::card_of(identity, taut::test::person(1)),
                                             identity.signature_key()))),
        random(seed) {}
  topic::Surroundings surroundings() { return {identity.signature_key(), card, random}; }

  identity::Identity identity;
  identity::SignedCard card;
  taut::test::SeededRandom random;
  std::optional<topic::Topic> topic;
};
using Members = std::vector<std::unique_ptr<Member>>;

const topic::Entry* find(const topic::Step& step, topic::EntryKind kind) {
  const auto entry = std::ranges::find(step.publish, kind, &topic::Entry::kind);
  return entry == step.publish.end() ? nullptr : &*entry;
}

/// The next entry of the log, at every participant.
void open_at_all(Members& members, ByteView entry) {
  for (const auto& one : members)
    if (one->topic->standing() == topic::Standing::open)
      must(one->topic->open(entry, one->topic->cursor() + 1, topic_now()));
}

/// Everybody is in before the log is there: what they open is handed to them.
class Gathering {
 public:
  explicit Gathering(const identity::Card& dispatcher) {
    members_.push_back(std::make_unique<Member>(100));
    topic::NewTopic options;
    options.order = topic::LogOrder{{dispatcher.inboxes().front()}};
    founder().topic = must(topic::Topic::create(founder_surroundings(), options, topic_now())).topic;
  }
  Members take(std::size_t count) {
    topic::Topic::Invited invited = must(founder().topic->invite({.uses = 0}, topic_now()));
    while (members_.size() < count) let_in(invited.link, std::min(kTogether, count - members_.size()));
    return std::move(members_);
  }

 private:
  struct Asking {
    std::unique_ptr<Member> member;
    topic::Joining joining;
  };
  Member& founder() { return *members_.front(); }
  topic::Surroundings founder_surroundings() { return founder().surroundings(); }

  /// The first introduction begins a commit of its own; what waits meanwhile comes in together.
  void let_in(const introduction::Locator& link, std::size_t count) {
    std::vector<Asking> asking;
    std::optional<Bytes> commit;
    for (std::size_t i = 0; i < count; ++i) {
      auto member = std::make_unique<Member>(100 + members_.size() + i);
      topic::Joining::Begun begun = must(topic::Joining::begin(member->surroundings(), link, topic_now()));
      const topic::Entry* const asks = find(begun.step, topic::EntryKind::introduction);
      const topic::Step step = must(founder().topic->open(asks->bytes, std::nullopt, topic_now()));
      if (const auto* const made = find(step, topic::EntryKind::commit)) commit = made->bytes;
      asking.push_back({std::move(member), std::move(begun.joining)});
    }
    while (commit) commit = settle(*commit, asking);
    if (!asking.empty()) give_up("somebody was not let in");
  }

  /// @return  the commit that follows
  std::optional<Bytes> settle(const Bytes& commit, std::vector<Asking>& asking) {
    topic::Step made;
    for (const auto& one : members_) {
      topic::Step step = must(one->topic->open(commit, one->topic->cursor() + 1, topic_now()));
      if (one == members_.front()) made = std::move(step);
    }
    for (const topic::Entry& entry : made.publish) {
      if (entry.kind != topic::EntryKind::welcome) continue;
      const auto who = std::ranges::find(asking, entry.to->node_id(),
                                         [](const Asking& one) { return one.member->card.node_id(); });
      if (who == asking.end()) continue;
      who->member->topic = must(who->joining.open(entry.bytes, {}, topic_now())).topic;
      members_.push_back(std::move(who->member));
      asking.erase(who);
    }
    const topic::Entry* const next = find(made, topic::EntryKind::commit);
    return next == nullptr ? std::nullopt : std::optional(next->bytes);
  }

  Members members_;
};

/// A participant's link, without a name; it has proven the epoch's key and reads.
class Seat {
 public:
  Seat(Person& person, const Post& post, Member& member)
      : member_(member),
        log_(member.topic->settings().log_id.view()),
        pair_(must(member.topic->access_key(member.topic->epoch()))),
        line_(person, post.card(), [this](node::SessionEvent& event) { on(event); }, Named::no) {
    const frame::AccessProof proof = must(frame::prove_log_access(pair_, line_.session_id(), log_));
    line_.session().open_log(log_, key(), proof);
    line_.flush();
    serve({&line_}, [this] { return has_access_; });
    line_.session().read_log(log_, key(), frame::Shelf::entries, 0, frame::Until::closed);
    line_.flush();
    serve({&line_}, [this] { return is_reading_; });
  }

  void append(const topic::Entry& entry) {
    line_.session().append_entry(log_, key(), entry.id, entry.bytes);
    line_.flush();
  }
  Line& line() { return line_; }
  std::size_t heard() const { return heard_; }
  std::size_t opened() const { return opened_; }
  double open_cpu_s() const { return open_cpu_s_; }

 private:
  frame::AccessKey key() const { return frame::access_key_of(pair_); }
  void on(const node::SessionEvent& event) {
    if (const auto* const answer = std::get_if<node::Answered>(&event)) {
      if (answer->status != frame::AnswerStatus::done) give_up("the log is not open to a participant");
      has_access_ = true;
    }
    if (std::holds_alternative<node::ReadingDrained>(event)) is_reading_ = true;
    if (const auto* const read = std::get_if<node::EntriesRead>(&event))
      for (const node::ReadEntry& one : read->entries) open(one.entry);
  }
  void open(const Bytes& entry) {
    const double before = thread_cpu_s();
    topic::Topic& topic = *member_.topic;
    const topic::Step step = must(topic.open(entry, topic.cursor() + 1, topic_now()));
    open_cpu_s_ += thread_cpu_s() - before;
    ++opened_;
    for (const topic::Event& happened : step.events)
      if (std::holds_alternative<topic::MessageReceived>(happened)) ++heard_;
    line_.session().return_credit(entry.size());
  }

  Member& member_;
  LogId log_;
  crypto::SignatureKeyPair pair_;
  bool has_access_ = false;
  bool is_reading_ = false;
  std::size_t heard_ = 0, opened_ = 0;
  double open_cpu_s_ = 0;
  Line line_;
};
using Seats = std::vector<std::unique_ptr<Seat>>;

double sum_of(const Seats& seats, const std::function<double(Seat&)>& part) {
  double sum = 0;
  for (const auto& seat : seats) sum += part(*seat);
  return sum;
}

void measure(const Post& post, Person& person, std::size_t count) {
  Members members = Gathering(post.card()).take(count);
  Seats seats;
  std::vector<Line*> lines;
  for (const auto& member : members) {
    seats.push_back(std::make_unique<Seat>(person, post, *member));
    lines.push_back(&seats.back()->line());
  }
  const auto received = [](Seat& seat) { return static_cast<double>(seat.line().received_bytes()); };
  const double bytes_before = sum_of(seats, received);
  const double cpu_before = post.cpu_s();
  const auto files_before = post.file_bytes();
  topic::Topic& founder = *members.front()->topic;
  std::size_t entry_bytes = 0;
  for (std::size_t i = 0; i < kMessages; ++i) {
    const topic::Topic::Sealed sealed =
        must(founder.seal({.type = topic::ContentType::bytes, .body = Bytes(kMessageBytes)}, topic_now()));
    const topic::Entry& entry = *find(sealed.step, topic::EntryKind::message);
    entry_bytes = entry.bytes.size();
    seats.front()->append(entry);
  }
  serve(lines, [&] {
    return std::ranges::all_of(seats, [&](const auto& seat) { return seat->opened() >= kMessages; });
  });
  const auto heard = sum_of(seats, [](Seat& seat) { return static_cast<double>(seat.heard()); });
  if (heard != static_cast<double>((count - 1) * kMessages)) give_up("a message was not heard once by each");
  const auto deliveries = static_cast<double>(count * kMessages);
  const double dispatcher_us = (post.cpu_s() - cpu_before) / deliveries * 1e6;
  const double wire = (sum_of(seats, received) - bytes_before) / deliveries;
  const double open_us = sum_of(seats, [](Seat& seat) { return seat.open_cpu_s(); }) / deliveries * 1e6;
  const double stored = static_cast<double>(post.file_bytes() - files_before) / kMessages;

  const topic::Step removal =
      must(founder.remove(members.back()->card.node_id(), topic::AfterRemoval::may_return, topic_now()));
  const topic::Entry& commit = *find(removal, topic::EntryKind::commit);
  const double before = thread_cpu_s();
  open_at_all(members, commit.bytes);
  const double removal_ms = (thread_cpu_s() - before) / static_cast<double>(count) * 1e3;
  if (founder.members().size() != count - 1) give_up("the removal did not hold");
  std::printf(
      "%6zu participants: a message of %zu B is %zu B in the log, %.0f B of files; a delivery %.2f us, "
      "%.1f B on the wire, %.0f us to open; a removal %zu B, %.2f ms to process\n",
      count, kMessageBytes, entry_bytes, stored, dispatcher_us, wire, open_us, commit.bytes.size(),
      removal_ms);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const Post post(command_beside(argv[0]));
  Person person;
  if (argc == 2) {
    measure(post, person, std::strtoul(argv[1], nullptr, 10));
    return 0;
  }
  for (const std::size_t count : std::array<std::size_t, 3>{10, 100, 1000}) measure(post, person, count);
  return 0;
}
