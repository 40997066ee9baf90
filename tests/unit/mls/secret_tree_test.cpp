#include "mls/secret_tree.hpp"

#include <doctest/doctest.h>

#include "group_world.hpp"
#include "mls/errors.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const Suite& kTestSuite = crypto::suite(kSuite);

SecretTree tree_of(std::uint32_t leaf_count) {
  auto secret = KdfSecret::of_size(32);
  std::ranges::fill(secret.fill(), Byte{7});
  return {kTestSuite, 5, std::move(secret), leaf_count};
}

Bytes key_of(const SecretTree::Staged& staged) { return to_bytes(staged.key.key.expose()); }

Bytes use(SecretTree& tree, KeyPosition position) {
  Journal journal;
  auto staged = must(tree.stage(position));
  Bytes key = key_of(staged);
  tree.consume(std::move(staged), journal);
  return key;
}

std::map<RecordKey, Bytes> saved(const SecretTree& tree) {
  std::map<RecordKey, Bytes> records;
  for (const RecordKey& key : tree.record_keys()) records[key] = to_bytes(tree.record(key).expose());
  return records;
}

}  // namespace

TEST_CASE("a staged key changes nothing, a consumed one is gone") {
  SecretTree tree = tree_of(8);
  const KeyPosition position{{3}, RatchetType::application, 0};
  const auto before = saved(tree);
  const Bytes first = key_of(must(tree.stage(position)));
  CHECK(key_of(must(tree.stage(position))) == first);
  CHECK(saved(tree) == before);
  use(tree, position);
  CHECK(error_of(tree.stage(position)) == errors::kReplayed);
}

TEST_CASE("every secret above a leaf goes with its first message (RFC 9420 9.2)") {
  SecretTree tree = tree_of(8);
  use(tree, {{3}, RatchetType::application, 0});
  const auto records = saved(tree);
  // The root (7) and the path to leaf 3 (3, 5, 6) are gone; what lies beside them is there.
  for (const std::uint32_t gone : {7U, 3U, 5U, 6U})
    CHECK_FALSE(records.contains({.kind = RecordKind::tree_secret, .epoch = 5, .index = gone}));
  for (const std::uint32_t kept : {11U, 1U, 4U})
    CHECK(records.contains({.kind = RecordKind::tree_secret, .epoch = 5, .index = kept}));
}

TEST_CASE("leaves and types have their own keys, whatever the order of use") {
  SecretTree forward = tree_of(4);
  SecretTree backward = tree_of(4);
  std::map<KeyPosition, Bytes> keys;
  std::vector<KeyPosition> positions;
  for (std::uint32_t leaf = 0; leaf < 4; ++leaf)
    for (const RatchetType type : {RatchetType::handshake, RatchetType::application})
      positions.push_back({{leaf}, type, 2});
  for (const KeyPosition& at : positions) keys[at] = use(forward, at);
  std::ranges::reverse(positions);
  for (const KeyPosition& at : positions) CHECK(use(backward, at) == keys[at]);
  std::set<Bytes> distinct;
  for (const auto& [at, key] : keys) distinct.insert(key);
  CHECK(distinct.size() == keys.size());
}

TEST_CASE("late messages find their keys, once") {
  SecretTree in_order = tree_of(2);
  SecretTree reordered = tree_of(2);
  std::vector<Bytes> keys;
  for (std::uint32_t i = 0; i < 5; ++i) keys.push_back(use(in_order, {{1}, RatchetType::application, i}));
  for (const std::uint32_t i : {4U, 0U, 3U, 1U, 2U})
    CHECK(use(reordered, {{1}, RatchetType::application, i}) == keys[i]);
  CHECK(reordered.kept_keys() == 0);
  for (std::uint32_t i = 0; i < 5; ++i)
    CHECK(error_of(reordered.stage({{1}, RatchetType::application, i})) == errors::kReplayed);
}

