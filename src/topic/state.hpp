#pragma once
// What a Topic is made of. Internal: the files of this room share it, callers see topic.hpp.

#include <set>

#include "introduction/leaf_certificate.hpp"
#include "mls/group.hpp"
#include "topic/checkpoint.hpp"
#include "topic/sender.hpp"
#include "topic/topic.hpp"
#include "topic/welcome_letter.hpp"
#include "topic/wish.hpp"

namespace taut::topic {

/// When something is published again.
struct Repeat {
  Instant at;
  Duration after{kResendFirst};
  std::uint32_t count = 0;

  void again(Instant now, Duration after_max = kResendMax) {
    at = now + after;
    after = std::min(after * 2, after_max);
    ++count;
  }
};

/// A message that is not acknowledged yet.
struct Outgoing {
  MessageId message_id;
  SecretBytes said;
  std::uint64_t sealed_in = 0;
  SubmissionId entry_id;
  Bytes entry;
  EntryHash hash;            ///< of the entry's body
  std::set<NodeId> waiting;  ///< without a log: who has not acknowledged it
  Repeat repeat{};

  SecretBytes save() const;
};

/// An own commit under way.
struct PendingCommit {
  SubmissionId entry_id;
  Bytes entry;
  Bytes body;
  std::uint64_t epoch = 0;
  AccessPublic successor;
  std::vector<std::uint64_t> wishes;  ///< that it does
  std::optional<Bytes> welcome;
  Repeat repeat{};
  Instant since{};  ///< of this process

  SecretBytes save() const;
};

/// How an epoch began, as this participant saw it.
struct EpochStart {
  Checkpoint checkpoint;  ///< `seen` is not used
  CheckpointKey key;
  SecretBytes access_seed;
  Bytes commit_entry;  ///< without a log: the commit that began it, and the checkpoint that put it into order
  Bytes order_entry;
  bool is_ordered_here = false;        ///< this participant put it into order, and repeats both
  bool owes_checkpoint = false;        ///< with a log: ours is not in it
  Repeat repeat{};                     ///< of both, while a member has not followed
  std::optional<Instant> published{};  ///< when its checkpoint was last published
  std::optional<Instant> helped{};     ///< when others were last told how it began

  SecretBytes save() const;
};

/// A member, by its certificate.
struct Participant {
  mls::LeafIndex leaf;
  introduction::LeafCertificate certificate;
  mls::Credential credential;
  std::uint64_t reached = 0;       ///< the latest epoch that it was heard in
  std::uint64_t acknowledged = 0;  ///< own messages, without a log
  Instant heard;
};

struct Invitations {
  introduction::Invitation invitation;
  std::uint16_t uses = 1;  ///< 0: without limit
  std::uint16_t used = 0;

  SecretBytes save() const;
};

/// A commit of this epoch that was published, where no log gives its place.
struct Offer {
  Bytes entry;
  Bytes body;
  Instant since;
};

/// Somebody's word on the history, and when it came.
struct Claim {
  Checkpoint checkpoint;
  Bytes entry;  ///< without a log: what puts a commit into order
  Instant since;
  /// The epoch about which it stands alone, or nearly: that was told.
  std::optional<std::uint64_t> dissents_in{};

  SecretBytes save(const TopicId& topic_id) const;
};

/// For so long, and so often, whoever introduces itself is let in.
struct Pairing {
  Instant until;
  std::uint32_t left = 0;
  WallTime over_at;   ///< the same time, for other processes
  Duration window{};  ///< it is never longer than that, whatever a clock says

  SecretBytes save() const;
};

struct Declined {
  mls::KeyPackageRef ref;
  WallTime not_after;  ///< of the introduction

  SecretBytes save() const;
};

struct OutgoingWelcome {
  identity::SignedCard to;
  SubmissionId entry_id;
  Bytes entry;
  Repeat repeat{};
  WallTime due{};  ///< `repeat.at`, for other processes; 0: at once

  void again(Time now, Duration after_max);
  SecretBytes save() const;
};

/// Asking to be let in again.
struct Returning {
  mls::OwnKeyPackage own;
  SubmissionId entry_id;
  Bytes entry;
  WallTime not_after;
  Repeat repeat{};

  SecretBytes save() const;
};

struct Header {
  crypto::SuiteId suite{};
  TopicId topic_id;
  Standing standing = Standing::open;
  std::uint64_t sequence = 0;    ///< of this node's latest leaf certificate
  std::uint64_t joined_in = 0;   ///< first epoch of this membership; coming back goes on with it
  std::uint64_t leaf_since = 0;  ///< first epoch of this leaf
  std::uint64_t next_counter = 0;
  std::uint64_t last_said_in = 0;
  std::uint64_t cursor = 0;
  std::uint64_t next_number = 0;  ///< of records
  bool is_leaving = false;
  /// There were signs of an epoch that did not begin here; 0: by no clock.
  std::optional<WallTime> suspects_since{};

