#pragma once
// Members of a topic, seen from its dispatcher: keys and links.

#include "world.hpp"

namespace taut::test {

dispatcher::Settings log_settings();

/// One epoch's access key.
class EpochKey {
 public:
  explicit EpochKey(Byte number);
  const frame::AccessKey& key() const { return key_; }
  frame::AccessProof prove(const SessionId& session, const LogId& log) const;

 private:
  crypto::SignatureKeyPair pair_;
  frame::AccessKey key_;
};

/// A long time at once, with a sweep at its end. Links that say nothing end.
void let_pass(World& world, std::chrono::seconds time);

LogId log_named(std::string_view name);
SessionId session_numbered(std::uint64_t number);

/// One anonymous link.
class Member {
 public:
  Member(World& world, const LogId& log, dispatcher::SourceId source = 1);

  dispatcher::ConnectionId link() const { return link_; }
  const SessionId& session() const { return session_; }

  frame::AnswerStatus open(const EpochKey& key, std::uint32_t retention_s = 0, std::uint64_t bytes = 0);
  frame::AnswerStatus prove(const EpochKey& key);
  frame::AnswerStatus name(const EpochKey& key, const EpochKey& successor);
  /// The answer to an append that fits one frame.
  frame::Appended append(const EpochKey& key, std::string_view submission, std::string_view text,
                         const EpochKey* successor = nullptr);
  /// Begins a reading and settles what it leads to.
  void read(const EpochKey& key, frame::RequestId reading, frame::LogNumber after = 0,
            frame::Until until = frame::Until::drained, frame::Shelf shelf = frame::Shelf::entries,
            std::uint32_t credit = 0);
  void grant(std::uint32_t credit) {
    world_.say(link_, frame::Credit{credit});
    world_.settle();
  }
  /// Everything that came: texts of entries, "(drained)", "(over)", "(answer N)".
  std::vector<std::string> heard();
  void introduce(std::string_view submission, std::string_view text, std::uint32_t ttl_s = 0);

 private:
  World& world_;
  LogId log_;
  SessionId session_;
  dispatcher::ConnectionId link_;
};

using Texts = std::vector<std::string>;

}  // namespace taut::test
