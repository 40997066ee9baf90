#pragma once
// Where a topic is heard while its home is away: the present epoch's log at each fallback that can be reached
// (docs/protocol/topic.md, "Homes").

#include <map>

#include "node/session.hpp"
#include "topic/topic.hpp"

namespace taut::node {

class FallbackLogs {
 public:
  struct Waiting {
    NodeId dispatcher;
    Bytes entry;
  };

  /// Makes this epoch's log at a dispatcher, or proves its key, and leaves the log of the epoch before.
  Status open(const topic::Topic& topic, const NodeId& dispatcher, Session& session);
  /// @return  whether it was about a log here: it can be written and is read, or it is none of ours
  bool on_answer(const NodeId& dispatcher, frame::RequestId request, bool is_done, Session& session);
  void forget(const NodeId& dispatcher) { logs_.erase(dispatcher); }
  void forget_all() { logs_.clear(); }

  /// @return  whether they are of a reading here; else they are dropped
  bool hold(const NodeId& dispatcher, EntriesRead& read);
  bool has_waiting() const { return !waiting_.empty(); }
  std::vector<Waiting> take_waiting() { return std::exchange(waiting_, {}); }

  bool is_open_at(const NodeId& dispatcher) const;
  bool is_open() const;
  /// @pre is_open_at(dispatcher); session.has_room_for(entry.bytes.size())
  void append(const NodeId& dispatcher, const topic::Entry& entry, Session& session);
  /// @return  what has been stored there; nothing: it was not, or it is none of ours
  std::optional<SubmissionId> on_appended(const NodeId& dispatcher, const EntryAppended& answer);

 private:
  struct Log {
    LogId id;
    frame::AccessKey key;
    std::optional<frame::RequestId> proving;
    std::optional<frame::RequestId> reading;
    std::map<frame::RequestId, SubmissionId> appending;
  };
  std::map<NodeId, Log> logs_;
  std::vector<Waiting> waiting_;
};

}  // namespace taut::node
