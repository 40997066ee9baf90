#pragma once
// Topics as a library (docs/library.md): end-to-end encrypted conversations of two or many over anything that
// moves bytes. The library opens no socket and no file. It turns messages into entries, byte strings to be
// handed to all other participants by whatever carries them, and entries back into messages. Entries may be
// lost, repeated, reordered, read and forged on the way.
//
// Every call that changes something returns a Step. Store what it says first, then publish its entries, then
// act on its events. Call tick() when next_deadline() has come: what was lost is sent again from there.
//
// One thread at a time for each Identity and the topics made with it. Nothing here throws, but
// std::bad_alloc.

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taut::api {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Whose move is next.
enum class ErrorCode : std::uint8_t {
  malformed = 1,  ///< bytes that do not parse
  unauthentic,    ///< a tag, signature or identity that does not hold; an entry of somebody else
  replayed,       ///< seen before, or too old to tell
  violation,      ///< well-formed, but not allowed now
  incompatible,   ///< a newer version or another suite
  exhausted,      ///< a limit
  unavailable,    ///< not there, not now
  misuse,         ///< the caller's fault
};
struct Error {
  ErrorCode code{};
  std::string_view reason;  ///< a stable name, "foreign_entry"; lives as long as the program
};
template <class T>
using Result = std::expected<T, Error>;

/// Both clocks: one that never goes back, for deadlines, and the calendar's, for lifetimes.
struct Time {
  std::chrono::nanoseconds monotonic{};
  std::optional<std::uint64_t> unix_ms;  ///< none: a device that does not know it
};
/// What this machine's clocks say.
Time now();

/// A participant's name, `taut1…`: the hash of its signature key.
using NodeId = std::string;
/// Random, chosen by the sender.
using MessageId = std::array<std::uint8_t, 16>;

/// Who somebody is: the keys that his participation in every topic rests on.
class Identity {
 public:
  /// A new one. @param name  how it introduces itself; at most 64 bytes of UTF-8
  static Result<Identity> create(std::string_view name, const Time& now);
  /// @errors malformed, incompatible, unauthentic
  static Result<Identity> load(ByteView saved);
  Identity(Identity&&) noexcept;
  Identity& operator=(Identity&&) noexcept;
  ~Identity();

  /// To be kept where nobody else can read it, and wiped where it is not needed.
  Bytes save() const;
  const NodeId& node_id() const;

  struct State;
  const std::shared_ptr<State>& state() const { return state_; }

 private:
  explicit Identity(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// What a topic keeps. Values are secret.
struct Record {
  Bytes key;  ///< at most 48 bytes, unique within its topic
  Bytes value;
};

enum class EventKind : std::uint8_t {
  message = 1,   ///< from `node`: `body`, `message_id`; `erase_at_unix_ms`: when it has to go
  gap,           ///< `count` messages of `node` will not come any more
  acknowledged,  ///< every participant has the message `message_id`
  unsent,        ///< the own message `message_id`, `body` will not be delivered: `reason`
  introduced,  ///< `node`, who calls himself `name`, asks to be let in: welcome() or decline() `introduction`
  joined,      ///< `node` is in, by `by`
  removed,     ///< `node` is out, by `by`
  epoch_began,       ///< new keys, by `by`
  settings_changed,  ///< by `by`
  undone,            ///< what a call wanted will not happen: `reason`, about `node`
  closed,            ///< this participant is out, by `by`: nothing more can be sent
  diverged,          ///< the others have another history: asks to be let in again by itself
  disagreement,      ///< `node` has another history than this participant and most others
  returned,          ///< in again
  refused,           ///< an entry of a participant that does not hold: `reason`
};

struct Event {
  EventKind kind{};
  NodeId node{};
  NodeId by{};
  std::string name{};
  MessageId message_id{};
  Bytes body{};
  Bytes introduction{};
  std::uint64_t count = 0;
  std::uint64_t epoch = 0;
  std::optional<std::uint64_t> erase_at_unix_ms{};
  std::string_view reason{};
};

struct Step {
  std::vector<Bytes> erase{};    ///< keys; first these …
  std::vector<Record> put{};     ///< … then these, in one transaction, before anything below
  std::vector<Bytes> publish{};  ///< entries for all other participants
  std::vector<Event> events{};
};

struct TopicOptions {
  std::string name{};               ///< at most 64 bytes of UTF-8; all participants know it
  std::chrono::seconds expires{0};  ///< how long messages are kept; 0: as long as people like
};

struct InvitationOptions {
  std::uint16_t uses = 1;                      ///< 0: without limit, until it expires
  std::optional<std::chrono::seconds> life{};  ///< none: for ever
};

enum class Standing : std::uint8_t {
  joining = 1,  ///< asked to be let in
  open,
  diverged,  ///< asks to be let in again
  closed,    ///< left, or removed
};

enum class AfterRemoval : std::uint8_t { may_return, barred };

/// One topic as one participant holds it. Keeps its Identity alive.
class Topic {
 public:
  struct Begun;
  struct Sealed;
  struct Invited;

  /// A topic of one, whose maker is its committer.
  /// @errors malformed: a name or lifetime out of bounds
  static Result<Begun> create(const Identity& identity, const TopicOptions& options, const Time& now);
  /// Asks to be let in. Everything else but open() and tick() waits until it is `open`.
  /// @errors malformed: no link, or cut; incompatible
  static Result<Begun> join(const Identity& identity, std::string_view link, const Time& now);
  /// @param records  all that were put and not erased, in any order
  /// @errors malformed
  static Result<Begun> load(const Identity& identity, std::vector<Record> records, const Time& now);
  /// While joining by a link without an invitation: this node's yes counts beside that of the link's maker.
  /// Not kept: to be said again after load(). @errors malformed: not a node ID
  Result<void> trust(std::string_view node);
  Topic(Topic&&) noexcept;
  Topic& operator=(Topic&&) noexcept;
  ~Topic();

  /// A message for all others, sent until each of them has acknowledged it. At most 64 KiB.
  /// @errors unavailable: joining, diverged; violation: closed; exhausted: too large, or too many wait
  Result<Sealed> seal(ByteView message, const Time& now);
  /// An entry that came. What is somebody else's, or broken, changes nothing: drop it.
  /// @errors unauthentic, malformed …
  Result<Step> open(ByteView entry, const Time& now);

  /// Lets in whoever an `introduced` event told of. @errors unavailable: over, or not known; violation:
  /// barred
  Result<Step> welcome(ByteView introduction, const Time& now);
  Result<Step> decline(ByteView introduction);
  /// A link that lets whoever has it in: a secret. @errors exhausted
  Result<Invited> invite(const InvitationOptions& options, const Time& now);
  /// With `barred` it cannot come back, or come at all. @errors violation: not a participant (may_return);
  /// malformed: not a node ID
  Result<Step> remove(std::string_view node, AfterRemoval after, const Time& now);
  Result<Step> leave(const Time& now);
  /// New keys for this participant: whoever stole the old ones is out.
  Result<Step> update(const Time& now);

  Result<Step> tick(const Time& now);
  /// On the monotonic clock; none: nothing is due until something comes.
  std::optional<std::chrono::nanoseconds> next_deadline() const;

  Standing standing() const;
  std::string name() const;
  std::vector<NodeId> members() const;
  std::uint64_t epoch() const;
  /// A link without an invitation: who has it can ask to be let in, and tell the topic's entries from others.
  Result<std::string> link() const;

 private:
  struct State;
  explicit Topic(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct Topic::Begun {
  Topic topic;
  Step step;
};
struct Topic::Sealed {
  MessageId message_id;
  Step step;
};
struct Topic::Invited {
  std::string link;
  Step step;
};

}  // namespace taut::api
