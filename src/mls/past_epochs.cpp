#include "mls/past_epochs.hpp"

namespace taut::mls {

namespace {

RecordKey epoch_record(std::uint64_t epoch) { return {.kind = RecordKind::past_epoch, .epoch = epoch}; }
RecordKey leaf_record(std::uint64_t epoch, LeafIndex leaf) {
  return {.kind = RecordKind::past_leaf, .epoch = epoch, .index = leaf.value};
}

std::optional<PastLeaf> past_leaf(const LeafNode* leaf) {
  if (leaf == nullptr) return std::nullopt;
  return PastLeaf{leaf->signature_key, leaf->credential};
}

std::map<LeafIndex, std::optional<PastLeaf>> displaced_by(const TreeChanges& changes,
                                                          const RatchetTree& tree) {
  std::map<LeafIndex, std::optional<PastLeaf>> displaced;
  for (const auto& [index, leaf] : changes.leaves)
    displaced.emplace(LeafIndex{index}, past_leaf(tree.leaf({index})));
  for (LeafIndex at{changes.kept.leaf_count()}; tree.size().contains(at); ++at.value)
    displaced.emplace(at, past_leaf(tree.leaf(at)));
  return displaced;
}

std::vector<RecordKey> keys_of(const PastEpoch& past) {
  std::vector<RecordKey> keys = past.secret_tree.record_keys();
  keys.push_back(epoch_record(past.epoch));
  for (const auto& [leaf, was] : past.displaced) keys.push_back(leaf_record(past.epoch, leaf));
  return keys;
}

/// A WallTime, or that it is not known.
void write_time(wire::Writer& out, const std::optional<WallTime>& time) {
  out.present(time.has_value());
  if (time) out.u64(time->unix_ms);
}

Duration lifetime_of(const Settings& settings) {
  return std::clamp(settings.past_epoch_lifetime, Duration::zero(), kPastEpochLifetimeMax);
}

/// How long an epoch may stay, as one can tell after a restart; nothing when that is not at all.
std::optional<Duration> time_left(const std::optional<WallTime>& ended, const Settings& settings,
                                  const Time& now) {
  if (!ended || !now.wall) return std::nullopt;
  const std::uint64_t age_ms = now.wall->unix_ms - std::min(now.wall->unix_ms, ended->unix_ms);
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(lifetime_of(settings));
  if (age_ms >= static_cast<std::uint64_t>(limit_ms.count())) return std::nullopt;
  return lifetime_of(settings) - std::chrono::milliseconds(age_ms);
}

}  // namespace

void PastEpochs::add(Epoch&& epoch, const RatchetTree& tree, const TreeChanges* changes,
                     const Settings& settings, const Time& now, Journal& journal) {
  // The secret tree's records were written while the epoch was the current one.
  epochs_.push_back({.epoch = epoch.context.epoch,
                     .group_context = std::move(epoch.encoded_context),
                     .sender_data_secret = std::move(epoch.secrets.sender_data_secret),
                     .secret_tree = std::move(epoch.secret_tree),
                     .displaced = {},
                     .ended = now.wall,
                     .deadline = now.instant + lifetime_of(settings)});
  if (changes != nullptr) epochs_.back().displaced = displaced_by(*changes, tree);
  journal.touch(epoch_record(epochs_.back().epoch));
  for (const auto& [leaf, was] : epochs_.back().displaced)
    journal.touch(leaf_record(epochs_.back().epoch, leaf));
  while (epochs_.size() > settings.past_epochs_max) drop_first(journal);
  expire(now.instant, journal);
}

void PastEpochs::expire(Instant now, Journal& journal) {
  while (!epochs_.empty() && epochs_.front().deadline <= now) drop_first(journal);
}

void PastEpochs::drop_first(Journal& journal) {
  for (const RecordKey& key : keys_of(epochs_.front())) journal.touch(key);
  epochs_.pop_front();
}

std::optional<Instant> PastEpochs::next_deadline() const {
  if (epochs_.empty()) return std::nullopt;
  return epochs_.front().deadline;
}

PastEpoch* PastEpochs::find(std::uint64_t epoch) {
  const auto found = std::ranges::find(epochs_, epoch, &PastEpoch::epoch);
  return found == epochs_.end() ? nullptr : &*found;
}

std::optional<PastLeaf> PastEpochs::leaf(std::uint64_t epoch, LeafIndex leaf,
                                         const RatchetTree& current) const {
  for (const PastEpoch& past : epochs_) {
    if (past.epoch < epoch) continue;
    if (const auto was = past.displaced.find(leaf); was != past.displaced.end()) return was->second;
  }
  return past_leaf(current.leaf(leaf));
}

// ---- saved form ----

std::vector<RecordKey> PastEpochs::record_keys() const {
  std::vector<RecordKey> keys;
  for (const PastEpoch& past : epochs_) std::ranges::copy(keys_of(past), std::back_inserter(keys));
  return keys;
}

SecretBytes PastEpochs::record(const RecordKey& key) const {
  const auto past = std::ranges::find(epochs_, key.epoch, &PastEpoch::epoch);
  if (past == epochs_.end()) return {};
  if (key.kind == RecordKind::past_leaf) {
    const auto was = past->displaced.find({key.index});
    if (was == past->displaced.end()) return {};
    return SecretBytes(wire::written([&](wire::Writer& out) {
      out.present(was->second.has_value());
      if (!was->second) return;
      out.vector(was->second->signature_key.view());
      was->second->credential.write(out);
    }));
  }
  if (key.kind != RecordKind::past_epoch) return past->secret_tree.record(key);
  const std::size_t room = past->group_context.size() + crypto::kHashBytesMax + 64;
  return secret_written(room, [&](wire::Writer& out) {
    out.vector(past->group_context).vector(past->sender_data_secret.expose());
    out.u32(past->secret_tree.leaf_count());
    write_time(out, past->ended);
  });
}

Status PastEpochs::restore(const Suite& suite, const RecordKey& key, ByteView value, const Settings& settings,
                           const Time& now) {
  wire::Reader in(value);
  if (key.kind != RecordKind::past_epoch) {
    PastEpoch* past = find(key.epoch);
    if (past == nullptr) return {};
    if (key.kind != RecordKind::past_leaf) return past->secret_tree.restore(key, value);
    TAUT_TRY(const bool was_member, in.present());
    std::optional<PastLeaf> was;
    if (was_member) {
      was.emplace();
      TAUT_TRY(was->signature_key, read_opaque<SignaturePublicKey>(in));
      TAUT_TRY(was->credential, Credential::read(in));
    }
    past->displaced.insert_or_assign(LeafIndex{key.index}, std::move(was));
    return in.finish();
  }
  TAUT_TRY(Bytes group_context, read_bytes(in));
  TAUT_TRY(const ByteView sender_data_secret, in.vector(crypto::kHashBytesMax));
  TAUT_TRY(const std::uint32_t leaf_count, in.u32());
  TAUT_TRY(const bool has_time, in.present());
  std::optional<WallTime> ended;
  if (has_time) {
    TAUT_TRY(const std::uint64_t unix_ms, in.u64());
    ended = WallTime{unix_ms};
  }
  TAUT_CHECK(in.finish());
  if (!std::has_single_bit(leaf_count) || leaf_count > kLeafCountMax) return malformed();
  if (!epochs_.empty() && epochs_.back().epoch >= key.epoch) return malformed();
  const std::optional<Duration> left = time_left(ended, settings, now);
  if (!left) epochs_.clear();  // what came before it is no younger, and needs it to know who sat where
  if (!left || epochs_.size() >= settings.past_epochs_max) return {};
  epochs_.push_back({.epoch = key.epoch,
                     .group_context = std::move(group_context),
                     .sender_data_secret = KdfSecret(sender_data_secret),
                     .secret_tree = SecretTree::empty(suite, key.epoch, leaf_count),
                     .displaced = {},
                     .ended = ended,
                     .deadline = now.instant + *left});
  return {};
}

}  // namespace taut::mls