TEST_CASE("a jump over the limit is refused, one of the limit is not") {
  SecretTree tree = tree_of(2);
  CHECK(error_of(tree.stage({{0}, RatchetType::application, kForwardJumpMax + 1})) == errors::kJumpTooFar);
  CHECK(error_of(tree.stage({{0}, RatchetType::application, 0xffffffff})) == errors::kJumpTooFar);
  use(tree, {{0}, RatchetType::application, kForwardJumpMax});
  CHECK(tree.kept_keys() == kForwardJumpMax);
  CHECK(error_of(tree.stage({{2}, RatchetType::application, 0})) == errors::kUnknownSender);
}

TEST_CASE("kept keys are bounded, and who leaves most gaps pays") {
  SecretTree tree = tree_of(4);
  use(tree, {{1}, RatchetType::application, 3});  // keeps 0, 1, 2 of a modest sender
  for (std::uint32_t at = 1; at <= 4; ++at) use(tree, {{2}, RatchetType::application, at * kForwardJumpMax});
  CHECK(tree.kept_keys() == kKeptKeysMax);
  for (std::uint32_t i = 0; i < 3; ++i) use(tree, {{1}, RatchetType::application, i});
  CHECK(error_of(tree.stage({{2}, RatchetType::application, 0})) == errors::kReplayed);
  use(tree, {{2}, RatchetType::application, 4 * kForwardJumpMax - 1});
}

TEST_CASE("a ratchet ends after 2^32 messages") {
  SecretTree tree = tree_of(2);
  use(tree, {{0}, RatchetType::application, 0});
  SecretTree restored = SecretTree::empty(kTestSuite, 5, 2);
  for (const RecordKey& key : tree.record_keys()) {
    SecretBytes value = tree.record(key);
    if (key.kind == RecordKind::ratchet && key.index == 0 && key.part == 1)
      std::ranges::copy(Bytes{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, value.fill().begin());
    must(restored.restore(key, value.expose()));
  }
  Journal journal;
  auto last = must(restored.stage_next({0}, RatchetType::application));
  CHECK(last.position.generation == 0xffffffff);
  restored.consume(std::move(last), journal);
  CHECK(error_of(restored.stage_next({0}, RatchetType::application)) == errors::kKeyExhausted);
}

TEST_CASE("the saved form is the tree, and one message touches few records") {
  SecretTree tree = tree_of(1 << 10);
  use(tree, {{700}, RatchetType::application, 2});
  SecretTree restored = SecretTree::empty(kTestSuite, 5, 1 << 10);
  for (const RecordKey& key : tree.record_keys()) must(restored.restore(key, tree.record(key).expose()));
  CHECK(saved(restored) == saved(tree));

  Journal journal;
  journal.start();
  restored.consume(must(restored.stage({{701}, RatchetType::application, 0})), journal);
  const auto touched = journal.take();
  CHECK(touched.size() <= 4);  // its sibling's path was known already
  for (const RecordKey& key : touched) {
    const SecretBytes value = restored.record(key);
    CHECK(value.empty() == (key.kind == RecordKind::tree_secret));
  }
}

TEST_CASE("records that no such tree writes are malformed") {
  SecretTree tree = SecretTree::empty(kTestSuite, 5, 4);
  const Bytes secret(32, 1);
  CHECK(error_of(tree.restore({.kind = RecordKind::tree_secret, .index = 7}, secret)) == errors::kMalformed);
  CHECK(error_of(tree.restore({.kind = RecordKind::tree_secret, .index = 0}, Bytes(31))) ==
        errors::kMalformed);
  CHECK(error_of(tree.restore({.kind = RecordKind::ratchet, .index = 4}, Bytes(40))) == errors::kMalformed);
  CHECK(error_of(tree.restore({.kind = RecordKind::ratchet, .part = 2}, Bytes(40))) == errors::kMalformed);
  CHECK(error_of(tree.restore({.kind = RecordKind::kept_key}, Bytes(27))) == errors::kMalformed);
  CHECK(error_of(tree.restore({.kind = RecordKind::ratchet}, Bytes(40, 0xff))) == errors::kMalformed);
}
