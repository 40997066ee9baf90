// Load on a dispatcher, for tests and benches:
//
//   taut-load hold LINK tcp|udp COUNT              COUNT links that idle, until stdin ends
//   taut-load handshakes LINK tcp|udp RATE SECONDS RATE links a second, and how long each took to open
//   taut-load flood LINK udp RATE SECONDS          RATE initiations a second from addresses that are not ours

#include <cstdio>

#include "identity/card_text.hpp"
#include "load.hpp"
#include "run/clocks.hpp"

namespace taut::load {
namespace {

constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};

}  // namespace

Result<identity::Dispatcher> target(const std::string& link, identity::Carrier carrier) {
  TAUT_TRY(const identity::SignedCard card, identity::card_from_text(link));
  identity::Dispatcher to{card.node_id(), card.card().link_keys.front(), {}};
  for (const identity::Address& address : card.card().serves_at)
    if (address.carrier == carrier) to.addresses.push_back(address);
  if (to.addresses.empty()) return fail(Errc::unavailable, reasons::kNoRoute);
  return to;
}

Caller::Caller(Random& random)
    : identity(identity::Identity::create(kSuites, run::wall_time(), random).value()),
      local{.identity = identity, .random = random} {}

namespace {

int usage() {
  std::fputs("usage: taut-load hold|handshakes|flood LINK tcp|udp NUMBER [SECONDS]\n", stderr);
  return 2;
}

int run(const std::vector<std::string>& words) {
  if (words.size() < 4) return usage();
  const auto carrier = words[2] == "udp" ? identity::Carrier::udp : identity::Carrier::tcp;
  const auto to = target(words[1], carrier);
  if (!to) return usage();
  const auto number = static_cast<unsigned>(std::stoul(words[3]));
  const std::chrono::seconds time(words.size() > 4 ? std::stol(words[4]) : 10);
  if (words[0] == "hold") return hold(*to, number);
  if (words[0] == "handshakes") return handshakes(*to, number, time);
  if (words[0] == "flood") return flood(*to, number, time);
  return usage();
}

}  // namespace
}  // namespace taut::load

int main(int count, char** words) { return taut::load::run({words + 1, words + count}); }
