// One log with many readers on a dispatcher that is a process of its own, on loopback
// (docs/performance/topics.md).
// Usage: bench_topic            1, 100 and 1,000 readers; the command `taut` is beside it
//        bench_topic READERS ENTRIES SIZE

#include <array>
#include <cstdio>
#include <cstdlib>

#include "dispatcher/line.hpp"
#include "dispatcher/post.hpp"

namespace {

using namespace taut;
using namespace taut::bench;

/// Credit goes back in pieces of so much, as a client would do it.
constexpr std::uint64_t kReturnAt = 64 * 1024;

struct TopicLoad {
  std::size_t readers;
  std::size_t entries;
  std::size_t size;
};

frame::AccessSeed seed() {
  frame::AccessSeed seed;
  seed.fill()[0] = 1;
  return seed;
}

/// One member: a link without a name, which has proven the key.
class Participant {
 public:
  Participant(Person& person, const Post& post, const LogId& log)
      : log_(log),
        random_(person.random),
        pair_(frame::access_key_pair(seed()).value()),
        key_(frame::access_key_of(pair_)),
        line_(person, post.card(), [this](node::SessionEvent& event) { on(event); }, Named::no) {
    const frame::AccessProof proof = frame::prove_log_access(pair_, line_.session_id(), log).value();
    line_.session().open_log(log, key_, proof);
    line_.flush();
    serve({&line_}, [this] { return has_access_; });
  }

  void read() {
    line_.session().read_log(log_, key_, frame::Shelf::entries, 0, frame::Until::closed);
    line_.flush();
    serve({&line_}, [this] { return is_reading_; });
  }
  void append(std::size_t count, ByteView entry) {
    left_ = count;
    append_more(entry);
  }
  void append_more(ByteView entry) {
    entry_ = to_bytes(entry);
    for (; left_ > 0 && line_.session().has_room_for(entry.size()); --left_)
      line_.session().append_entry(log_, key_, random_.make<SubmissionId>(), entry);
    line_.flush();
  }

  Line& line() { return line_; }
  std::size_t stored() const { return stored_; }
  std::size_t heard() const { return heard_; }

 private:
  void on(const node::SessionEvent& event) {
    if (const auto* answer = std::get_if<node::Answered>(&event)) {
      if (answer->status != frame::AnswerStatus::done) give_up("the log is not open to us");
      has_access_ = true;
    }
    if (std::holds_alternative<node::ReadingDrained>(event)) is_reading_ = true;
    if (const auto* appended = std::get_if<node::EntryAppended>(&event)) {
      if (appended->state != frame::AppendState::stored) give_up("an entry was not stored");
      ++stored_;
      if (left_ > 0) append_more(Bytes(entry_));
    }
    if (const auto* read = std::get_if<node::EntriesRead>(&event)) take(*read);
  }
  void take(const node::EntriesRead& read) {
    for (const node::ReadEntry& one : read.entries) {
      ++heard_;
      used_ += one.entry.size() + frame::kEntryCost;
    }
    if (used_ < kReturnAt) return;
    line_.session().return_credit(std::exchange(used_, 0) - frame::kEntryCost);
  }

  LogId log_;
  Random& random_;
  crypto::SignatureKeyPair pair_;
  frame::AccessKey key_;
  bool has_access_ = false;
  bool is_reading_ = false;
  std::size_t left_ = 0;
  std::size_t stored_ = 0;
  std::size_t heard_ = 0;
  std::uint64_t used_ = 0;
  Bytes entry_;
  Line line_;
};

void measure(const Post& post, Person& person, const TopicLoad& load) {
  const auto log = person.random.make<LogId>();
  Participant writer(person, post, log);
  std::vector<std::unique_ptr<Participant>> readers;
  std::vector<Line*> lines{&writer.line()};
  for (std::size_t i = 0; i < load.readers; ++i) {
    readers.push_back(std::make_unique<Participant>(person, post, log));
    readers.back()->read();
    lines.push_back(&readers.back()->line());
  }
  const auto received = [&] {
    std::uint64_t sum = 0;
    for (const auto& reader : readers) sum += reader->line().received_bytes();
    return static_cast<double>(sum);
  };
  const double bytes_before = received();
  const double cpu_before = post.cpu_s();
  const double start = now_s();
  writer.append(load.entries, Bytes(load.size, 'x'));
  serve(lines, [&] {
    const bool is_stored = writer.stored() == load.entries;
    return is_stored &&
           std::ranges::all_of(readers, [&](const auto& one) { return one->heard() == load.entries; });
  });
  const double seconds = now_s() - start;
  const auto deliveries = static_cast<double>(load.readers * load.entries);
  std::printf(
      "%6zu readers %6zu entries %6zu B   %7.2f us a delivery   %7.1f B on the wire   %9.0f a second\n",
      load.readers, load.entries, load.size, (post.cpu_s() - cpu_before) / deliveries * 1e6,
      (received() - bytes_before) / deliveries, deliveries / seconds);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const Post post(command_beside(argv[0]));
  Person person;
  if (argc == 4) {
    const auto number = [&](int i) { return static_cast<std::size_t>(std::strtoul(argv[i], nullptr, 10)); };
    measure(post, person, {number(1), number(2), number(3)});
    return 0;
  }
  for (const std::size_t size : std::array<std::size_t, 3>{100, 300, 1000}) {
    for (const TopicLoad& load :
         {TopicLoad{1, 5000, size}, TopicLoad{100, 500, size}, TopicLoad{1000, 100, size}})
      measure(post, person, load);
  }
  return 0;
}
