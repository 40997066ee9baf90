#pragma once
// The epochs of a topic whose access keys are in use on one link: proven, read, drained; and what was read
// and waits to be opened.
//
// Only the current epoch's lane moves the topic's cursor. What is filed under the key before it came after
// the commit that ended that epoch: such entries are opened without a place.

#include "node/session.hpp"
#include "topic/topic.hpp"

namespace taut::node {

/// A topic's log ID, as dispatchers are told it.
inline LogId log_id(const topic::LogId& log) { return LogId(log.view()); }

class LogLanes {
 public:
  struct Key {
    frame::AccessKey key;
    bool is_proven = false;
  };
  struct Waiting {
    frame::Shelf shelf{};
    std::uint64_t epoch = 0;
    ReadEntry entry;
  };

  /// Proves the keys of this epoch and the one before, where they are not; leaves older ones.
  /// A topic in the first epoch of its log makes it.
  Status open(const topic::Topic& topic, Session& session);
  /// @return  the epoch whose key the answer is about
  std::optional<std::uint64_t> on_answer(frame::RequestId request, bool is_done);
  /// The current epoch's key was refused: nobody has named it, or its naming has lapsed. Whose key of the
  /// epoch before holds names it, once, and proves it again.
  /// @return  whether an answer is waited for: of that, or of the key before
  Result<bool> name_current(const topic::Topic& topic, Session& session);
  /// Reads what was proven and is not being read: entries from the cursor on, introductions above a number.
  void read(const topic::Topic& topic, std::uint64_t introductions_after, Session& session);

  /// @return  whether they are of a reading here; else they are dropped
  bool hold(EntriesRead& read);
  std::size_t waiting_count() const { return waiting_.size(); }
  /// In the order of the log, within a shelf.
  std::vector<Waiting> take_waiting();

  /// @return  the epoch whose entries they are; nothing: of introductions, or not ours
  std::optional<std::uint64_t> on_drained(frame::RequestId reading);
  std::optional<std::uint64_t> on_over(frame::RequestId reading);
  /// Both: the epoch's entries, and the introduction box.
  bool is_drained(std::uint64_t epoch) const;
  /// Its key opens nothing, as far as was answered.
  bool is_refused(std::uint64_t epoch) const;
  std::optional<Key> key_of(std::uint64_t epoch) const;

 private:
  struct Lane {
    Key key;
    std::optional<frame::RequestId> proving;
    std::optional<frame::RequestId> reading;
    bool is_drained = false;
    bool is_named = false;  ///< by us, on this link
  };
  Status prove(std::uint64_t epoch, const topic::Topic& topic, Session& session);
  std::map<std::uint64_t, Lane>::iterator lane_of(frame::RequestId reading);

  std::map<std::uint64_t, Lane> lanes_;  ///< by epoch
  std::optional<frame::RequestId> introductions_;
  std::uint64_t introductions_epoch_ = 0;
  bool is_box_drained_ = false;
  std::vector<Waiting> waiting_;
};

}  // namespace taut::node
