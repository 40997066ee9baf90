#include "mls/saved_group.hpp"

#include "mls/saved_keys.hpp"

namespace taut::mls {

namespace {

constexpr RecordKey kHeader{.kind = RecordKind::header};
constexpr RecordKey kEpoch{.kind = RecordKind::epoch};
constexpr RecordKey kOwn{.kind = RecordKind::own};
constexpr RecordKey kPendingCommit{.kind = RecordKind::pending_commit};

// ---- header: version, suite, status, settings ----

void write_settings(wire::Writer& out, const Settings& settings) {
  out.u8(static_cast<std::uint8_t>(settings.handshake)).u32(settings.past_epochs_max);
  out.u64(static_cast<std::uint64_t>(settings.past_epoch_lifetime.count()));
  out.u32(settings.resumption_psks_max);
  out.u32(settings.pending_proposals_max).u32(settings.pending_proposal_bytes_max);
  out.u32(settings.padding_block_bytes);
  out.u64(static_cast<std::uint64_t>(settings.key_package_lifetime_max.count()));
}

Result<Settings> read_settings(wire::Reader& in) {
  Settings settings;
  TAUT_TRY(const std::uint8_t handshake, in.u8());
  if (handshake > static_cast<std::uint8_t>(HandshakeFormat::public_message)) return malformed();
  settings.handshake = static_cast<HandshakeFormat>(handshake);
  TAUT_TRY(settings.past_epochs_max, in.u32());
  TAUT_TRY(const std::uint64_t past_epoch_lifetime, in.u64());
  TAUT_TRY(settings.resumption_psks_max, in.u32());
  TAUT_TRY(settings.pending_proposals_max, in.u32());
  TAUT_TRY(settings.pending_proposal_bytes_max, in.u32());
  TAUT_TRY(settings.padding_block_bytes, in.u32());
  TAUT_TRY(const std::uint64_t key_package_lifetime_max, in.u64());
  if ((past_epoch_lifetime | key_package_lifetime_max) >> 63 != 0) return malformed();
  settings.past_epoch_lifetime = Duration(static_cast<std::int64_t>(past_epoch_lifetime));
  settings.key_package_lifetime_max =
      std::chrono::seconds(static_cast<std::int64_t>(key_package_lifetime_max));
  return settings;
}

struct Header {
  const Suite* suite = nullptr;
  GroupStatus status{};
  std::optional<ReInit> reinit;
  Settings settings;
};

SecretBytes write_header(const GroupState& group) {
  return SecretBytes(wire::written([&](wire::Writer& out) {
    out.u16(kSavedVersion).u16(static_cast<std::uint16_t>(group.suite->id));
    out.u8(static_cast<std::uint8_t>(group.status)).present(group.reinit.has_value());
    if (group.reinit) group.reinit->write(out);
    write_settings(out, group.settings);
  }));
}

Result<Header> read_header(ByteView value) {
  wire::Reader in(value);
  TAUT_TRY(const std::uint16_t version, in.u16());
  if (version != kSavedVersion) return refuse(errors::kUnsupportedVersion);
  Header header;
  TAUT_TRY(const std::uint16_t suite, in.u16());
  header.suite = crypto::find_suite(suite);
  if (header.suite == nullptr) return refuse(errors::kUnsupportedSuite);
  TAUT_TRY(const std::uint8_t status, in.u8());
  if (status > static_cast<std::uint8_t>(GroupStatus::reinitialized)) return malformed();
  header.status = static_cast<GroupStatus>(status);
  TAUT_TRY(const bool has_reinit, in.present());
  if (has_reinit) {
    TAUT_TRY(header.reinit, ReInit::read(in));
  }
  TAUT_TRY(header.settings, read_settings(in));
  TAUT_CHECK(in.finish());
  return header;
}

// ---- own: leaf, signature key, keys of the tree ----

struct Own {
  LeafIndex leaf;
  crypto::SignatureKeyPair signature_key;
  std::optional<PrivateTree> private_tree;
};

SecretBytes write_own(const GroupState& group) {
  return secret_written(kPrivateTreeBytesMax + 128, [&](wire::Writer& out) {
    out.u32(group.own_leaf.value).vector(group.signature_key.private_key.expose());
    out.present(group.private_tree.has_value());
    if (group.private_tree) write_private_tree(out, *group.private_tree);
  });
}

Result<Own> read_own(const Suite& suite, ByteView value) {
  wire::Reader in(value);
  TAUT_TRY(const std::uint32_t leaf, in.u32());
  TAUT_TRY(const ByteView key, in.vector());
  TAUT_TRY(auto signature_key, crypto::SignatureKeyPair::from_private(suite.signature, key));
  Own own{{leaf}, std::move(signature_key), std::nullopt};
  TAUT_TRY(const bool has_private_tree, in.present());
  if (has_private_tree) {
    TAUT_TRY(own.private_tree, read_private_tree(suite, in));
    if (own.private_tree->own_leaf() != own.leaf) return malformed();
  }
  TAUT_CHECK(in.finish());
  return own;
}

// ---- the ratchet tree: one record a node, in the form of the ratchet_tree extension ----

SecretBytes write_tree_node(const GroupState& group, NodeIndex node) {
  if (!group.tree.size().contains(node) || group.tree.is_blank(node)) return {};
  return SecretBytes(wire::written([&](wire::Writer& out) { write_node(out, group.tree, node); }));
}

/// @pre records ascend by key
Result<RatchetTree> read_tree(const Suite& suite, std::span<const Record> records) {
  Bytes nodes;
  std::uint32_t next = 0;
  for (const Record& record : records) {
    if (record.key.kind != RecordKind::node) continue;
    if (record.key.index < next || record.key.index >= 2 * kLeafCountMax) return malformed();
    nodes.insert(nodes.end(), record.key.index - next, Byte{0});  // blank
    append(nodes, record.value.expose());
    next = record.key.index + 1;
  }
  return RatchetTree::decoded(suite.hash, wire::written([&](wire::Writer& out) { out.vector(nodes); }));
}

}  // namespace

RecordKey node_record(NodeIndex node) { return {.kind = RecordKind::node, .index = node.value}; }

std::vector<RecordKey> record_keys(const GroupState& group) {
  std::vector<RecordKey> keys{kHeader, kEpoch, kOwn};
  for (NodeIndex node; group.tree.size().contains(node); ++node.value)
    if (!group.tree.is_blank(node)) keys.push_back(node_record(node));
  const auto add = [&](const std::vector<RecordKey>& more) {
    keys.insert(keys.end(), more.begin(), more.end());
  };
  add(group.epoch.secret_tree.record_keys());
  add(group.past.record_keys());
  add(group.resumption_psks.record_keys());
  add(group.proposals.record_keys());
  if (group.pending) keys.push_back(kPendingCommit);
  std::ranges::sort(keys);
  return keys;
}

SecretBytes record_value(const GroupState& group, const RecordKey& key) {
  switch (key.kind) {
    case RecordKind::header:
      return write_header(group);
    case RecordKind::epoch: {
      const std::size_t room = group.epoch.encoded_context.size() + Epoch::secrets_bytes_max + 256;
      return secret_written(room, [&](wire::Writer& out) { group.epoch.write(out); });
    }
    case RecordKind::node:
      return write_tree_node(group, NodeIndex(key.index));
    case RecordKind::own:
      return write_own(group);
    case RecordKind::tree_secret:
    case RecordKind::ratchet:
    case RecordKind::kept_key: {
      SecretBytes value = group.past.record(key);
      if (value.empty() && key.epoch == group.epoch.context.epoch) return group.epoch.secret_tree.record(key);
      return value;
    }
    case RecordKind::past_epoch:
    case RecordKind::past_leaf:
      return group.past.record(key);
    case RecordKind::resumption_psk:
      return group.resumption_psks.record(key);
    case RecordKind::proposal:
      return group.proposals.record(key);
    case RecordKind::pending_commit:
      return group.pending ? group.pending->save() : SecretBytes();
  }
  return {};
}

// ---- the way back ----

namespace {

Status restore_record(GroupState& group, const Record& record, const Time& now) {
  const RecordKey& key = record.key;
  const ByteView value = record.value.expose();
  switch (key.kind) {
    case RecordKind::header:
    case RecordKind::epoch:
    case RecordKind::own:
    case RecordKind::node:
      return {};  // read before
    case RecordKind::past_epoch:
    case RecordKind::past_leaf:
      return group.past.restore(*group.suite, key, value, group.settings, now);
    case RecordKind::tree_secret:
    case RecordKind::ratchet:
    case RecordKind::kept_key:
      if (key.epoch == group.epoch.context.epoch && group.status != GroupStatus::removed)
        return group.epoch.secret_tree.restore(key, value);
      return group.past.restore(*group.suite, key, value, group.settings, now);
    case RecordKind::resumption_psk:
      return group.resumption_psks.restore(key, value);
    case RecordKind::proposal:
      return group.proposals.restore(*group.suite, key, value);
    case RecordKind::pending_commit: {
      TAUT_TRY(group.pending, PendingCommit::load(*group.suite, value));
      return {};
    }
  }
  return malformed();
}

/// Epochs before what belongs to them: `past_epoch` first, everything else in its order.
Status restore_all(GroupState& group, std::span<const Record> records, const Time& now) {
  for (const Record& record : records)
    if (record.key.kind == RecordKind::past_epoch) TAUT_CHECK(restore_record(group, record, now));
  for (const Record& record : records)
    if (record.key.kind != RecordKind::past_epoch) TAUT_CHECK(restore_record(group, record, now));
  return {};
}

/// Records from different saves do not make a group.
Status check_consistency(const GroupState& group) {
  const LeafNode* leaf = group.tree.leaf(group.own_leaf);
  if (group.status == GroupStatus::removed) return {};
  if (group.pending && group.pending->own.private_tree.own_leaf() != group.own_leaf) return malformed();
  if (leaf == nullptr || !group.private_tree) return malformed();
  if (group.tree.tree_hash() != group.epoch.context.tree_hash) return refuse(errors::kBadTreeHash);
  if (!group.private_tree->is_consistent_with(group.tree) ||
      !equal(leaf->signature_key.view(), group.signature_key.public_key.bytes.view()))
    return refuse(errors::kBadKey);
  if (group.epoch.context.cipher_suite != group.suite->id) return refuse(errors::kUnsupportedSuite);
  return {};
}

const Record* find_record(std::span<const Record> records, const RecordKey& key) {
  const auto found = std::ranges::find(records, key, &Record::key);
  return found == records.end() ? nullptr : &*found;
}

}  // namespace

Result<std::unique_ptr<GroupState>> load_group(const Hooks& hooks, std::span<const Record> records,
                                               const Time& now) {
  const Record* header_record = find_record(records, kHeader);
  const Record* epoch_record = find_record(records, kEpoch);
  const Record* own_record = find_record(records, kOwn);
  if (header_record == nullptr || epoch_record == nullptr || own_record == nullptr) return malformed();
  TAUT_TRY(Header header, read_header(header_record->value.expose()));
  TAUT_TRY(Own own, read_own(*header.suite, own_record->value.expose()));
  TAUT_TRY(RatchetTree tree, read_tree(*header.suite, records));
  wire::Reader epoch_reader(epoch_record->value.expose());
  TAUT_TRY(Epoch epoch, Epoch::read(*header.suite, epoch_reader, tree.size()));
  TAUT_CHECK(epoch_reader.finish());

  auto group = std::make_unique<GroupState>(hooks, header.settings, header.suite, std::move(tree), own.leaf,
                                            std::move(own.private_tree), std::move(own.signature_key),
                                            std::move(epoch), header.status, std::move(header.reinit));
  TAUT_CHECK(restore_all(*group, records, now));
  TAUT_CHECK(check_consistency(*group));
  return group;
}

}  // namespace taut::mls
