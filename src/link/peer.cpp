#include "link/peer.hpp"

#include "link/noise_names.hpp"
#include "link/reasons.hpp"

namespace taut::link {
namespace {

std::unexpected<Error> suite_refused() { return fail(Errc::incompatible, reasons::kSuiteRefused); }

Result<Remote> remote_for(const NodeId& node_id, crypto::SuiteId suite, ByteView key, std::uint16_t version) {
  TAUT_TRY(const crypto::DhPublic link_key, crypto::DhPublic::from_bytes(crypto::suite(suite).dh, key));
  return Remote{node_id, suite, link_key, version};
}

/// Whether we can call with it: it has a Noise name, and we a key for it.
bool is_ours(crypto::SuiteId suite, const identity::Identity& ours) {
  return ours.link_key(suite) != nullptr && link_protocol(kIk, suite).has_value();
}

}  // namespace

Result<Remote> remote_of(const identity::Card& card, const identity::Identity& ours) {
  const Result<std::uint16_t> version = identity::common_version(card.versions, identity::kVersions);
  if (!version) return fail(Errc::incompatible, reasons::kVersionRefused);
  for (const identity::LinkKeyPair& key : ours.link_keys()) {
    const crypto::SuiteId suite = key.certificate.suite;
    const identity::LinkKey* theirs = card.link_key(suite);
    if (theirs != nullptr && is_ours(suite, ours))
      return remote_for(card.node_id(), suite, theirs->key, *version);
  }
  return suite_refused();
}

Result<Remote> remote_of(const identity::Dispatcher& dispatcher, const identity::Identity& ours) {
  const crypto::Suite* suite = crypto::find_suite(dispatcher.link_key.suite);
  if (suite == nullptr || !is_ours(suite->id, ours)) return suite_refused();
  return remote_for(dispatcher.node_id, suite->id, dispatcher.link_key.key, identity::kVersions.highest);
}

Result<Remote> anonymous_remote_of(const identity::Dispatcher& dispatcher) {
  const crypto::Suite* suite = crypto::find_suite(dispatcher.link_key.suite);
  if (suite == nullptr || !link_protocol(kNk, suite->id)) return suite_refused();
  TAUT_TRY(Remote remote,
           remote_for(dispatcher.node_id, suite->id, dispatcher.link_key.key, identity::kVersions.highest));
  remote.pattern = &kNk;
  return remote;
}

}  // namespace taut::link
