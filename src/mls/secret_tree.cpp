#include "mls/secret_tree.hpp"

#include <bit>

#include "mls/errors.hpp"

namespace taut::mls {

namespace {

std::string_view label_of(RatchetType type) {
  return type == RatchetType::handshake ? "handshake" : "application";
}

RatchetType other(RatchetType type) {
  return type == RatchetType::handshake ? RatchetType::application : RatchetType::handshake;
}

/// Children in the array of Appendix C; the tree is perfect, so its size does not matter.
struct Children {
  NodeIndex left, right;
};
Children children_of(NodeIndex node) {
  const auto half = std::uint32_t{1} << (std::countr_one(node.value) - 1);
  return {NodeIndex(node.value - half), NodeIndex(node.value + half)};
}

/// The node of `level` above a leaf.
NodeIndex ancestor(LeafIndex leaf, unsigned level) {
  return NodeIndex((leaf.value >> level << (level + 1)) + (std::uint32_t{1} << level) - 1);
}

MessageKey copy_of(const MessageKey& key) {
  return {BoundedSecret<32>::copy_of(key.key), BoundedSecret<12>::copy_of(key.nonce)};
}

}  // namespace

MessageKey MessageKey::of_suite(const Suite& suite) {
  return {BoundedSecret<32>::of_size(crypto::aead_key_size(suite.aead)),
          BoundedSecret<12>::of_size(crypto::aead_nonce_size(suite.aead))};
}

SecretTree::SecretTree(const Suite& suite, std::uint64_t epoch, std::uint32_t leaf_count)
    : suite_(&suite), epoch_(epoch), leaf_count_(leaf_count) {}

SecretTree::SecretTree(const Suite& suite, std::uint64_t epoch, KdfSecret encryption_secret,
                       std::uint32_t leaf_count)
    : SecretTree(suite, epoch, leaf_count) {
  nodes_.emplace(NodeIndex(leaf_count - 1), std::move(encryption_secret));
}

SecretTree SecretTree::empty(const Suite& suite, std::uint64_t epoch, std::uint32_t leaf_count) {
  return {suite, epoch, leaf_count};
}

MessageKey SecretTree::message_key(const KdfSecret& ratchet_secret, std::uint32_t generation) const {
  MessageKey made = MessageKey::of_suite(*suite_);
  derive_tree_secret(*suite_, ratchet_secret.expose(), "key", generation, made.key.fill());
  derive_tree_secret(*suite_, ratchet_secret.expose(), "nonce", generation, made.nonce.fill());
  return made;
}

/// From the nearest secret above the leaf down to the leaf's own; what lies beside the path is kept.
Result<KdfSecret> SecretTree::descend(LeafIndex leaf, std::map<NodeIndex, KdfSecret>& beside) const {
  unsigned level = 0;
  const unsigned root_level = static_cast<unsigned>(std::countr_zero(leaf_count_));
  while (level <= root_level && !nodes_.contains(ancestor(leaf, level))) ++level;
  if (level > root_level) return refuse(errors::kReplayed);
  KdfSecret secret = KdfSecret::copy_of(nodes_.at(ancestor(leaf, level)));
  for (; level > 0; --level) {
    const auto [left, right] = children_of(ancestor(leaf, level));
    KdfSecret left_secret = expand_with_label(*suite_, secret.expose(), "tree", as_bytes("left"));
    KdfSecret right_secret = expand_with_label(*suite_, secret.expose(), "tree", as_bytes("right"));
    const bool goes_left = ancestor(leaf, level - 1) == left;
    beside.emplace(goes_left ? right : left, std::move(goes_left ? right_secret : left_secret));
    secret = std::move(goes_left ? left_secret : right_secret);
  }
  return secret;
}

Result<SecretTree::Staged> SecretTree::stage(KeyPosition position) const {
  if (position.leaf.value >= leaf_count_) return refuse(errors::kUnknownSender);
  if (const auto kept = kept_.find(position); kept != kept_.end())
    return Staged(position, copy_of(kept->second), std::nullopt);

  Staged::Advance advance;
  KdfSecret secret;
  std::uint64_t generation = 0;
  if (const auto at = ratchets_.find({position.leaf, position.type}); at != ratchets_.end()) {
    if (position.generation < at->second.generation) return refuse(errors::kReplayed);
    secret = KdfSecret::copy_of(at->second.secret);
    generation = at->second.generation;
  }
  if (position.generation - generation > kForwardJumpMax) return refuse(errors::kJumpTooFar);
  if (secret.empty()) {
    TAUT_TRY(const KdfSecret leaf_secret, descend(position.leaf, advance.nodes));
    secret = expand_with_label(*suite_, leaf_secret.expose(), label_of(position.type), {});
    advance.other_ratchet =
        expand_with_label(*suite_, leaf_secret.expose(), label_of(other(position.type)), {});
  }
  // The last one is the key asked for; those before it are skipped.
  for (; generation <= position.generation; ++generation) {
    const auto current = static_cast<std::uint32_t>(generation);
    advance.skipped.push_back(message_key(secret, current));
    auto next = KdfSecret::of_size(secret.size());
    derive_tree_secret(*suite_, secret.expose(), "secret", current, next.fill());
    secret = std::move(next);
  }
  advance.next = std::move(secret);
  MessageKey key = std::move(advance.skipped.back());
  advance.skipped.pop_back();
  return Staged(position, std::move(key), std::move(advance));
}

Result<SecretTree::Staged> SecretTree::stage_next(LeafIndex leaf, RatchetType type) const {
  const auto at = ratchets_.find({leaf, type});
  const std::uint64_t generation = at == ratchets_.end() ? 0 : at->second.generation;
  if (generation == kGenerationCount) return refuse(errors::kKeyExhausted);
  return stage({leaf, type, static_cast<std::uint32_t>(generation)});
}

void SecretTree::consume(Staged staged, Journal& journal) {
  const KeyPosition& position = staged.position;
  if (!staged.advance_) {
    kept_.erase(position);
    journal.touch(kept_record(position));
    return;
  }
  Staged::Advance& advance = *staged.advance_;
  if (advance.other_ratchet) begin_leaf(position, advance, journal);
  const RatchetId id{position.leaf, position.type};
  ratchets_.insert_or_assign(id, Ratchet{std::move(advance.next), std::uint64_t{position.generation} + 1});
  journal.touch(ratchet_record(id));

  auto generation = position.generation - static_cast<std::uint32_t>(advance.skipped.size());
  for (MessageKey& skipped : advance.skipped) {
    const KeyPosition at{position.leaf, position.type, generation++};
    kept_.emplace(at, std::move(skipped));
    journal.touch(kept_record(at));
  }
  if (kept_.size() > kKeptKeysMax) forget_oldest(journal);
}

void SecretTree::consume_at(KeyPosition position, Journal& journal) {
  if (auto staged = stage(position)) consume(*std::move(staged), journal);
}

/// The leaf's first message: every secret on its path is consumed (§9.2).
void SecretTree::begin_leaf(const KeyPosition& position, Staged::Advance& advance, Journal& journal) {
  for (unsigned level = 0; ancestor(position.leaf, level).value < 2 * leaf_count_ - 1; ++level) {
    const NodeIndex node = ancestor(position.leaf, level);
    if (nodes_.erase(node) > 0) {
      journal.touch(node_record(node));
      break;
    }
  }
  for (auto& [node, secret] : advance.nodes) {
    nodes_.emplace(node, std::move(secret));
    journal.touch(node_record(node));
  }
  const RatchetId id{position.leaf, other(position.type)};
  ratchets_.emplace(id, Ratchet{*std::move(advance.other_ratchet), 0});
  journal.touch(ratchet_record(id));
}

/// Who leaves most gaps loses keys first, so that nobody can push out the keys of others.
void SecretTree::forget_oldest(Journal& journal) {
  std::map<RatchetId, std::size_t> counts;
  for (const auto& [position, key] : kept_) ++counts[{position.leaf, position.type}];
  while (kept_.size() > kKeptKeysMax) {
    const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    const auto oldest = kept_.lower_bound({most->first.first, most->first.second, 0});
    journal.touch(kept_record(oldest->first));
    kept_.erase(oldest);
    --most->second;
  }
}

}  // namespace taut::mls
