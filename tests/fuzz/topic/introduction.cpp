// An introduction from outside: nobody is introduced but who signed it. The input comes as a whole
// introduction, as a claim behind a signature, and as a change to a claim that holds.

#include "introduction/introduction.hpp"

#include "introduction/leaf_certificate.hpp"
#include "support/people.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::introduction;

namespace {

struct Mallory {
  test::SeededRandom random{66};
  identity::Identity identity = test::person(66);
  LogId log_id = random.make<LogId>();
  Bytes claim = genuine();

  Bytes genuine() {
    const auto card =
        identity::SignedCard::sign(test::card_of(identity, test::person(9)), identity.signature_key())
            .value();
    const auto own = make_key_package(identity.signature_key(), {test::kDefaultSuite[0], 1, {}},
                                      mls::lifetime_from(test::kNow, std::chrono::hours(1)), random)
                         .value();
    const Bytes whole = introduce(identity.signature_key(), own, {log_id, card, test::kNow}, random).value();
    return read_introduction(whole, log_id, test::kDefaultSuite[0]).value().claim;
  }
  Bytes sign(ByteView claimed) const {
    const Bytes tbs = wire::written([&](wire::Writer& out) { out.vector(claimed).u8(0); });
    const auto signature =
        crypto::sign_with_label(identity.signature_key(), crypto::kTautPrefix, "Introduction", tbs).value();
    return wire::written([&](wire::Writer& out) { out.vector(tbs).vector(signature.view()); });
  }
};

void check(const Mallory& mallory, ByteView introduction) {
  const auto read = read_introduction(introduction, mallory.log_id, test::kDefaultSuite[0]);
  if (!read) return;
  TAUT_REQUIRE(read->node_id() == mallory.identity.node_id());
  TAUT_REQUIRE(read->log_id == mallory.log_id && !read->proof);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Mallory mallory;
  const ByteView input(data, size);
  check(mallory, input);
  check(mallory, mallory.sign(input));
  if (size < 2) return 0;
  Bytes changed = mallory.claim;
  const std::size_t at = (std::size_t{data[0]} << 8 | data[1]) % changed.size();
  const std::size_t count = std::min(size - 2, changed.size() - at);
  std::ranges::copy(input.subspan(2, count), changed.begin() + static_cast<std::ptrdiff_t>(at));
  check(mallory, mallory.sign(changed));
  return 0;
}