  SecretBytes save() const;
  static Result<Header> load(ByteView saved);
  friend bool operator==(const Header&, const Header&) = default;
};

/// The invitation that a commit claims, told to members by the commit itself (introduction/invitation.hpp).
class MemberPsks final : public mls::PskSource {
 public:
  explicit MemberPsks(const Settings& settings) : settings_(settings) {}
  Result<SecretBytes> external_psk(ByteView psk_id) const override;
  Result<SecretBytes> resumption_psk(const mls::GroupId&, std::uint64_t) const override;

 private:
  const Settings& settings_;
};

struct Contest {
  std::uint64_t epoch = 0;
  Instant weigh_at;
};

/// MLS-Exporter: the seed of an epoch's access key.
inline constexpr std::string_view kAccessExport = "taut 1 topic access";

/// Whether this participant publishes a checkpoint of its own accord.
enum class Speaking : std::uint8_t { no, yes };

struct Topic::State {
  State(Surroundings around, Header first, Settings agreed);

  // ---- what it is ----
  Surroundings surroundings;
  Header header;
  std::optional<Header> stored_header;
  Settings settings;
  Wrapper wrapper;
  NodeId self;
  introduction::LeafAuthentication authentication;
  MemberPsks psks;
  std::optional<mls::Group> group;
  std::map<NodeId, Participant> participants;
  std::map<mls::LeafIndex, NodeId> by_leaf;
  std::map<NodeId, SenderOrder> senders;
  std::map<std::uint64_t, Outgoing> outbox;
  std::size_t outbox_bytes = 0;
  std::map<std::uint64_t, EpochStart> history;
  std::map<std::uint64_t, std::pair<introduction::Introduction, Bytes>> introductions;
  std::map<std::uint64_t, Invitations> invitations;
  std::map<std::uint64_t, Wish> wishes;
  std::optional<PendingCommit> pending;
  std::map<std::uint64_t, OutgoingWelcome> welcomes;
  std::optional<Returning> returning;
  std::map<NodeId, Claim> claims;
  std::optional<Pairing> pairing;
  std::map<std::uint64_t, Declined> declined;

  // ---- what is forgotten over a restart, and comes again ----
  std::vector<std::pair<EntryHash, Offer>> offers;  ///< in the order of arrival
  std::set<EntryHash> bad_offers;
  std::vector<std::pair<std::uint64_t, Bytes>> early;  ///< entries of epochs that have not begun here
  std::size_t early_bytes = 0;
  std::optional<Contest> contest;
  std::optional<Instant> checkpoint_due, suspicion_since, ask_at;
  std::optional<std::uint64_t> stuck_before;  ///< an ordered commit for this epoch does not hold here
  std::map<NodeId, Instant> gap_at;
  std::set<NodeId> to_acknowledge;
  std::optional<Instant> acknowledge_at;
  Instant ticked;
  Instant quiet_until;  ///< after a start: others may know better who puts commits into order

  // ---- the step that is being made ----
  Journal journal;
  std::vector<Entry> publish;
  std::vector<Event> events;
  Step finish();

  // ---- state.cpp ----
  mls::Hooks hooks() {
    return {.random = surroundings.random, .authentication = authentication, .psks = psks};
  }
  bool is_open() const { return header.standing == Standing::open && group.has_value(); }
  std::uint64_t epoch() const { return group ? group->context().epoch : 0; }
  std::uint64_t next_number() { return header.next_number++; }
  Duration gap_patience() const {
    return settings.has_log() ? Duration(kGapPatience) : Duration(kGapPatienceBroadcast);
  }
  Duration resend_first() const { return settings.has_log() ? Duration(kResendLog) : Duration(kResendFirst); }
  /// With a dispatcher a welcome goes by an envelope, which has an outbox of its own.
  Duration welcome_pause_max() const {
    return settings.has_log() ? Duration(kWelcomePauseMax) : Duration(kResendMax);
  }
  Instant random_instant(Instant now, Duration within);
  Entry entry_of(EntryKind kind, Bytes bytes);
  Status check_open() const;
  Status adopt(mls::Group joined, const WelcomeLetter& letter, Time now);
  Status read_participants(Instant now);
  Status begin_epoch(std::uint64_t position, const EntryHash& commit_hash, Speaking speaking, Instant now);
  void close(Closed::Why why, const NodeId& by);
  void drop_group();
  void heard(const NodeId& node_id, std::uint64_t in_epoch, Instant now);

  // ---- records.cpp ----
  Status load(std::vector<Record> records, LoadAs as, Time now);
  Status load_record(const ParsedKey& key, ByteView value);

