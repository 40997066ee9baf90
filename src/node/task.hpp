#pragma once
// What a node does with dispatchers: tasks (sending, receiving, publishing), each a state machine.
// A shell drives every task in the same way:
//
//   effects = task.start(at)                        carry them out, in order
//   Dial          dial the link; then on_connected, or on_disconnected with the reason
//   a frame came  on_frame; after the last one at hand: settle
//   link ended    on_disconnected
//   timer         tick, at next_deadline
//   Finished      the task is over; links that are left are closed

#include <optional>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "frame/device.hpp"
#include "identity/card.hpp"
#include "node/reasons.hpp"
#include "node/rows.hpp"
#include "topic/step.hpp"

namespace taut::node {

/// Both clocks, read by the caller once for each event. Wall time may be unknown.
struct Moment {
  Instant now;
  std::optional<WallTime> wall;
};

/// The earlier of two deadlines, where there are any.
inline std::optional<Instant> earliest(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// Whether the dispatcher learns who calls (IK), or not (NK).
enum class Caller : std::uint8_t { identified, anonymous };

/// Make a link to this dispatcher; its node ID names the link from now on.
struct Dial {
  identity::Dispatcher dispatcher;
  Caller caller = Caller::identified;
};

struct SendFrame {
  NodeId dispatcher;
  Bytes frame;
};

/// Send what was given before, then end the link properly. on_disconnected does not follow.
struct HangUp {
  NodeId dispatcher;
};

/// What became of one outgoing message.
enum class Outcome : std::uint8_t {
  stored = 0,    ///< by one dispatcher at least
  full = 1,      ///< by none: the inbox is full
  declined = 2,  ///< by none, and it will not be
  expired = 3,   ///< its time was over before it was fetched
  unknown = 4,   ///< asked, not answered: kept in the outbox
  released = 5,  ///< the recipient's node has it, and has signed that
  taken = 6,     ///< accepted, and no more is said to strangers
  fetched = 7,   ///< the recipient's node has it, as a dispatcher says
};
std::string_view name_of(Outcome outcome);

enum class Origin : std::uint8_t { this_task, earlier_task };

struct Receipt {
  MessageId message_id;
  NodeId recipient;
  WallTime created;
  Outcome outcome = Outcome::unknown;
  Origin origin = Origin::this_task;
  std::uint64_t offer = 0;  ///< of this task: its place among all that was offered, from 1
  std::vector<NodeId> stored_at;
  std::chrono::seconds retry_after{0};  ///< full: when to try again
};

/// New items may be taken (node/items.hpp).
struct ItemsReady {};

/// Every dispatcher that could be reached has delivered all that it had.
struct Drained {};

/// This dispatcher holds our newest card and serves our inbox.
struct Published {
  NodeId dispatcher;
};

/// A dispatcher's record says that this state is not the only one, or not the newest (node/progress.hpp).
enum class Copy : std::uint8_t;
struct CopyNoticed {
  NodeId dispatcher;
  Copy copy;
};

/// Of a topic: stored already, and told once.
struct TopicHappened {
  topic::Event event;
};

/// A topic's entry is in its log, or will not be under this submission ID; or, while the home is away, a
/// fallback has it.
enum class Publication : std::uint8_t { stored, refused, at_fallback };
struct EntryPublished {
  SubmissionId id;
  topic::EntryKind kind{};
  Publication publication{};
};

/// The answer to an introduction: to be sent as an envelope `welcome`.
struct WelcomeDue {
  identity::SignedCard to;
  Bytes content;
};

/// The task ends; no effect follows.
struct Finished {
  Status status;
};

using Effect = std::variant<Dial, SendFrame, HangUp, Receipt, ItemsReady, Drained, Published, CopyNoticed,
                            TopicHappened, EntryPublished, WelcomeDue, Finished>;
using Effects = std::vector<Effect>;

class Task {
 public:
  virtual ~Task() = default;

  virtual Effects start(const Moment& at) = 0;
  /// The link is up and the dispatcher has proven its node ID.
  virtual Effects on_connected(const NodeId& dispatcher, const SessionId& session, const Moment& at) = 0;
  /// One whole frame.
  virtual Effects on_frame(const NodeId& dispatcher, ByteView frame, const Moment& at) = 0;
  /// Could not be dialled, was refused, or ended.
  virtual Effects on_disconnected(const NodeId& dispatcher, const Error& why, const Moment& at) = 0;
  /// No more frames are at hand: what has gathered is committed in one transaction.
  virtual Effects settle(const Moment& at) = 0;
  virtual Effects tick(const Moment& at) = 0;
  virtual std::optional<Instant> next_deadline() const = 0;
  /// Ends early, in order: commits what came, reports what is unknown, hangs up.
  virtual Effects stop(const Moment& at) = 0;
};

}  // namespace taut::node
