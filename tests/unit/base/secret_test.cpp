#include "base/secret.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <type_traits>

#include "base/bounded_bytes.hpp"

using namespace taut;

namespace {
using KeyA = Secret<struct KeyATag, 32>;
using KeyB = Secret<struct KeyBTag, 32>;
template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
}  // namespace

static_assert(!std::is_constructible_v<KeyA, KeyB>);
static_assert(!std::is_copy_constructible_v<KeyA> && !std::is_copy_assignable_v<KeyA>);
static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_constructible_v<BoundedSecret<8>>);
static_assert(!Printable<KeyA> && !Printable<SecretBytes> && !Printable<BoundedSecret<8>>);

TEST_CASE("a moved-from secret holds zeros") {
  KeyA from;
  from.fill()[0] = 7;
  const KeyA to = std::move(from);
  CHECK(to.expose()[0] == 7);
  CHECK(from.expose()[0] == 0);  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST_CASE("a destroyed secret leaves nothing in its place") {
  alignas(KeyA) std::array<Byte, sizeof(KeyA)> place{};
  auto* key = new (place.data()) KeyA;
  key->fill()[3] = 0xa5;
  CHECK(std::ranges::count(place, 0xa5) == 1);
  key->~KeyA();
  // Through a volatile view: what counts is the memory, not what the compiler may assume of it.
  const volatile Byte* bytes = place.data();
  for (std::size_t i = 0; i < place.size(); ++i) CHECK(bytes[i] == 0);
}

TEST_CASE("comparison tells sizes and contents apart") {
  const Bytes a{1, 2, 3};
  CHECK(equals_in_constant_time(a, Bytes{1, 2, 3}));
  CHECK_FALSE(equals_in_constant_time(a, Bytes{1, 2, 4}));
  CHECK_FALSE(equals_in_constant_time(a, Bytes{1, 2}));
}
