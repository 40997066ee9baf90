#pragma once
// A dispatcher for tests: honest unless told otherwise, in memory, and at the test's mercy.

#include <deque>
#include <map>
#include <set>

#include "frame/frame.hpp"
#include "node/self.hpp"
#include "scripted_logs.hpp"
#include "support/memory_packages.hpp"

namespace taut::test {

struct StoredEnvelope {
  frame::QueueNumber number = 0;
  Bytes envelope;
};

inline constexpr NodeId kNobody{};

/// Of every link here.
inline const SessionId kSession = [] {
  SessionId id;
  id.fill()[0] = 7;
  return id;
}();

class ScriptedDispatcher {
 public:
  explicit ScriptedDispatcher(std::uint64_t seed) : identity(person(seed)) {
    hello.message_bytes_max = frame::kMessageBytesMax;
    hello.put_bytes_max = 2U << 20;
    hello.credit_bytes_max = 4U << 20;
    hello.ttl_s_max = 30 * 86400;
    hello.idle_s = 90;
    hello.policy = frame::Policy::open;
    identity::Card own = identity.card();
    own.sequence = kNow.unix_ms;
    own.serves_at = {{identity::Carrier::tcp, "192.0.2." + std::to_string(seed), 7420}};
    card = identity::SignedCard::sign(own, identity.signature_key()).value();
  }

  const NodeId& id() const { return identity.node_id(); }

  /// @param peer  kNobody: who does not say who it is
  Bytes greet(const NodeId& peer) {
    if (peer != kNobody && (says_revoked || is_revoked(peer)))
      return frame::written(frame::Goodbye{frame::GoodbyeReason::revoked, {}});
    if (clock) says_time(clock);
    hello.standing = cards.contains(peer) ? frame::Standing::registered : frame::Standing::unregistered;
    subscribed_.clear();
    uploads_.clear();
    logs.greet(kSession);
    return frame::written(hello);
  }

  /// Frames that answer one frame of `peer`.
  std::vector<Bytes> on_frame(const NodeId& peer, ByteView bytes) {
    answers_.clear();
    const frame::Frame frame = frame::parse(bytes).value();
    std::visit([&](const auto& body) { on(peer, body); }, frame);
    return std::exchange(answers_, {});
  }

  void says_time(std::optional<WallTime> wall) {
    hello.extensions.clear();
    if (wall) hello.say_time(*wall);
  }

  /// Stores an envelope as if somebody had put it.
  void store(const NodeId& inbox, ByteView envelope) {
    inboxes[inbox].push_back({++last_number_, to_bytes(envelope)});
  }

  identity::Identity identity;
  std::optional<identity::SignedCard> card;
  frame::Hello hello;
  std::map<NodeId, Bytes> cards;
  std::map<NodeId, std::deque<StoredEnvelope>> inboxes;
  std::map<NodeId, std::pair<std::uint64_t, Bytes>> states;
  std::map<NodeId, Bytes> keys;  ///< of delivery tokens
  std::map<NodeId, std::vector<frame::DeliveryTokenId>> called_off;
  std::vector<Bytes> tokens;  ///< of the puts
  ScriptedLogs logs;
  std::map<NodeId, MemoryPackages> packages;
  std::size_t batches = 0;       ///< that were published
  std::size_t credit_bytes = 0;  ///< that came back
  std::size_t puts = 0;
  std::size_t releases = 0;
  struct Reported {
    std::uint32_t uptime_s = 0;
    std::string name;
    std::vector<NodeId> viewers;
  };
  std::map<NodeId, Reported> reports;
  std::vector<frame::Device> devices;  ///< to tell of, whoever asks
  std::size_t listings = 0;
  std::optional<Bytes> registered_with;  ///< the token of the last Register
  Bytes proof;                           ///< and its proof
  std::size_t queries = 0;
  std::vector<frame::Keep> keeps;          ///< of the puts
  std::vector<std::uint32_t> lifetimes_s;  ///< likewise

  std::optional<WallTime> clock;  ///< what it goes by; none: it says what the node's clock says

  // What it does wrong.
  std::optional<frame::OutcomeState> outcome;               ///< instead of storing
  std::optional<frame::AnswerStatus> publish_status;        ///< instead of publishing
  bool says_revoked = false;                                ///< to everybody
  bool is_told_of_revocation = false;                       ///< and says so after delivering
  bool is_mute = false;                                     ///< takes everything, answers nothing
  bool forgets_to_drain = false;                            ///< never says drained
  std::function<void(std::deque<StoredEnvelope>&)> tamper;  ///< with what it is about to deliver

