#include "crypto/passphrase.hpp"

#include <doctest/doctest.h>

#include "crypto/encoding.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

std::string stretched(std::string_view passphrase, const PassphraseSalt& salt, const PassphraseCost& cost) {
  return to_hex(key_from_passphrase(as_bytes(passphrase), salt, cost).value().expose());
}

PassphraseSalt counting_salt() {
  PassphraseSalt salt;
  for (std::size_t i = 0; i < PassphraseSalt::size_bytes; ++i) salt.fill()[i] = static_cast<Byte>(i);
  return salt;
}

}  // namespace

// Made by OpenSSL 3.5's Argon2id (one lane, no secret, no associated data).
TEST_CASE("passphrase: another implementation derives the same keys") {
  using namespace std::string_view_literals;
  CHECK(stretched("correct horse battery staple", counting_salt(), {3, 8192}) ==
        "947312f62e4ac86f63c9b622f147b0061846739f53dd00f2d2236cd03db413ac");
  CHECK(stretched("", PassphraseSalt(), {1, 8}) ==
        "cfa0d2d242da6703d311d7eefc922e39cc60c9f4ec93a67d20995be541a06be4");
  PassphraseSalt twos;
  std::ranges::fill(twos.fill(), Byte{2});
  CHECK(stretched("p\xc3\xa4ss\0word"sv, twos, {2, 65536}) ==
        "f12a1b7c2e8e144d9e1d046cf26d67d54b575ad8d6ae700ce847c71ceae9578b");
}

TEST_CASE("passphrase: a cost out of bounds is refused before any work") {
  for (const PassphraseCost cost : {PassphraseCost{0, 8}, PassphraseCost{17, 8}, PassphraseCost{1, 7},
                                    PassphraseCost{1, 1024 * 1024 + 1}})
    CHECK(key_from_passphrase({}, counting_salt(), cost).error().code == Errc::misuse);
}
