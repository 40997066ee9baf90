// Ed448 at the edges where libraries may differ. The rows were computed by an independent script over RFC
// 8032's curve: each satisfies the equation as far as it can, so that only the rule under test refuses it.

#include <doctest/doctest.h>

#include "crypto/eddsa_rules.hpp"
#include "crypto/encoding.hpp"
#include "crypto/signature.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

enum class Expect { accepted, refused };

struct Row {
  const char* name;
  Expect expect;
  const char* public_key;
  const char* message;
  const char* signature;
};
constexpr std::array<Row, 20> kRows{{
    {"honest", Expect::accepted,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea5700a8491bb65b06861398743cc3c16c8a76f42a151b3b41813c29c3cc0ab1408f2ffb217c4cb83076e4701663"
     "811fc0d7cec754f079fd24542500"},
    {"S + L", Expect::refused,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57009b8e7361eec8fe36ed030251342ff7978461ebc9841cd00013e79687b0408f2ffb217c4cb83076e4701663"
     "811fc0d7cec754f079fd24546500"},
    {"A neutral", Expect::refused,
     "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A neutral, sign of x set", Expect::refused,
     "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000080",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A neutral, y = p + 1", Expect::refused,
     "00000000000000000000000000000000000000000000000000000000ffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffff00",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A of order 2", Expect::refused,
     "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffff00",
     "0001",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A of order 2, sign of x set", Expect::refused,
     "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffff80",
     "0001",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A of order 4", Expect::refused,
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000080",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A of order 4, other sign", Expect::refused,
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"A of order 4, y = p", Expect::refused,
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffff80",
     "0001",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea57001768a9b3e21a20923c81b5cb6eb56f6014be6fdc8115e19ee11fd40c7bb5662bc5deb53753322cf03c311b"
     "74102c69cc9fbda0d1c76c810f00"},
    {"R neutral", Expect::refused,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000087b2b3d4c547a79e4b0653fac5e79e0ccd75048d3d16bb74dc53097952dae32f6b5a5ee4d1ded745243f7c"
     "f9b5508035a4a2a57c295c693e00"},
    {"R neutral, y = p + 1", Expect::refused,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "00000000000000000000000000000000000000000000000000000000ffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffff00645294418213b9c4f510122199bfd59953536e61703bfdd9391299fcababe029b121b66c8b209fb78b927d"
     "e15a62dbcf8e3489e5dd3b581500"},
    {"R of order 2", Expect::refused,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffff00892ef39c5fff2e909e29d03e0832f482f23b64b902adc59db6c987146a0ce9b9f8156470be3eff1e010ee2"
     "aa567c9bb178a7fb1780ed300300"},
    {"R of order 4", Expect::refused,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000080e5901fa4135caa0018c21ee994486f5bca6ffca84b0e2b896e9043f2ab964990b89ce867cdfd828ac77e1d"
     "4d5908685231bf91ba76973c3a00"},
    {"A of mixed order, [k]T = 0", Expect::accepted,
     "17cfaac9849b071796791651754ef2498d2dcf874b379fb850a757c85cd2ce7bc5e7dda1e0a49518e339dd980d717a3bcd2c"
     "67b7183d432900",
     "0000",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea5700b6ac54d9e437ee1b5094d8bdab9f6d32b648b62e4b7a0e92b70b4527ca1260bcc9d1b8a27fddf251001901"
     "146eae19bc7a17132b23d7803200"},
    {"A of mixed order, [k]T of order 4", Expect::accepted,
     "17cfaac9849b071796791651754ef2498d2dcf874b379fb850a757c85cd2ce7bc5e7dda1e0a49518e339dd980d717a3bcd2c"
     "67b7183d432900",
     "0007",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea5700bcb21f130b476bd2708b11623386ebce877ac78718a0a16f7182b4b33bb45cf56024441f46c18199ea2965"
     "896dcb1bfbc689640d8a266a1d00"},
    {"A of mixed order, [k]T of order 2", Expect::accepted,
     "17cfaac9849b071796791651754ef2498d2dcf874b379fb850a757c85cd2ce7bc5e7dda1e0a49518e339dd980d717a3bcd2c"
     "67b7183d432900",
     "0001",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea570052ce04a89b9c38204b6d2852edd9bdaf2519dfa3a4120ef3e78bdbe4c70aeb2014a057abbc39ac68250611"
     "0a3889384d9caff7a68daed03f00"},
    {"A with a part of order 2", Expect::accepted,
     "abd8b109d5afeac5ca947682b4141c0738568052ec357134f3cc81f912d1cf8a5abfe4835425150f5fe4967dc2a2d32dcdfb"
     "8cc87f71e41a80",
     "0002",
     "f5c5d2bc03e8c91002d6da3a5f3b688215b498b38d9a8693c503d2587d43a146bb7892600107f76edf287be9085be48fa531"
     "241ff146ea570068f1ff1fe4a93d5f934d2243937fe585779d5eb1db00007bf9672e53174d9bd259ead80fe5d45312d96efc"
     "f5fa53b12ede4760331472a43d00"},
    {"R with a part of order 2", Expect::accepted,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "0a3a2d43fc1736effd2925c5a0c4977dea4b674c7265796c3afc2da781bc5eb944876d9ffef8089120d78416f7a41b705ace"
     "dbe00eb915a8808d9eb041ffeca34b2a099f992f492c3fb739633d33face18120beb102aa5bbecd46bc7dd587db17b0d8a43"
     "2cdcca63de2aa832a4f7ce501900"},
    {"R with a part of order 4", Expect::accepted,
     "54274ef62a50153a356b897d4bebe3f8c7a97fad13ca8ecb0c337e06ec2e3075a5401b7cabdaeaf0a01b69823d5d2cd23204"
     "7337808e1be500",
     "0000",
     "d7d805fddc4d75a58761d8b79216c17f1a62566e6a32d5fa16d43c5c5b36b4315aaad9eaa446024c7e19e8b8f2f1053be03e"
     "c36238ed42b880933c799caf1bd999ad2e899e2e4ccd3aed7c22a814b641b6ead1e0fede5fbc092007361f72a54da76b24cb"
     "b6bda1ed55b36d69da9096cd0700"},
}};

}  // namespace

TEST_CASE("ed448: each edge is decided by the rules, what is left by the equation with cofactor") {
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    const Bytes key_bytes = from_hex(row.public_key).value();
    const Bytes message = from_hex(row.message).value();
    const Bytes signature = from_hex(row.signature).value();
    const SignaturePublic key = SignaturePublic::from_bytes(SignatureId::ed448, key_bytes).value();
    const bool expected = row.expect == Expect::accepted;
    CHECK(ed448_acceptable(key_bytes, signature) == expected);
    CHECK(verify(key, message, signature).has_value() == expected);
    Bytes other = message;
    other.push_back(0);
    CHECK_FALSE(verify(key, other, signature).has_value());
  }
}

TEST_CASE("ed448: the byte of the sign holds nothing else, and S ends in a zero byte") {
  const Row& honest = kRows.front();
  const Bytes key = from_hex(honest.public_key).value();
  const Bytes signature = from_hex(honest.signature).value();
  for (unsigned bit = 0; bit < 8; ++bit) {
    const auto with = [&](Bytes bytes, std::size_t at) {
      bytes[at] ^= static_cast<Byte>(1U << bit);
      return bytes;
    };
    CHECK(ed448_acceptable(with(key, 56), signature) == (bit == 7));
    CHECK(ed448_acceptable(key, with(signature, 56)) == (bit == 7));
    CHECK_FALSE(ed448_acceptable(key, with(signature, 113)));
  }
}