 private:
  bool is_revoked(const NodeId& peer) const {
    const auto held = cards.find(peer);
    const auto published = identity::SignedCard::parse(held == cards.end() ? Bytes{} : held->second);
    return published && published->revocation();
  }
  template <class Body>
  void answer(const Body& body) {
    if (!is_mute) answers_.push_back(frame::written(body));
  }

  void on(const NodeId&, const frame::Put& put) {
    ++puts;
    keeps.push_back(put.keep);
    tokens.push_back(to_bytes(put.token));
    lifetimes_s.push_back(put.ttl_s);
    uploads_[put.request] = {put.inbox, put.submission, put.size, to_bytes(put.chunk)};
    finish_upload(put.request);
  }
  void on(const NodeId&, const frame::PutChunk& chunk) {
    append(uploads_.at(chunk.request).envelope, chunk.chunk);
    finish_upload(chunk.request);
  }
  void finish_upload(frame::RequestId request) {
    Upload& upload = uploads_.at(request);
    if (upload.envelope.size() < upload.size) return;
    frame::Outcome settled{request, upload.submission, frame::OutcomeState::stored, 0, {}};
    if (outcome)
      settled.state = *outcome;
    else if (!submissions_.contains({upload.inbox, upload.submission})) {
      store(upload.inbox, upload.envelope);
      submissions_[{upload.inbox, upload.submission}] = last_number_;
    } else
      settled.state = state_of(upload.inbox, upload.submission);
    if (settled.state == frame::OutcomeState::full) settled.retry_after_s = 60;
    uploads_.erase(request);
    answer(settled);
  }

  frame::OutcomeState state_of(const NodeId& inbox, const SubmissionId& submission) {
    const auto found = submissions_.find({inbox, submission});
    if (found == submissions_.end()) return frame::OutcomeState::unknown;
    const auto& queue = inboxes[inbox];
    const bool waits = std::ranges::find(queue, found->second, &StoredEnvelope::number) != queue.end();
    return waits ? frame::OutcomeState::stored : frame::OutcomeState::released;
  }
  void on(const NodeId&, const frame::OutcomeQuery& query) {
    ++queries;
    const auto state = outcome ? *outcome : state_of(query.inbox, query.submission);
    answer(frame::Outcome{query.request, query.submission, state, 0, {}});
  }

  void on(const NodeId& peer, const frame::Subscribe& subscribe) {
    std::deque<StoredEnvelope> queue;
    for (const StoredEnvelope& one : inboxes[peer])
      if (subscribed_.insert(one.number).second) queue.push_back(one);
    if (tamper) tamper(queue);
    frame::QueueNumber last = 0;
    for (const StoredEnvelope& one : queue) {
      deliver(one);
      last = std::max(last, one.number);
    }
    if (!forgets_to_drain) answer(frame::Drained{subscribe.request, last, {}});
    if (is_told_of_revocation) answer(frame::Goodbye{frame::GoodbyeReason::revoked, {}});
  }
  void deliver(const StoredEnvelope& one) {
    frame::Delivery delivery;
    delivery.number = one.number;
    delivery.received = kNow;
    delivery.expires = kNow + std::chrono::days(14);
    delivery.size = static_cast<std::uint32_t>(one.envelope.size());
    const ByteView envelope = one.envelope;
    delivery.chunk = envelope.first(std::min(envelope.size(), frame::kChunkBytesMax));
    answer(delivery);
    for (std::size_t offset = delivery.chunk.size(); offset < envelope.size();) {
      const ByteView rest = envelope.subspan(offset);
      const ByteView chunk = rest.first(std::min(rest.size(), frame::kChunkBytesMax));
      answer(frame::DeliveryChunk{one.number, static_cast<std::uint32_t>(offset), chunk});
      offset += chunk.size();
    }
  }
  void on(const NodeId& peer, const frame::Release& release) {
    ++releases;
    for (const frame::QueueRange& range : release.ranges)
      std::erase_if(inboxes[peer], [&](const StoredEnvelope& one) {
        return one.number >= range.first && one.number <= range.last;
      });
    answer(frame::Answer{release.request, frame::AnswerStatus::done, {}});
  }

