#pragma once
// One talk with one dispatcher over a link that is up (docs/protocol/frames.md): questions and answers,
// windows, chunks. Frames and times in, frames and events out; the store is the owner's business.

#include <map>

#include "frame/frame.hpp"
#include "node/log_event.hpp"
#include "node/task.hpp"

namespace taut::node {

/// The dispatcher says something within this time, as long as it owes an answer.
inline constexpr Duration kAnswerDeadline = std::chrono::seconds(30);
/// What a receiver grants at once.
inline constexpr std::uint32_t kCreditBytes = 2U << 20;

// Events.
struct SessionReady {};
struct PutAnswered {
  frame::RequestId request = 0;
  frame::OutcomeState state = frame::OutcomeState::unknown;
  std::chrono::seconds retry_after{0};
};
struct Answered {
  frame::RequestId request = 0;
  frame::AnswerStatus status = frame::AnswerStatus::unavailable;
};
struct CardFound {
  frame::RequestId request = 0;
  std::optional<Bytes> card;
};
struct StateFound {
  frame::RequestId request = 0;
  std::optional<Bytes> record;
};
struct Delivered {
  frame::QueueNumber number = 0;
  WallTime received;
  Bytes envelope;
};
struct AllDelivered {
  frame::RequestId request = 0;
};
struct DevicesFound {
  frame::RequestId request = 0;
  std::vector<frame::Device> devices;
};
using SessionEvent =
    std::variant<SessionReady, PutAnswered, Answered, CardFound, StateFound, Delivered, AllDelivered,
                 DevicesFound, EntryAppended, EntriesRead, ReadingDrained, ReadingOver, IntroductionTaken,
                 KeyPackageClaimed, KeyPackagesCounted, KeyPackagesLow>;

/// How long a log's entries stay, and how many of them; zero: as the dispatcher likes.
struct Retention {
  std::chrono::seconds time{0};
  std::uint64_t bytes = 0;
};

class Session {
 public:
  /// @param link  the link's session ID
  explicit Session(Instant now, const SessionId& link = {});

  /// One frame: at most one event.
  /// @errors malformed, violation, incompatible: the dispatcher breaks a rule; unavailable
  ///         (dispatcher_gone): it said goodbye. The session is over after any.
  Result<std::optional<SessionEvent>> receive(ByteView frame, Instant now);

  bool is_ready() const { return hello_.has_value(); }
  const SessionId& link() const { return link_; }
  /// Whether the dispatcher had our inbox when the link came up. @pre is_ready()
  bool is_registered() const { return hello_->standing == frame::Standing::registered; }
  /// What time it was at the dispatcher when the link came up. @pre is_ready()
  std::optional<WallTime> time() const { return hello_->time(); }
  /// Whether the dispatcher takes an envelope of this size at all.
  bool fits(std::size_t envelope_size) const;
  /// Whether it takes one now.
  bool has_room_for(std::size_t envelope_size) const;

  /// @pre is_ready(), for everything that asks; has_room_for(envelope.size())
  frame::RequestId put(const NodeId& inbox, const SubmissionId& submission, std::chrono::seconds ttl,
                       ByteView envelope, frame::Keep keep = frame::Keep::stored, ByteView token = {});
  /// What became of a submission: answered like a put.
  frame::RequestId query(const NodeId& inbox, const SubmissionId& submission);
  frame::RequestId publish(ByteView card);
  /// @param proof  over frame::registration_tbs of this link
  frame::RequestId register_node(ByteView token, ByteView card, ByteView proof);
  frame::RequestId look_up(const NodeId& node);
  frame::RequestId set_access(ByteView key, std::vector<frame::DeliveryTokenId> called_off);
  frame::RequestId publish_state(std::uint64_t sequence, ByteView record);
  frame::RequestId look_up_state();
  frame::RequestId subscribe(frame::Until until);
  frame::RequestId release(std::vector<frame::QueueRange> ranges);
  /// What the dispatcher may tell of this device. Its answer is no event.
  void report(std::chrono::seconds uptime, std::string_view name, std::vector<NodeId> viewers);
  frame::RequestId list_devices(std::vector<NodeId> nodes);

  // Topics' logs. Answered, where nothing else is said.
  /// Makes a log, and proves its first key. Zero: the dispatcher's own retention.
  /// @param proof  frame::prove_log_access, for this link
  frame::RequestId open_log(const LogId& log, const frame::AccessKey& key, const frame::AccessProof& proof,
                            const Retention& retention = {});
  /// From its answer `done` on, this link may use the key.
  frame::RequestId prove_access(const LogId& log, const frame::AccessKey& key,
                                const frame::AccessProof& proof);
  /// EntryAppended.
  /// @param successor  of a commit: the access key of the epoch that it leads to
  /// @pre has_room_for(entry.size())
  frame::RequestId append_entry(const LogId& log, const frame::AccessKey& key, const SubmissionId& submission,
                                ByteView entry,
                                const std::optional<frame::AccessKey>& successor = std::nullopt);
  frame::RequestId name_successor(const LogId& log, const frame::AccessKey& key,
                                  const frame::AccessKey& successor);
  frame::RequestId set_retention(const LogId& log, const frame::AccessKey& key, const Retention& retention);
  /// EntriesRead and ReadingDrained, or Answered where it is refused. The request names the reading.
  frame::RequestId read_log(const LogId& log, const frame::AccessKey& key, frame::Shelf shelf,
                            frame::LogNumber after, frame::Until until);
  /// Nothing of a reading comes after the answer.
  frame::RequestId end_reading(frame::RequestId reading);
  /// IntroductionTaken.
  frame::RequestId introduce(const LogId& log, const SubmissionId& submission, std::chrono::seconds ttl,
                             ByteView introduction);
  /// @param numbers  1..frame::kReleasedIntroductionsMax, ascending
  frame::RequestId release_introductions(const LogId& log, const frame::AccessKey& key,
                                         std::vector<frame::LogNumber> numbers);

