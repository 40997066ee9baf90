#pragma once
// The topics' logs of a scripted dispatcher: in memory, proofs checked, one link at a time.

#include <functional>
#include <map>
#include <set>

#include "frame/frame.hpp"
#include "support/people.hpp"

namespace taut::test {

class ScriptedLogs {
 public:
  using Answers = std::vector<Bytes>;

  /// A new link.
  void greet(const SessionId& session) {
    session_ = session;
    readings_.clear();
  }

  void on(const frame::OpenLog& open, Answers& answers) {
    Log& log = logs[open.log];
    if (log.keys.empty()) log.keys.insert(open.key);
    prove(open.request, open.log, open.key, open.proof, answers);
  }
  void on(const frame::ProveAccess& asked, Answers& answers) {
    prove(asked.request, asked.log, asked.key, asked.proof, answers);
  }
  void on(const frame::NameSuccessor& name, Answers& answers) {
    ++names;
    if (!forgets_names) logs[name.log].keys.insert(name.successor);
    say(frame::Answer{name.request, frame::AnswerStatus::done, {}}, answers);
  }
  void on(const frame::Append& append, Answers& answers) {
    Log& log = logs[append.log];
    if (append.successor && !forgets_candidates) log.keys.insert(*append.successor);
    const auto [known, is_new] = log.submissions.try_emplace(append.submission, log.entries.size() + 1);
    say(frame::Appended{append.request, frame::AppendState::stored, known->second, 0, {}}, answers);
    if (!is_new) return;
    log.entries.push_back({append.key, to_bytes(append.chunk)});
    for (auto& [request, reading] : readings_)
      if (reading.log == append.log) deliver(request, reading, answers);
  }
  void on(const frame::ReadLog& read, Answers& answers) {
    Reading& reading = readings_[read.request] = {read.log, read.key, read.after};
    reading.is_box = read.shelf == frame::Shelf::introductions;
    deliver(read.request, reading, answers);
    say(frame::LogDrained{read.request, reading.after, 0, {}}, answers);
  }
  /// What was on its way comes before the answer.
  void on(const frame::EndReading& end, Answers& answers) {
    if (late_entry) deliver(end.reading, ++readings_.at(end.reading).after, *late_entry, answers);
    readings_.erase(end.reading);
    say(frame::Answer{end.request, frame::AnswerStatus::done, {}}, answers);
  }

  struct Entry {
    frame::AccessKey key;
    Bytes bytes;
  };
  struct Log {
    std::set<frame::AccessKey> keys;
    std::vector<Entry> entries;  ///< number 1, 2, …
    std::map<SubmissionId, frame::LogNumber> submissions;
  };
  std::map<LogId, Log> logs;
  std::size_t names = 0;
  std::size_t entry_cost = 0;  ///< of all that was delivered, in credit

  // What it does wrong, or what goes wrong.
  bool forgets_candidates = false;  ///< that commits name
  bool forgets_names = false;       ///< that are named without a commit
  std::optional<Bytes> late_entry;  ///< of each reading that is ended

 private:
  struct Reading {
    LogId log;
    frame::AccessKey key;
    frame::LogNumber after = 0;
    bool is_box = false;
  };
  template <class Body>
  static void say(const Body& body, Answers& answers) {
    answers.push_back(frame::written(body));
  }
  void prove(frame::RequestId request, const LogId& log, const frame::AccessKey& key,
             const frame::AccessProof& proof, Answers& answers) {
    const bool is_good =
        frame::verify_log_access(proof, session_, log, key).has_value() && logs[log].keys.contains(key);
    say(frame::Answer{request, is_good ? frame::AnswerStatus::done : frame::AnswerStatus::refused, {}},
        answers);
  }
  void deliver(frame::RequestId request, Reading& reading, Answers& answers) {
    if (reading.is_box) return;
    const std::vector<Entry>& entries = logs[reading.log].entries;
    for (std::size_t i = reading.after; i < entries.size(); ++i) {
      if (!(entries[i].key == reading.key)) continue;
      reading.after = i + 1;
      deliver(request, i + 1, entries[i].bytes, answers);
    }
  }
  void deliver(frame::RequestId request, frame::LogNumber number, ByteView entry, Answers& answers) {
    entry_cost += entry.size() + frame::kEntryCost;
    say(frame::LogEntries{request, {{number, kNow, static_cast<std::uint32_t>(entry.size()), entry}}},
        answers);
  }

  SessionId session_;
  std::map<frame::RequestId, Reading> readings_;
};

}  // namespace taut::test
