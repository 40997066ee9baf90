// Random runs over logs: members come and go, commit validly and not, the store delays and fails, the
// dispatcher is killed and starts again. What was acknowledged is read by who has the key, once, in order;
// nobody reads what his keys do not open.

#include <set>

#include "log_world.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;
using frame::LogNumber;

namespace {

constexpr std::size_t kEpochs = 12;
constexpr std::uint32_t kCredit = 3000;

const std::vector<EpochKey>& epoch_keys() {
  static const std::vector<EpochKey> keys = [] {
    std::vector<EpochKey> made;
    for (Byte i = 0; i < kEpochs; ++i) made.emplace_back(static_cast<Byte>(i + 1));
    return made;
  }();
  return keys;
}

struct Entry {
  std::size_t epoch = 0;
  std::string submission;
  std::string text;
  LogNumber number = 0;  ///< once acknowledged
};

/// One member's link: what it reads of each epoch.
struct Reader {
  SessionId session;
  std::set<std::size_t> proven;
  std::map<frame::RequestId, LogNumber> last;  ///< by reading, which is its epoch and 100
  std::map<frame::RequestId, std::vector<std::string>> heard;
  std::int64_t credit = 0;
};

class LogRun {
 public:
  explicit LogRun(std::uint64_t seed) : random_(seed) {
    settings_ = log_settings();
    settings_.limits.log_residents_max = 1;
    start();
  }

  void live(int steps) {
    for (int i = 0; i < steps; ++i) step();
  }

  // Faults are over: a member that proves every epoch reads all that was acknowledged.
  void drain() {
    faults_ = 0;
    settle();
    const ConnectionId id = connect();
    for (std::size_t epoch = 0; epoch <= newest_; ++epoch) {
      prove(id, epoch);
      settle();
      read(id, epoch);
      for (int round = 0; round < 40; ++round) {
        grant(id);
        settle();
      }
    }
    Reader& reader = links_.at(id);
    for (std::size_t epoch = 0; epoch <= newest_; ++epoch) {
      std::map<LogNumber, std::string> expected;
      for (const Entry& one : entries_)
        if (one.epoch == epoch && one.number != 0) expected[one.number] = one.text;
      std::vector<std::string> texts;
      const auto& heard = reader.heard[request_of(epoch)];
      for (const auto& [number, text] : expected) {
        CHECK(std::ranges::count(heard, text) == 1);
        texts.push_back(text);
      }
      std::vector<std::string> acknowledged;
      std::ranges::copy_if(heard, std::back_inserter(acknowledged),
                           [&](const auto& text) { return std::ranges::find(texts, text) != texts.end(); });
      CHECK(acknowledged == texts);
    }
    const Counters counters = dispatcher_->counters();
    CHECK(counters.operations_open == 0);
    CHECK(counters.buffered_put_bytes == 0);
    CHECK(counters.unsent_bytes == 0);
    const auto log = store_.logs.logs.find(kRandomLog);
    if (log == store_.logs.logs.end()) return;
    CHECK(counters.log_entries == log->second.entries.size());
    CHECK(counters.log_bytes == log->second.record.entries.bytes);
  }