  // ---- messages.cpp ----
  Result<MessageId> say(ContentType type, ByteView body, std::chrono::seconds expires, Time now);
  Status seal_outgoing(Outgoing& item);
  Status publish_outgoing(std::uint64_t counter, Outgoing& item, Instant now);
  Status reseal(Time now);
  Status say_again(Time now);
  Status take_message(ByteView body, ByteView entry, const MessageFrame& frame,
                      std::optional<std::uint64_t> position, Time now);
  Status take_application(mls::ApplicationMessage message, Time now);
  bool take_own(const EntryHash& hash, std::optional<std::uint64_t> position);
  void take_said(Said said, const Participant& from, std::uint64_t in_epoch, Time now);
  void take_acknowledgement(const Acknowledgement& acknowledgement, Participant& from, Instant now);
  void deliver(const NodeId& from, Arrivals arrivals, Time now);
  void deliver_leaving(const NodeId& from, Instant now);
  void acknowledged(std::map<std::uint64_t, Outgoing>::iterator item);
  Status send_acknowledgement();
  void unsend(std::map<std::uint64_t, Outgoing>::iterator item, Reason reason);
  void hold_early(std::uint64_t of_epoch, ByteView entry);
  Status take_early(Time now);
  void resend_due(Instant now);

  // ---- commits.cpp ----
  void wish(Wish one);
  Status commit_wishes(Time now);
  Status commit_these(const std::vector<std::uint64_t>& chosen, Time now);
  Status check_commit(const mls::CommitEffects& effects) const;
  Result<mls::StagedCommit> stage(ByteView body, Time now);
  Status take_commit(ByteView body, ByteView entry, const MessageFrame& frame,
                     std::optional<std::uint64_t> position, Time now);
  Status merge(mls::StagedCommit staged, ByteView body, std::uint64_t position, Time now);
  std::optional<Reason> void_reason(const Wish& wish, Time now) const;
  std::vector<std::uint64_t> choose_wishes(Time now);
  void drop_wish(std::uint64_t number, std::optional<Reason> reason);
  void leave_log();
  bool is_move(const Wish& wish) const;
  void change_members(const mls::CommitEffects& effects, const NodeId& by);
  Status send_welcomes(const PendingCommit& own, Time now);
  void finish_wishes(const PendingCommit& own);

  // ---- committers.cpp ----
  bool is_coming_back(const NodeId& node_id) const;
  std::optional<std::size_t> rank_of(const NodeId& node_id) const;
  bool is_silent_before(std::size_t rank, Instant since, Instant now, Duration patience) const;
  Duration patience_of(std::size_t rank) const;
  Status order(Time now);
  Status order_offer(const EntryHash& hash, Time now);
  Status follow_orders(Time now);
  Status apply_ordered(const EntryHash& hash, ByteView order_entry, Time now);
  void help(const Checkpoint& from_behind, Instant now);
  void repeat_order(Instant now);
  std::optional<Instant> committer_deadline() const;

  // ---- checkpoints.cpp ----
  std::uint64_t seen() const;
  Result<Bytes> checkpoint_entry(std::uint64_t of_epoch);
  Status publish_checkpoint(std::uint64_t of_epoch, Instant now);
  Status take_checkpoint(ByteView body, ByteView entry, Time now);
  std::optional<std::uint64_t> conflict_of(const Claim& claim) const;
  void look_for_conflicts(Instant now);
  Status weigh(Time now);
  Bytes view_of(const Checkpoint& checkpoint) const;
  void suspect(Time now);
  void calm();
  void paid(std::uint64_t of_epoch);
  void put_claim(const NodeId& node_id);
  void forget_claim(const NodeId& node_id);
  Status ask(Instant now);

  // ---- returning.cpp ----
  Status diverge(Diverged::Why why, Time now);
  Status introduce_again(Time now);
  Status take_welcome(ByteView body, Time now);

  // ---- admissions.cpp ----
  Status take_introduction(ByteView body, Time now);
  Status check_admissible(const introduction::Introduction& introduction, Time now) const;
  std::map<std::uint64_t, Invitations>::iterator find_invitation(const InvitationId& id);
  void end_pairing();
  void review_introductions(Time now);
  void decline(const introduction::Introduction& asks);
  std::size_t admissions_by(const InvitationId& id) const;
  bool is_wished(const mls::KeyPackageRef& ref) const;
  void expire(Time now);

  // ---- topic_open.cpp ----
  Status take_body(const EntryBody& body, ByteView entry, std::optional<std::uint64_t> position, Time now);
  Status take_entry(const EntryBody& body, ByteView entry, std::optional<std::uint64_t> position, Time now);

  // ---- timers.cpp ----
  void rearm(Time now);
  Status tick(Time now);
  Status pump(Time now);
  std::optional<Instant> next_deadline() const;
};

}  // namespace taut::topic
