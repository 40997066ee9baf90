#include "log_world.hpp"

namespace taut::test {

using namespace dispatcher;

Settings log_settings() {
  Settings settings;
  settings.policy = frame::Policy::open;
  settings.limits.log_retention_min = {std::chrono::seconds(10), 100};
  return settings;
}

EpochKey::EpochKey(Byte number)
    : pair_([&] {
        frame::AccessSeed seed;
        seed.fill()[0] = number;
        return frame::access_key_pair(seed).value();
      }()),
      key_(frame::access_key_of(pair_)) {}

frame::AccessProof EpochKey::prove(const SessionId& session, const LogId& log) const {
  return frame::prove_log_access(pair_, session, log).value();
}

void let_pass(World& world, std::chrono::seconds time) {
  world.at.now = world.at.now + time;
  world.at.wall = world.at.wall + time;
  world.pass(std::chrono::seconds(61));
  world.settle();
}

LogId log_named(std::string_view name) {
  LogId log;
  std::ranges::copy(name.substr(0, LogId::size_bytes), log.fill().begin());
  return log;
}

SessionId session_numbered(std::uint64_t number) {
  SessionId session;
  for (std::size_t i = 0; i < 8; ++i) session.fill()[i] = static_cast<Byte>(number >> 8 * i);
  return session;
}

Member::Member(World& world, const LogId& log, SourceId source)
    : world_(world), log_(log), session_([] {
        static std::uint64_t last = 0;
        return session_numbered(++last);
      }()) {
  Peer peer = Peer::anonymous(session_, frame::Carrier::tcp);
  peer.source = source;
  link_ = world.connect(peer);
}

frame::AnswerStatus Member::open(const EpochKey& key, std::uint32_t retention_s, std::uint64_t bytes) {
  return world_
      .ask<frame::Answer>(
          link_, frame::OpenLog{1, log_, key.key(), key.prove(session_, log_), retention_s, bytes, {}})
      .status;
}

frame::AnswerStatus Member::prove(const EpochKey& key) {
  return world_
      .ask<frame::Answer>(link_, frame::ProveAccess{2, log_, key.key(), key.prove(session_, log_), {}})
      .status;
}

frame::AnswerStatus Member::name(const EpochKey& key, const EpochKey& successor) {
  return world_.ask<frame::Answer>(link_, frame::NameSuccessor{3, log_, key.key(), successor.key(), {}})
      .status;
}

frame::Appended Member::append(const EpochKey& key, std::string_view submission, std::string_view text,
                               const EpochKey* successor) {
  frame::Append append;
  append.request = 4;
  append.log = log_;
  append.key = key.key();
  append.submission = submission_named(submission);
  if (successor != nullptr) append.successor = successor->key();
  append.size = static_cast<std::uint32_t>(text.size());
  append.chunk = as_bytes(text);
  return world_.ask<frame::Appended>(link_, append);
}

void Member::read(const EpochKey& key, frame::RequestId reading, frame::LogNumber after, frame::Until until,
                  frame::Shelf shelf, std::uint32_t credit) {
  world_.say(link_, frame::ReadLog{reading, log_, key.key(), shelf, after, until, credit, {}});
  world_.settle();
}

std::vector<std::string> Member::heard() {
  std::vector<std::string> said;
  while (world_.frames_waiting(link_) > 0) {
    const auto frame = world_.next_frame(link_);
    if (const auto* entries = std::get_if<frame::LogEntries>(&frame)) {
      for (const frame::LogEntry& one : entries->entries) said.emplace_back(as_text(one.chunk));
    } else if (std::holds_alternative<frame::LogDrained>(frame)) {
      said.emplace_back("(drained)");
    } else if (std::holds_alternative<frame::ReadingEnded>(frame)) {
      said.emplace_back("(over)");
    } else if (const auto* answer = std::get_if<frame::Answer>(&frame)) {
      said.push_back("(answer " + std::to_string(static_cast<int>(answer->status)) + ")");
    } else {
      said.emplace_back("(other)");
    }
  }
  return said;
}

void Member::introduce(std::string_view submission, std::string_view text, std::uint32_t ttl_s) {
  world_.ask<frame::Introduced>(
      link_, frame::Introduce{9, log_, submission_named(submission), ttl_s, as_bytes(text), {}});
}

}  // namespace taut::test
