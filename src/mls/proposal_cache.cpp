#include "mls/proposal_cache.hpp"

namespace taut::mls {

namespace {

RecordKey record_key(std::uint32_t order) { return {.kind = RecordKind::proposal, .index = order}; }

bool is_from_outside(const PendingProposal& proposal) { return proposal.sender.type() != SenderType::member; }

void write_optional_key(wire::Writer& out, const std::optional<ByteView>& key) {
  out.present(key.has_value());
  if (key) out.vector(*key);
}

void write_own(wire::Writer& out, const OwnProposal& own) {
  std::optional<ByteView> encryption_key, signature_key;
  if (own.encryption_key) encryption_key = own.encryption_key->private_key.expose();
  if (own.signature_key) signature_key = own.signature_key->private_key.expose();
  out.vector(own.message_hash.view());
  write_optional_key(out, encryption_key);
  write_optional_key(out, signature_key);
}

Result<OwnProposal> read_own(const Suite& suite, wire::Reader& in) {
  OwnProposal own;
  TAUT_TRY(own.message_hash, read_digest(in));
  TAUT_TRY(const bool has_encryption_key, in.present());
  if (has_encryption_key) {
    TAUT_TRY(const ByteView key, in.vector());
    TAUT_TRY(own.encryption_key, crypto::DhKeyPair::from_private(suite.dh, key));
  }
  TAUT_TRY(const bool has_signature_key, in.present());
  if (has_signature_key) {
    TAUT_TRY(const ByteView key, in.vector());
    TAUT_TRY(own.signature_key, crypto::SignatureKeyPair::from_private(suite.signature, key));
  }
  return own;
}

}  // namespace

// Nobody outside the group can take up the room that members need to propose.
Status ProposalCache::add(PendingProposal proposal, const Settings& settings, Journal& journal) {
  if (by_ref_.contains(proposal.ref)) return {};
  const Load more{1, encoded(proposal.proposal).size()};
  const std::size_t count_max = settings.pending_proposals_max;
  const std::size_t bytes_max = settings.pending_proposal_bytes_max;
  if (!all_.fits(more, count_max, bytes_max) ||
      (is_from_outside(proposal) && !from_outside_.fits(more, count_max / 2, bytes_max / 2)))
    return refuse(errors::kLimit);
  const std::uint32_t order = by_order_.empty() ? 0 : by_order_.rbegin()->first + 1;
  insert(order, std::move(proposal));
  journal.touch(record_key(order));
  return {};
}

void ProposalCache::insert(std::uint32_t order, PendingProposal proposal) {
  const Load more{1, encoded(proposal.proposal).size()};
  all_.add(more);
  if (is_from_outside(proposal)) from_outside_.add(more);
  by_ref_.emplace(proposal.ref, order);
  by_order_.emplace(order, std::move(proposal));
}

void ProposalCache::erase(const ProposalRef& ref, Journal& journal) {
  const auto at = by_ref_.find(ref);
  if (at == by_ref_.end()) return;
  const auto proposal = by_order_.find(at->second);
  const Load less{1, encoded(proposal->second.proposal).size()};
  all_.remove(less);
  if (is_from_outside(proposal->second)) from_outside_.remove(less);
  journal.touch(record_key(at->second));
  by_order_.erase(proposal);
  by_ref_.erase(at);
}

std::vector<PendingProposal> ProposalCache::take_all(Journal& journal) {
  std::vector<PendingProposal> all;
  for (auto& [order, proposal] : by_order_) {
    journal.touch(record_key(order));
    all.push_back(std::move(proposal));
  }
  *this = {};
  return all;
}

const PendingProposal* ProposalCache::find(const ProposalRef& ref) const {
  const auto at = by_ref_.find(ref);
  return at == by_ref_.end() ? nullptr : &by_order_.at(at->second);
}

const PendingProposal* ProposalCache::find_own(const Digest& message_hash) const {
  for (const auto& [order, proposal] : by_order_)
    if (proposal.own && proposal.own->message_hash == message_hash) return &proposal;
  return nullptr;
}

std::vector<const PendingProposal*> ProposalCache::list() const {
  std::vector<const PendingProposal*> all;
  for (const auto& [order, proposal] : by_order_) all.push_back(&proposal);
  return all;
}

std::vector<RecordKey> ProposalCache::record_keys() const {
  std::vector<RecordKey> keys;
  for (const auto& [order, proposal] : by_order_) keys.push_back(record_key(order));
  return keys;
}

SecretBytes ProposalCache::record(const RecordKey& key) const {
  const auto at = by_order_.find(key.index);
  if (at == by_order_.end()) return {};
  const PendingProposal& one = at->second;
  const Bytes public_part = wire::written([&](wire::Writer& out) {
    out.vector(one.ref.hash.view()).u16(static_cast<std::uint16_t>(one.wire_format));
    one.sender.write(out);
    one.proposal.write(out);
  });
  constexpr std::size_t kOwnBytesMax = 3 * (crypto::kHashBytesMax + 8);
  return secret_written(public_part.size() + kOwnBytesMax, [&](wire::Writer& out) {
    out.raw(public_part).present(one.own.has_value());
    if (one.own) write_own(out, *one.own);
  });
}

Status ProposalCache::restore(const Suite& suite, const RecordKey& key, ByteView value) {
  // The order counts on from the last one, so it must leave room to.
  if (key.index >= 1U << 31) return malformed();
  wire::Reader in(value);
  PendingProposal one;
  TAUT_TRY(one.ref.hash, read_digest(in));
  TAUT_TRY(const std::uint16_t wire_format, in.u16());
  one.wire_format = static_cast<WireFormat>(wire_format);
  TAUT_TRY(one.sender, Sender::read(in));
  TAUT_TRY(one.proposal, Proposal::read(in));
  TAUT_TRY(const bool is_own, in.present());
  if (is_own) {
    TAUT_TRY(one.own, read_own(suite, in));
  }
  TAUT_CHECK(in.finish());
  if (by_ref_.contains(one.ref) || by_order_.contains(key.index)) return malformed();
  insert(key.index, std::move(one));
  return {};
}

}  // namespace taut::mls
