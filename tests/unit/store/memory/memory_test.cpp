// An executable of its own: SQLite's memory can be chosen only before its first use.

#include <doctest/doctest.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>

#include "store/node_store.hpp"
#include "support/folder.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// A pattern that is in memory only where a value made of it is.
constexpr std::size_t kSecretBytes = 64;
void fill_secret(MutableByteView out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Byte>(0xa5 ^ (i * 37 + 11));
}
bool is_secret_at(const Byte* at) {
  for (std::size_t i = 0; i < kSecretBytes; ++i) {
    if (at[i] != static_cast<Byte>(0xa5 ^ (i * 37 + 11))) return false;
  }
  return true;
}

/// How often the pattern is in what this process can write.
std::size_t secrets_in_memory() {
  std::size_t count = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    char modes[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s", &start, &end, modes) != 3) continue;
    if (modes[0] != 'r' || modes[1] != 'w' || line.find("[vvar") != std::string::npos) continue;
    for (auto at = reinterpret_cast<const Byte*>(start);
         at + kSecretBytes <= reinterpret_cast<const Byte*>(end); ++at)
      count += is_secret_at(at) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("a secret that was written, read and erased is in no memory afterwards") {
  Folder folder;
  {
    auto store = store::NodeStore::open(folder / "state.db");
    REQUIRE(store.has_value());
    SecretBytes secret(20 * kSecretBytes);
    for (std::size_t at = 0; at < secret.size(); at += kSecretBytes)
      fill_secret(secret.fill().subspan(at, kSecretBytes));
    CHECK(secrets_in_memory() >= 20);
    REQUIRE(store
                ->write([&](node::Transaction& to) -> Status {
                  TAUT_CHECK(to.set_value(node::ValueKey::identity, secret.expose()));
                  TAUT_TRY(const auto number, to.add_sealing_key(secret.expose()));
                  TAUT_CHECK(to.add_sealing_key(secret.expose()));
                  return to.erase_sealing_key(number);
                })
                .has_value());
    CHECK(secrets_in_memory() > 20);  // and in SQLite's
    REQUIRE(store
                ->read([&](node::Transaction& from) -> Status {
                  TAUT_TRY(const auto value, from.value(node::ValueKey::identity));
                  CHECK(value->equals(secret));
                  TAUT_TRY(const auto keys, from.sealing_keys());
                  CHECK(keys.size() == 1);
                  return {};
                })
                .has_value());
  }
  CHECK(secrets_in_memory() == 0);
}