  std::size_t acknowledged() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [](const Entry& one) { return one.number != 0; }));
  }
  std::size_t crashes() const { return crashes_; }
  std::size_t failures() const { return failures_; }
  std::size_t epochs() const { return newest_; }

 private:
  inline static const LogId kRandomLog = log_named("random");

  static frame::RequestId request_of(std::size_t epoch) { return static_cast<frame::RequestId>(100 + epoch); }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.u64() % bound); }
  bool happens(std::size_t percent) { return below(100) < percent; }

  void start() {
    asked_.clear();
    links_.clear();
    dispatcher_.emplace(settings_);
    absorb(dispatcher_->start(at_));
  }

  void crash() {
    ++crashes_;
    for (StoreOperation& one : asked_) {  // all of them are of one log, or ordered with everything
      if (happens(40)) break;
      (void)store_.carry_out(std::move(one.operation));
    }
    start();
  }

  ConnectionId connect() {
    const ConnectionId id = ++last_link_;
    links_[id].session = session_numbered(id);
    absorb(dispatcher_->on_connected(id, Peer::anonymous(session_numbered(id), frame::Carrier::tcp), at_));
    return id;
  }
  template <class Body>
  void say(ConnectionId id, const Body& body) {
    if (links_.contains(id)) absorb(dispatcher_->on_frame(id, frame::written(body), at_));
  }

  void prove(ConnectionId id, std::size_t epoch) {
    const EpochKey& key = epoch_keys()[epoch];
    const frame::AccessProof proof = key.prove(links_.at(id).session, kRandomLog);
    const auto request = static_cast<frame::RequestId>(1000 + epoch);
    if (epoch == 0) return say(id, frame::OpenLog{request, kRandomLog, key.key(), proof, 0, 0, {}});
    say(id, frame::ProveAccess{request, kRandomLog, key.key(), proof, {}});
  }
  void read(ConnectionId id, std::size_t epoch) {
    Reader& reader = links_.at(id);
    const frame::RequestId request = request_of(epoch);
    if (reader.last.contains(request)) return;
    reader.last[request] = 0;
    say(id, frame::ReadLog{request,
                           kRandomLog,
                           epoch_keys()[epoch].key(),
                           frame::Shelf::entries,
                           0,
                           frame::Until::closed,
                           0,
                           {}});
  }
  void grant(ConnectionId id) {
    if (links_.at(id).credit > kCredit) return;
    links_.at(id).credit += kCredit;
    say(id, frame::Credit{kCredit});
  }

  void append(ConnectionId id) {
    const bool repeats = !entries_.empty() && happens(25);
    if (!repeats) {
      const std::string name = std::to_string(entries_.size());
      entries_.push_back({newest_ - std::min(newest_, below(2)), name, name + std::string(below(200), '.')});
    }
    const std::size_t which = repeats ? below(entries_.size()) : entries_.size() - 1;
    const Entry& entry = entries_[which];
    frame::Append append;
    append.request = static_cast<frame::RequestId>(10'000 + which);
    append.log = kRandomLog;
    append.key = epoch_keys()[entry.epoch].key();
    append.submission = submission_named(entry.submission);
    // Every entry of the newest epoch may be the commit that leads to the next.
    if (entry.epoch + 1 < kEpochs && which % 7 == 0) append.successor = epoch_keys()[entry.epoch + 1].key();
    append.size = static_cast<std::uint32_t>(entry.text.size());
    append.chunk = as_bytes(entry.text);
    say(id, append);
  }

  void step() {
    const std::size_t choice = below(100);
    if (choice < 2 && happens(faults_ * 8)) return crash();
    if (choice < 8 || links_.empty()) {
      if (links_.size() < 6) connect();
      return;
    }
    auto link = links_.begin();
    std::advance(link, static_cast<std::ptrdiff_t>(below(links_.size())));
    const ConnectionId id = link->first;
    if (choice < 10) {
      links_.erase(link);
      return absorb(dispatcher_->on_disconnected(id));
    }
    if (choice < 25) return prove(id, below(newest_ + 2) % kEpochs);
    if (choice < 35) return read(id, below(newest_ + 1));
    if (choice < 45) return grant(id);
    if (choice < 70) return append(id);
    store_one();
  }

  void store_one() {
    if (asked_.empty()) return;
    StoreOperation one = std::move(asked_.front());
    asked_.pop_front();
    // A store that cannot even count is opened again.
    const bool is_failing = happens(faults_) && !std::holds_alternative<LoadTotals>(one.operation);
    failures_ += is_failing ? 1 : 0;
    StoreResult result = is_failing ? StoreResult(fail(Errc::unavailable, reasons::kNotNow))
                                    : store_.carry_out(std::move(one.operation));
    absorb(dispatcher_->on_store_result(one.id, std::move(result), at_));
  }
  void settle() {
    while (!asked_.empty()) store_one();
  }

  void absorb(Effects effects) {
    for (Effect& effect : effects) {
      if (auto* send = std::get_if<SendFrame>(&effect)) {
        hear(send->connection, send->frame);
        absorb(dispatcher_->on_sent(send->connection, send->frame.size(), at_));
      } else if (auto* operation = std::get_if<StoreOperation>(&effect)) {
        asked_.push_back(std::move(*operation));
      } else {
        FAIL_CHECK("a link was ended");
      }
    }
  }

  void hear(ConnectionId id, const Bytes& bytes) {
    const auto frame = frame::parse(bytes);
    REQUIRE(frame.has_value());
    if (const auto* appended = std::get_if<frame::Appended>(&*frame)) return hear_appended(*appended);
    if (!links_.contains(id)) return;
    Reader& reader = links_.at(id);
    if (const auto* answer = std::get_if<frame::Answer>(&*frame)) hear_answer(reader, *answer);
    if (const auto* read = std::get_if<frame::LogEntries>(&*frame)) hear_entries(reader, *read);
    if (const auto* ended = std::get_if<frame::ReadingEnded>(&*frame)) reader.last.erase(ended->reading);
  }
  void hear_answer(Reader& reader, const frame::Answer& answer) {
    if (answer.request < 1000) {  // a reading that was refused
      CHECK(answer.status == frame::AnswerStatus::refused);
      reader.last.erase(answer.request);
    } else if (answer.status == frame::AnswerStatus::done) {
      const std::size_t epoch = answer.request - 1000;
      reader.proven.insert(epoch);
      newest_ = std::max(newest_, epoch);
    }
  }
  // An answer never runs ahead of the store.
  void hear_appended(const frame::Appended& appended) {
    if (appended.state != frame::AppendState::stored) return;
    Entry& entry = entries_.at(appended.request - 10'000);
    const auto& stored = store_.logs.logs.at(kRandomLog).entries;
    REQUIRE(stored.contains(appended.number));
    CHECK(equal(stored.at(appended.number).body, as_bytes(entry.text)));
    CHECK((entry.number == 0 || entry.number == appended.number));
    entry.number = appended.number;
  }
  void hear_entries(Reader& reader, const frame::LogEntries& read) {
    const std::size_t epoch = read.reading - 100;
    CHECK(reader.proven.contains(epoch));
    for (const frame::LogEntry& one : read.entries) {
      CHECK(reader.credit > 0);
      reader.credit -= static_cast<std::int64_t>(one.size) + frame::kEntryCost;
      CHECK(one.number > reader.last[read.reading]);
      reader.last[read.reading] = one.number;
      const std::string text(as_text(one.chunk));
      const auto entry = std::ranges::find(entries_, text, &Entry::text);
      REQUIRE(entry != entries_.end());
      CHECK(entry->epoch == epoch);
      reader.heard[read.reading].push_back(text);
    }
  }

  SeededRandom random_;
  Settings settings_;
  Moment at_{{std::chrono::hours(1)}, {1'700'000'000'000}};
  MemoryStore store_;
  std::optional<dispatcher::Dispatcher> dispatcher_;
  std::deque<StoreOperation> asked_;
  std::map<ConnectionId, Reader> links_;
  std::vector<Entry> entries_;
  std::size_t newest_ = 0;
  ConnectionId last_link_ = 0;
  std::size_t faults_ = 5;  ///< percent
  std::size_t crashes_ = 0;
  std::size_t failures_ = 0;
};

}  // namespace

TEST_CASE("what a log has acknowledged is read once, in order, by who has the key, whatever fails") {
  std::size_t acknowledged = 0;
  std::size_t crashes = 0;
  std::size_t failures = 0;
  std::size_t epochs = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    LogRun run(seed);
    run.live(1200);
    run.drain();
    acknowledged += run.acknowledged();
    crashes += run.crashes();
    failures += run.failures();
    epochs += run.epochs();
  }
  // The run means nothing when too little happened in it.
  CHECK(acknowledged > 1000);
  CHECK(crashes > 50);
  CHECK(failures > 200);
  CHECK(epochs > 80);
  MESSAGE(acknowledged << " acknowledged, " << crashes << " crashes, " << failures << " failures, " << epochs
                       << " epochs");
}
