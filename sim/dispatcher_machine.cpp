#include "sim/dispatcher_machine.hpp"

namespace taut::sim {

namespace {

constexpr Duration kWhileFull = 1s;

crypto::SuiteId suite_of(unsigned number) {
  return number == 1 ? crypto::SuiteId::x25519_aes128gcm_sha256_ed25519
                     : crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519;
}

identity::Identity make_identity(Site& site, unsigned suite) {
  const std::array suites{suite_of(suite)};
  return identity::Identity::create(suites, site.wall(), site.random).value();
}

identity::SignedCard make_card(const Site& site, const identity::Identity& identity) {
  identity::Card card = identity.card();
  card.sequence = site.wall().unix_ms;
  card.not_after = site.wall() + std::chrono::days(365);
  card.name = "dispatcher-" + std::to_string(site.id) + "-post-office";
  const std::string host = "10.0.0." + std::to_string(site.id);
  card.serves_at = {{identity::Carrier::tcp, host, 7420}, {identity::Carrier::udp, host, 7420}};
  return identity::SignedCard::sign(card, identity.signature_key()).value();
}

}  // namespace

DispatcherMachine::DispatcherMachine(Site site, unsigned suite, unsigned inbox_messages_max,
                                     const Weather& weather, Dice& dice)
    : site_(std::move(site)),
      identity_(make_identity(site_, suite)),
      card_(make_card(site_, identity_)),
      settings_(dispatcher_settings(inbox_messages_max)),
      dice_(dice),
      disk_(site_.id, site_.schedule, weather, site_.chronicle, dice) {}

void DispatcherMachine::boot() {
  // A store that cannot write is not opened.
  if (disk_.is_full()) {
    return site_.schedule.after(kWhileFull, [this, life = lives_] {
      if (life == lives_ && !process_) boot();
    });
  }
  ++lives_;
  site_.network.revive(site_.id);
  site_.chronicle.note(site_.id, "boot");
  process_ = std::make_unique<DispatcherProcess>(
      site_, identity_, disk_, settings_, replacing,
      [this](Network::Death death) { crash(death, dice_.between(500ms, 3000ms)); });
  process_->start();
}

void DispatcherMachine::crash(Network::Death death, Duration back_after) {
  if (!process_) return;
  site_.chronicle.note(site_.id, "crash", static_cast<std::uint64_t>(death));
  site_.chronicle.hit("crash", death == Network::Death::power ? "dispatcher, power" : "dispatcher, process");
  process_->die();
  site_.network.kill(site_.id, death);
  disk_.crash();
  process_.reset();
  if (crashed) crashed();
  site_.schedule.after(back_after, [this, life = lives_] {
    if (life == lives_ && !process_) boot();
  });
}

}  // namespace taut::sim
