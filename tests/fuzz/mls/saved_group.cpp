// A saved group that was tampered with, or written in part: it is refused, or it is a group.
//
//   byte count: how many incremental saves came after the whole one; then changes:
//     0 record                       the record is lost
//     1 record, byte n, n bytes      it has another value
//     2 record, byte at, byte mask   a byte of it has changed
//     3 record, 18 bytes             it stands under another key
//     4 record, byte n               only its first n bytes were written
//     5 record, record               it has the other one's value

#include <map>

#include "fuzz_group.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

using Store = std::map<RecordKey, Bytes>;

void write(Store& store, const Changes& changes) {
  for (const RecordKey& key : changes.erase) store.erase(key);
  for (const Record& one : changes.put) store[one.key] = to_bytes(one.value.expose());
}

/// Bob's store after each of his steps, and what may come to him afterwards.
struct Scene {
  FuzzGroup group;
  std::vector<Store> stores;
  std::vector<Bytes> messages;

  Scene() {
    Group& bob = group.members[1];
    Store store;
    for (const Record& one : bob.save()) store[one.key] = to_bytes(one.value.expose());
    const auto saved = [&] {
      write(store, bob.take_changes());
      stores.push_back(store);
    };
    stores.push_back(store);
    messages.push_back(must(group.members[0].protect(as_bytes("late"))));
    const Bytes later = must(group.members[0].protect(as_bytes("later")));
    must(bob.receive(later, kNow));  // keeps a key
    saved();
    group.commit(2);
    group.commit(0);
    saved();
    const SentProposal update = must(group.members[2].propose_update());
    must(bob.receive(update.message, kNow));
    must(bob.propose_update());
    saved();
    messages.push_back(must(bob.commit({}, kNow)).commit);
    saved();
    messages.push_back(must(group.members[0].protect(as_bytes("now"))));
    messages.push_back(must(group.members[0].commit({}, kNow)).commit);
  }
};

Scene& scene() {
  static Scene made;
  return made;
}

/// @errors the input has come to its end
Status change(Store& store, wire::Reader& in) {
  const auto record = [&]() -> Result<Store::iterator> {
    TAUT_TRY(const std::uint8_t index, in.u8());
    return std::next(store.begin(), static_cast<std::ptrdiff_t>(index % store.size()));
  };
  TAUT_TRY(const std::uint8_t what, in.u8());
  TAUT_TRY(const auto at, record());
  Bytes& value = at->second;
  switch (what % 6) {
    case 0:
      store.erase(at);
      return {};
    case 1: {
      TAUT_TRY(const std::uint8_t size, in.u8());
      TAUT_TRY(const ByteView bytes, in.take(size));
      value = to_bytes(bytes);
      return {};
    }
    case 2: {
      TAUT_TRY(const std::uint8_t offset, in.u8());
      TAUT_TRY(const std::uint8_t mask, in.u8());
      if (!value.empty()) value[offset % value.size()] ^= mask;
      return {};
    }
    case 3: {
      TAUT_TRY(const ByteView bytes, in.take(RecordKey::size_bytes));
      TAUT_TRY(const RecordKey key, RecordKey::decode(bytes));
      store[key] = value;
      return {};
    }
    case 4: {
      TAUT_TRY(const std::uint8_t size, in.u8());
      value.resize(std::min<std::size_t>(size, value.size()));
      return {};
    }
    default: {
      TAUT_TRY(const auto other, record());
      value = to_bytes(other->second);
      return {};
    }
  }
}

Result<Group> load(const Store& store) {
  std::vector<Record> records;
  for (const auto& [key, value] : store) records.push_back({key, SecretBytes(value)});
  return Group::load(scene().group.hooks(), std::move(records), kNow);
}

// Whatever the group is, it does what groups do; increments keep a store equal to it.
void live(Group group) {
  Store store;
  for (const Record& one : group.save()) store[one.key] = to_bytes(one.value.expose());
  for (const Bytes& message : scene().messages) {
    auto received = group.receive(message, kNow);
    if (!received) continue;
    if (auto* staged = std::get_if<StagedCommit>(&*received))
      static_cast<void>(group.merge(std::move(*staged), kNow));
  }
  static_cast<void>(group.merge_pending(kNow));
  static_cast<void>(group.commit({}, kNow));
  static_cast<void>(group.protect(as_bytes("on")));
  static_cast<void>(group.group_info());
  group.tick({kNow.instant + std::chrono::hours(48), std::nullopt});
  write(store, group.take_changes());
  Store whole;
  for (const Record& one : group.save()) whole[one.key] = to_bytes(one.value.expose());
  TAUT_REQUIRE(store == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(ByteView(data, size));
  const auto count = in.u8();
  if (!count) return 0;
  Store store = scene().stores[*count % scene().stores.size()];
  while (!in.empty() && !store.empty())
    if (!change(store, in)) break;
  if (auto group = load(store)) live(*std::move(group));
  return 0;
}
