#pragma once
// A topic as one participant holds it (docs/topics.md; docs/protocol/topic.md).
//
// Bytes and times come in; records to store, entries to publish and events come out. Every call that can
// fail leaves the topic as it was. The caller stores `Step::changes` in one transaction, then publishes and
// shows. If storing fails it drops the topic and loads it again: what was not stored did not happen, and
// what was stored and not published is published by `tick`.
//
// With a log, entries are handed to `open` in its order, each with its position, one's own included. On a
// carrier without one, as they come, without a position.

#include <memory>
#include <span>

#include "topic/step.hpp"

namespace taut::topic {

/// What a topic uses of its surroundings. Must outlive it.
struct Surroundings {
  const crypto::SignatureKeyPair& identity;  ///< the node's signature key
  const identity::SignedCard& card;          ///< the node's own, to be kept current: where a Welcome goes
  Random& random;
};

enum class Standing : std::uint8_t {
  open,
  diverged,  ///< reads and sends nothing; asks to be let in again
  closed,    ///< left or removed
};

enum class LoadAs : std::uint8_t {
  usual,
  /// From a copy that may be old (a restored snapshot): ratchets are dropped, and it asks to be let in again.
  restored
};

struct NewTopic {
  crypto::SuiteId suite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
  Order order;
  std::string name{};
  std::chrono::seconds expires{0};
  std::uint64_t log_epoch = 0;  ///< that its log begins in: 1 where nobody sees the first
};

struct Content {
  ContentType type = ContentType::text;
  Bytes body;                                     ///< at most kContentBytesMax
  std::optional<std::chrono::seconds> expires{};  ///< none: the topic's own
};

struct Member {
  NodeId node_id;
  std::uint32_t leaf = 0;
  /// Without a log: how far this member acknowledged our messages.
  std::uint64_t acknowledged = 0;
};

enum class AfterRemoval : std::uint8_t { may_return, barred };

struct InvitationOptions {
  std::uint16_t uses = 1;  ///< 0: without limit, until it expires or is revoked
  std::optional<std::chrono::seconds> life{};
};
struct MadeInvitation {
  InvitationId id;
  std::uint64_t not_after_s = 0;
  std::uint16_t uses_left = 0;  ///< 0 with `is_reusable`: without limit
  bool is_reusable = false;
};

class Topic {
 public:
  struct Begun;
  struct Sealed;
  struct Invited;

  Topic(Topic&&) noexcept;
  Topic& operator=(Topic&&) noexcept;
  ~Topic();

  /// A topic of one.
  /// @errors malformed (bad_settings): a name or a time out of bounds
  static Result<Begun> create(Surroundings surroundings, const NewTopic& options, Time now);
  /// @param records  all that were put and not erased, in any order
  /// @errors malformed (bad_records)
  static Result<Begun> load(Surroundings surroundings, std::vector<Record> records, Time now,
                            LoadAs as = LoadAs::usual);

  // ---- Messages ----

  /// Seals a message. It is kept until it is acknowledged, and sealed again where its epoch has gone.
  /// @errors unavailable (diverged); violation (topic_closed); exhausted (too_large, quota); malformed: a
  /// life
  ///         that does not fit 32 bits of seconds. Nothing is kept
  Result<Sealed> seal(const Content& content, Time now);
  /// @param position  in the log; with a log, the next after `cursor()`. None: without a log, and for what
  ///                  came by another way (introductions, checkpoints)
  /// @errors unauthentic (foreign_entry), malformed: drop it, nothing changed; violation (out_of_order)
  Result<Step> open(ByteView entry, std::optional<std::uint64_t> position, Time now);
  /// The log has nothing at these positions any more (retention).
  Result<Step> skip_to(std::uint64_t position, Time now);

  // ---- Participants ----

  /// Lets somebody in that an Introduced event told of. What becomes of it is told by Joined or Undone.
  /// @errors unavailable (bad_introduction): not known, or over; violation (barred)
  Result<Step> welcome(const mls::KeyPackageRef& introduction, Time now);
  Result<Step> decline(const mls::KeyPackageRef& introduction);
  /// @errors violation (not_member)
  Result<Step> remove(const NodeId& node_id, AfterRemoval after, Time now);
  Result<Step> unbar(const NodeId& node_id, Time now);
  Result<Step> leave(Time now);
  /// New keys for this participant: it heals.
  Result<Step> update(Time now);
  /// @errors malformed (bad_settings); misuse: a log for committers, or the other way round
  Result<Step> set(const SettingsChange& change, Time now);
  /// Closes the topic here and tells nobody: another conversation with the same people takes its place.
  /// What was not acknowledged comes back as Unsent.
  Result<Step> give_up(Time now);

  // ---- Invitations ----

  /// @errors exhausted (quota)
  Result<Invited> invite(const InvitationOptions& options, Time now);
  /// One's own, at once; somebody else's by a commit.
  Result<Step> revoke(const InvitationId& id, Time now);
  std::vector<MadeInvitation> invitations() const;
  /// For so long, and so often, whoever introduces itself is let in. Kept over a restart where the wall
  /// clock is known; 0 ends it.
  Result<Step> admit(Duration window, std::uint32_t count, Time now);

  // ---- Time ----

  /// Everything that is due: recovery runs from here, never only from the next entry.
  Result<Step> tick(Time now);
  /// Publishes all that is not acknowledged again, now: the carrier is back.
  Result<Step> resend(Time now);
  std::optional<Instant> next_deadline() const;

  // ---- Looking ----

  const TopicId& id() const;
  Standing standing() const;
  const Settings& settings() const;
  std::uint64_t epoch() const;
  /// The last log position that was opened, or skipped.
  std::uint64_t cursor() const;
  std::vector<Member> members() const;
  bool is_member(const NodeId& node_id) const;
  /// Introductions that wait for a decision.
  std::vector<const introduction::Introduction*> introductions() const;
  std::size_t outbox_count() const;
  /// A link without an invitation.
  introduction::Locator locator() const;
  /// To prove access to the log: the key of this epoch, or of one of the kHistoryCountMax - 1 before it.
  /// @errors unavailable: not kept, or not begun here
  Result<crypto::SignatureKeyPair> access_key(std::uint64_t epoch) const;
  /// Where this epoch's messages go while the home is away: a log of its own at each fallback, which the
  /// epoch's access key opens. What comes from there has no place: open it without a position.
  /// @errors unavailable (diverged); violation (topic_closed)
  Result<LogId> fallback_log() const;

 private:
  friend class Joining;
  friend Result<struct Conversation> converse(Surroundings, const NewTopic&, const NodeId&, ByteView, Time);
  friend Result<Begun> accept(Surroundings, const struct OwnKeyPackages&, const NodeId&, ByteView, Time);
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
  introduction::Locator link;
  Step step;
};

}  // namespace taut::topic
