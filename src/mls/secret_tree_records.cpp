// The secret tree's saved form: one record for each secret that it holds.

#include "mls/errors.hpp"
#include "mls/secret_tree.hpp"
#include "wire/reader.hpp"

namespace taut::mls {

namespace {

RatchetType ratchet_type(const RecordKey& key) { return static_cast<RatchetType>(key.part); }

}  // namespace

RecordKey SecretTree::node_record(NodeIndex node) const {
  return {.kind = RecordKind::tree_secret, .epoch = epoch_, .index = node.value};
}
RecordKey SecretTree::ratchet_record(const RatchetId& id) const {
  return {.kind = RecordKind::ratchet,
          .epoch = epoch_,
          .index = id.first.value,
          .part = static_cast<std::uint8_t>(id.second)};
}
RecordKey SecretTree::kept_record(const KeyPosition& position) const {
  return {.kind = RecordKind::kept_key,
          .epoch = epoch_,
          .index = position.leaf.value,
          .part = static_cast<std::uint8_t>(position.type),
          .generation = position.generation};
}

std::vector<RecordKey> SecretTree::record_keys() const {
  std::vector<RecordKey> keys;
  for (const auto& [node, secret] : nodes_) keys.push_back(node_record(node));
  for (const auto& [id, ratchet] : ratchets_) keys.push_back(ratchet_record(id));
  for (const auto& [position, key] : kept_) keys.push_back(kept_record(position));
  return keys;
}

SecretBytes SecretTree::record(const RecordKey& key) const {
  if (key.kind == RecordKind::tree_secret) {
    const auto node = nodes_.find(NodeIndex(key.index));
    return node == nodes_.end() ? SecretBytes() : SecretBytes(node->second.expose());
  }
  if (key.kind == RecordKind::ratchet) {
    const auto ratchet = ratchets_.find({LeafIndex{key.index}, ratchet_type(key)});
    if (ratchet == ratchets_.end()) return {};
    return secret_written(8 + crypto::kHashBytesMax, [&](wire::Writer& out) {
      out.u64(ratchet->second.generation).raw(ratchet->second.secret.expose());
    });
  }
  const auto kept = kept_.find({LeafIndex{key.index}, ratchet_type(key), key.generation});
  if (kept == kept_.end()) return {};
  return secret_written(
      64, [&](wire::Writer& out) { out.raw(kept->second.key.expose()).raw(kept->second.nonce.expose()); });
}

Status SecretTree::restore(const RecordKey& key, ByteView value) {
  const std::size_t secret_size = crypto::hash_size(suite_->hash);
  if (key.kind == RecordKind::tree_secret) {
    if (key.index >= 2 * leaf_count_ - 1 || value.size() != secret_size) return malformed();
    nodes_.insert_or_assign(NodeIndex(key.index), KdfSecret(value));
    return {};
  }
  if (key.index >= leaf_count_ || key.part > 1) return malformed();
  const RatchetId id{LeafIndex{key.index}, ratchet_type(key)};
  if (key.kind == RecordKind::ratchet) {
    wire::Reader in(value);
    TAUT_TRY(const std::uint64_t generation, in.u64());
    TAUT_TRY(const ByteView secret, in.take(secret_size));
    TAUT_CHECK(in.finish());
    if (generation > kGenerationCount) return malformed();
    ratchets_.insert_or_assign(id, Ratchet{KdfSecret(secret), generation});
    return {};
  }
  const std::size_t key_size = crypto::aead_key_size(suite_->aead);
  if (key.kind != RecordKind::kept_key || kept_.size() == kKeptKeysMax ||
      value.size() != key_size + crypto::aead_nonce_size(suite_->aead))
    return malformed();
  kept_.insert_or_assign(
      KeyPosition{id.first, id.second, key.generation},
      MessageKey{BoundedSecret<32>(value.first(key_size)), BoundedSecret<12>(value.subspan(key_size))});
  return {};
}

}  // namespace taut::mls
