#include "topic/sender.hpp"

namespace taut::topic {

namespace {

constexpr std::size_t kHeldBytesMax = kContentBytesMax + 256;

SecretBytes held_value(const Said& said, std::uint64_t epoch) {
  const SecretBytes encoded = said.encode();
  return mls::secret_written(kHeldBytesMax,
                             [&](wire::Writer& out) { out.u64(epoch).vector(encoded.expose()); });
}

}  // namespace

void SenderOrder::start_again(std::uint64_t sequence, Since since, Journal& journal) {
  for (const auto& [counter, held] : held_) journal.erase(record_key(RecordKind::held, node_id_, counter));
  held_.clear();
  missing_.clear();
  sequence_ = sequence;
  is_known_ = since == Since::after_us;
  next_ = 0;
  save(journal);
}

Arrivals SenderOrder::take(Said said, std::uint64_t epoch, const Presence& presence, Journal& journal) {
  Arrivals arrivals;
  if (said.said_in < presence.joined_in) return arrivals;
  // A sender's epochs never go back: what it said before one that is not for us is not for us either.
  const bool is_first_for_us = said.counter == 0 || *said.previous_said_in < presence.joined_in;
  const bool begins = is_first_for_us || *said.previous_said_in < presence.leaf_since;
  if (!is_known_ && begins) {
    begin_at(said.counter);
  } else if (is_first_for_us) {
    next_ = std::max(next_, said.counter);
  }
  if (is_known_ && said.counter < next_) {
    take_late(arrivals, std::move(said), epoch, journal);
  } else if (is_known_ && said.counter == next_) {
    ++next_;
    deliver(arrivals, {std::move(said), epoch, Delivery::in_order}, journal);
    drain(arrivals, journal);
  } else {
    hold(std::move(said), epoch, journal);
    if (held_.size() > kOutboxCountMax || held_bytes() > kOutboxBytesMax) arrivals = give_up(journal);
  }
  save(journal);
  return arrivals;
}

Arrivals SenderOrder::give_up(Journal& journal) {
  Arrivals arrivals;
  if (held_.empty()) return arrivals;
  const std::uint64_t first = held_.begin()->first;
  if (is_known_) {
    arrivals.gap = Gap{node_id_, next_, first - next_};
    miss(next_, first - next_);
    next_ = first;
  } else {
    arrivals.gap = Gap{node_id_, first - 1, 1};  // at least that one was for us
    begin_at(first);
  }
  drain(arrivals, journal);
  save(journal);
  return arrivals;
}

/// What was said before may be for us all the same, and come late.
void SenderOrder::begin_at(std::uint64_t counter) {
  is_known_ = true;
  next_ = counter;
  miss(0, counter);
}

void SenderOrder::hold(Said said, std::uint64_t epoch, Journal& journal) {
  const std::uint64_t counter = said.counter;
  if (held_.contains(counter)) return;
  journal.put(record_key(RecordKind::held, node_id_, counter), held_value(said, epoch));
  held_.emplace(counter, Held{std::move(said), epoch});
}

/// All that a sender may have unacknowledged waits for what was lost before it: that comes again, and what is
/// held cannot, since its key is gone.
std::size_t SenderOrder::held_bytes() const {
  std::size_t size_bytes = 0;
  for (const auto& [counter, held] : held_) size_bytes += held.said.body.size();
  return size_bytes;
}

void SenderOrder::drain(Arrivals& arrivals, Journal& journal) {
  // What was held before its predecessor's place was known may be behind it now.
  while (!held_.empty() && held_.begin()->first <= next_) {
    auto held = held_.extract(held_.begin());
    journal.erase(record_key(RecordKind::held, node_id_, held.key()));
    if (held.key() < next_) continue;
    ++next_;
    deliver(arrivals, {std::move(held.mapped().said), held.mapped().epoch, Delivery::in_order}, journal);
  }
}

void SenderOrder::deliver(Arrivals& arrivals, Arrival arrival, Journal& journal) {
  // Said again after its sender came back with new counters: it was delivered then.
  if (std::ranges::find(recent_, arrival.said.message_id) != recent_.end()) return;
  const std::uint64_t slot = delivered_++ % kRecentCountMax;
  if (recent_.size() <= slot) recent_.resize(slot + 1);
  recent_[slot] = arrival.said.message_id;
  journal.put(record_key(RecordKind::recent, node_id_, slot), SecretBytes(arrival.said.message_id.view()));
  arrivals.deliver.push_back(std::move(arrival));
}

void SenderOrder::take_late(Arrivals& arrivals, Said said, std::uint64_t epoch, Journal& journal) {
  const std::uint64_t counter = said.counter;
  const auto range = std::ranges::find_if(
      missing_, [&](const Range& one) { return counter >= one.first && counter - one.first < one.count; });
  if (range == missing_.end()) return;
  const Range whole = *range;
  missing_.erase(range);
  if (counter > whole.first) missing_.push_back({whole.first, counter - whole.first});
  const std::uint64_t after = whole.first + whole.count - counter - 1;
  if (after > 0 && missing_.size() < kMissingCountMax) missing_.push_back({counter + 1, after});
  deliver(arrivals, {std::move(said), epoch, Delivery::late}, journal);
}

void SenderOrder::miss(std::uint64_t first, std::uint64_t count) {
  if (count == 0) return;
  if (missing_.size() == kMissingCountMax) missing_.erase(missing_.begin());
  missing_.push_back({first, count});
}

Arrived SenderOrder::arrived() const {
  Arrived arrived{node_id_, sequence_, is_known_ ? next_ : 0, 0};
  for (const auto& [counter, held] : held_)
    if (counter > arrived.next && counter - arrived.next - 1 < 64)
      arrived.beyond |= std::uint64_t{1} << (counter - arrived.next - 1);
  return arrived;
}

void SenderOrder::save(Journal& journal) const {
  constexpr std::size_t kSenderBytesMax = 64 + kMissingCountMax * 16;
  journal.put(record_key(RecordKind::sender, node_id_),
              mls::secret_written(kSenderBytesMax, [&](wire::Writer& out) {
                out.u64(sequence_).present(is_known_).u64(next_).u64(delivered_);
                out.list(missing_,
                         [](wire::Writer& inner, const Range& one) { inner.u64(one.first).u64(one.count); });
              }));
}

void SenderOrder::forget(Journal& journal) const {
  journal.erase(record_key(RecordKind::sender, node_id_));
  for (const auto& [counter, held] : held_) journal.erase(record_key(RecordKind::held, node_id_, counter));
  for (std::uint64_t slot = 0; slot < recent_.size(); ++slot)
    journal.erase(record_key(RecordKind::recent, node_id_, slot));
}

Result<SenderOrder> SenderOrder::load(const NodeId& node_id, ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const std::uint64_t sequence, in.u64());
  SenderOrder order(node_id, sequence, Since::before_us);
  TAUT_TRY(order.is_known_, in.present());
  TAUT_TRY(order.next_, in.u64());
  TAUT_TRY(order.delivered_, in.u64());
  TAUT_TRY(order.missing_, in.list(
                               [](wire::Reader& inner) -> Result<Range> {
                                 TAUT_TRY(const std::uint64_t first, inner.u64());
                                 TAUT_TRY(const std::uint64_t count, inner.u64());
                                 return Range{first, count};
                               },
                               kMissingCountMax));
  TAUT_CHECK(in.finish());
  return order;
}

Status SenderOrder::load_held(std::uint64_t counter, ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const std::uint64_t epoch, in.u64());
  TAUT_TRY(const ByteView said_bytes, in.vector());
  TAUT_CHECK(in.finish());
  TAUT_TRY(Said said, read_said(said_bytes));
  if (said.counter != counter) return bad_records();
  held_.emplace(counter, Held{std::move(said), epoch});
  return {};
}

Status SenderOrder::load_recent(std::uint64_t slot, ByteView saved) {
  if (slot >= kRecentCountMax || saved.size() != MessageId::size_bytes) return bad_records();
  if (recent_.size() <= slot) recent_.resize(slot + 1);
  recent_[slot] = MessageId(saved.first<MessageId::size_bytes>());
  return {};
}

}  // namespace taut::topic
