// Prologues of links, against a script that knows the pages only.

#include <doctest/doctest.h>

#include "datagram/packet.hpp"
#include "link/noise_names.hpp"
#include "support/source_dir.hpp"
#include "support/vectors.hpp"

using namespace taut;
using namespace taut::test;

namespace {

constexpr std::uint32_t kResumed = 0x01020304;

const link::LinkPattern& pattern_of(const std::string& name) { return name == "NK" ? link::kNk : link::kIk; }

std::uint8_t purpose_of(const std::string& name) {
  if (name == "peer") return static_cast<std::uint8_t>(link::Purpose::peer);
  if (name == "dispatcher") return static_cast<std::uint8_t>(link::Purpose::dispatcher);
  return static_cast<std::uint8_t>(link::Purpose::channel);
}

}  // namespace

TEST_CASE("hello and prologue of every pattern, suite and purpose, on streams and datagrams") {
  Tally tally(source_dir() / "tests/vectors/link/prologues.json");
  for (const Json& one : tally.content().at("cases")) {
    const std::string name = one.at("noise_name");
    const auto suite =
        static_cast<crypto::SuiteId>(std::stoi(one.at("suite").get<std::string>(), nullptr, 16));
    const auto protocol = link::link_protocol(pattern_of(one.at("pattern")), suite);
    const link::Hello hello{1, purpose_of(one.at("purpose")), protocol ? protocol->noise_name : ""};
    const Bytes responder_bytes = hex(one, "responder");
    const NodeId responder(ByteView(responder_bytes).first<NodeId::size_bytes>());
    Bytes said;
    write_hello(said, hello);
    const bool agrees =
        hello.noise_name == name && said == hex(one, "hello") &&
        link::prologue(hello, responder) == hex(one, "stream") &&
        datagram::datagram_prologue(hello, responder, 0) == hex(one, "datagram") &&
        datagram::datagram_prologue(hello, responder, kResumed) == hex(one, "datagram_resuming_01020304");
    tally.expect(agrees, name);
  }
}