  void on(const NodeId& peer, const frame::Register& asked) {
    registered_with = to_bytes(asked.token);
    proof = to_bytes(asked.proof);
    on(peer, frame::PublishCard{asked.request, asked.card, {}});
  }
  void on(const NodeId& peer, const frame::Report& report) {
    reports[peer] = {report.uptime_s, std::string(as_text(report.name)), report.viewers};
    answer(frame::Answer{report.request, frame::AnswerStatus::done, {}});
  }
  void on(const NodeId&, const frame::ListDevices& list) {
    frame::Devices found{list.request, {}, {}};
    for (const frame::Device& device : devices)
      if (std::ranges::binary_search(list.nodes, device.node)) found.devices.push_back(device);
    ++listings;
    answer(found);
  }
  void on(const NodeId& peer, const frame::PublishCard& publish) {
    frame::AnswerStatus status = frame::AnswerStatus::done;
    const auto offered = identity::SignedCard::parse(publish.card).value();
    const NodeId owner = offered.node_id();
    const auto held = cards.find(owner);
    if (publish_status)
      status = *publish_status;
    else if (held != cards.end() && !equal(held->second, publish.card) &&
             !offered.check_replaces(identity::SignedCard::parse(held->second).value()))
      status = frame::AnswerStatus::stale;
    if (owner != peer && !offered.revocation()) status = frame::AnswerStatus::refused;
    if (status == frame::AnswerStatus::done) cards[owner] = to_bytes(publish.card);
    answer(frame::Answer{publish.request, status, {}});
  }
  void on(const NodeId&, const frame::LookUpCard& look_up) {
    frame::CardAnswer found{look_up.request, std::nullopt, {}};
    const auto held = cards.find(look_up.node);
    if (held != cards.end()) found.card = held->second;
    answer(found);
  }
  void on(const NodeId& peer, const frame::SetAccess& rule) {
    keys[peer] = to_bytes(rule.key);
    called_off[peer] = rule.revoked;
    answer(frame::Answer{rule.request, frame::AnswerStatus::done, {}});
  }
  void on(const NodeId& peer, const frame::PublishState& publish) {
    const auto held = states.find(peer);
    const bool is_stale = held != states.end() && held->second.first >= publish.sequence;
    if (!is_stale) states[peer] = {publish.sequence, to_bytes(publish.record)};
    answer(frame::Answer{
        publish.request, is_stale ? frame::AnswerStatus::stale : frame::AnswerStatus::done, {}});
  }
  void on(const NodeId& peer, const frame::LookUpState& look_up) {
    frame::StateAnswer found{look_up.request, std::nullopt, {}};
    if (const auto held = states.find(peer); held != states.end()) found.record = held->second.second;
    answer(found);
  }
  void on(const NodeId& peer, const frame::PublishKeyPackages& publish) {
    dispatcher::PublishPackages batch{peer, publish.batch, publish.restock, {}, 256};
    for (const frame::KeyPackageOffer& one : publish.offers)
      batch.packages.push_back({one.suite, one.use, one.expires, to_bytes(one.package)});
    ++batches;
    bool is_dirty = false;
    const auto status = packages[peer].publish(batch, is_dirty).status;
    const bool is_stale = status == dispatcher::Restocked::Status::stale;
    answer(frame::Answer{
        publish.request, is_stale ? frame::AnswerStatus::stale : frame::AnswerStatus::done, {}});
  }
  void on(const NodeId& peer, const frame::CountKeyPackages& count) {
    answer(frame::KeyPackageCounts{count.request, packages[peer].counts(), {}});
  }
  void on(const NodeId&, const frame::ClaimKeyPackage& claim) {
    bool is_dirty = false;
    const auto claimed = packages[claim.node].claim({claim.node, claim.suite, kNow, 0}, is_dirty);
    frame::KeyPackageAnswer found{claim.request, std::nullopt, {}};
    if (claimed.package) found.package = *claimed.package;
    answer(found);
  }
  void on(const NodeId&, const frame::Ping& ping) { answer(frame::Pong{ping.token}); }
  void on(const NodeId&, const frame::Credit& credit) { credit_bytes += credit.bytes; }
  template <class Body>
  void on(const NodeId&, const Body& body) {
    if constexpr (requires { logs.on(body, answers_); })
      logs.on(body, answers_);
    else
      std::abort();  // a node never says this
  }

  struct Upload {
    NodeId inbox;
    SubmissionId submission;
    std::size_t size = 0;
    Bytes envelope;
  };
  std::map<frame::RequestId, Upload> uploads_;
  std::map<std::pair<NodeId, SubmissionId>, frame::QueueNumber> submissions_;
  std::set<frame::QueueNumber> subscribed_;  // delivered on this link
  frame::QueueNumber last_number_ = 0;
  std::vector<Bytes> answers_;
};

}  // namespace taut::test