  // Key packages.
  /// @param batch   higher than any before
  /// @param offers  that fit one frame
  frame::RequestId publish_key_packages(std::uint64_t batch, frame::Restock restock,
                                        std::vector<frame::KeyPackageOffer> offers);
  /// KeyPackageClaimed, or Answered.
  frame::RequestId claim_key_package(const NodeId& node, std::uint16_t suite, ByteView token = {});
  /// KeyPackagesCounted, or Answered.
  frame::RequestId count_key_packages();

  /// What a delivery, or an entry, used up is granted again.
  void return_credit(std::size_t envelope_size);

  /// Frames to send, in order; they are the caller's now.
  std::vector<Bytes> take_frames(Instant now);

  /// Keeps the link from falling idle, and notices a dispatcher that does not answer.
  /// @errors unavailable (silent)
  Status tick(Instant now);
  std::optional<Instant> next_deadline() const;

 private:
  enum class Kind : std::uint8_t {
    put,
    query,
    publish,
    look_up,
    set_access,
    publish_state,
    look_up_state,
    subscribe,
    release,
    report,
    list_devices,
    open_log,
    prove_access,
    append,
    name_successor,
    set_retention,
    read_log,
    end_reading,
    introduce,
    release_introductions,
    publish_key_packages,
    claim_key_package,
    count_key_packages
  };
  struct Question {
    Kind kind;
    std::size_t window_bytes = 0;
    frame::RequestId reading = 0;  ///< that an end_reading ends
  };
  struct Reading {
    frame::Until until = frame::Until::drained;
    frame::LogNumber last = 0;  ///< that has come
  };
  /// An entry whose chunks are still coming.
  struct PartialEntry {
    frame::RequestId reading = 0;
    ReadEntry entry;
    std::size_t size = 0;
  };
  /// A delivery whose chunks are still coming.
  struct Partial {
    Delivered delivered;
    std::size_t size = 0;
  };
  using Event = Result<std::optional<SessionEvent>>;

  frame::RequestId ask(Kind kind, std::size_t window_bytes = 0);
  Status answered(frame::RequestId request, std::initializer_list<Kind> kinds);
  template <class Body>
  void write(const Body& body) {
    frames_.push_back(frame::written(body));
  }

  Event on(const frame::Hello& hello);
  Event on(const frame::Answer& answer);
  Event on(const frame::Outcome& outcome);
  Event on(const frame::CardAnswer& answer);
  Event on(const frame::Devices& devices);
  Event on(const frame::StateAnswer& answer);
  Event on(const frame::Delivery& delivery);
  Event on(const frame::DeliveryChunk& chunk);
  Event on(const frame::Drained& drained);
  Event on(const frame::Appended& appended);
  Event on(const frame::LogEntries& entries);
  Event on(const frame::LogEntryChunk& chunk);
  Event on(const frame::LogDrained& drained);
  Event on(const frame::ReadingEnded& ended);
  Event on(const frame::Introduced& introduced);
  Event on(const frame::KeyPackageAnswer& answer);
  Event on(const frame::KeyPackageCounts& counts);
  Event on(const frame::KeyPackageNotice& notice);
  Event on(const frame::Ping& ping);
  Event on(const frame::Pong& pong);
  Event on(const frame::Goodbye& goodbye);
  Event on(const frame::Ignored&) { return std::nullopt; }
  /// Frames that only nodes say.
  template <class Body>
  Event on(const Body&) {
    return violation();
  }
  static std::unexpected<Error> violation() { return fail(Errc::violation, reasons::kNotNow); }
  /// What an envelope, or an entry, takes of the put window.
  static std::size_t put_cost(std::size_t size) { return size + frame::kPutCost; }
  /// What goes with the first frame of an envelope, or of an entry ...
  static ByteView first_chunk(ByteView whole) {
    return whole.first(std::min(whole.size(), frame::kChunkBytesMax));
  }
  /// ... and the frames for the rest.
  template <class Chunk>
  void write_rest(frame::RequestId request, ByteView whole) {
    for (std::size_t offset = first_chunk(whole).size(); offset < whole.size();) {
      const ByteView chunk = first_chunk(whole.subspan(offset));
      write(Chunk{request, static_cast<std::uint32_t>(offset), chunk});
      offset += chunk.size();
    }
  }
  Event whole_delivery();
  Status begin_entry(const frame::LogEntry& entry, Reading& reading);
  /// Something comes in chunks, and not all of them have come.
  bool is_in_pieces() const { return partial_ || partial_entry_; }
  std::uint32_t first_credit();

  std::optional<Instant> answer_due() const;
  std::optional<Instant> ping_due() const;

  SessionId link_;
  std::optional<frame::Hello> hello_;
  std::map<frame::RequestId, Question> questions_;
  frame::RequestId next_request_ = 1;
  std::size_t put_bytes_ = 0;
  std::int64_t credit_ = 0;  ///< a delivery may overdraw it
  bool has_granted_ = false;
  std::optional<Partial> partial_;
  std::map<frame::RequestId, Reading> readings_;
  std::optional<PartialEntry> partial_entry_;
  std::vector<Bytes> frames_;
  Instant last_received_;
  Instant last_sent_;
  bool awaits_pong_ = false;
};

}  // namespace taut::node
