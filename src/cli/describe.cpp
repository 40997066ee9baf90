#include "cli/describe.hpp"

namespace taut::cli {

std::string suite_text(std::uint16_t suite) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) text += kDigits[suite >> shift & 15];
  return text;
}

Json json_of(const identity::Dispatcher& dispatcher) {
  Json addresses = Json::array();
  for (const identity::Address& address : dispatcher.addresses) addresses.push_back(to_text(address));
  return {{"node", to_text(dispatcher.node_id)}, {"addresses", std::move(addresses)}};
}

Json json_of(std::span<const identity::Dispatcher> dispatchers) {
  Json all = Json::array();
  for (const auto& dispatcher : dispatchers) all.push_back(json_of(dispatcher));
  return all;
}

Json json_of(const node::Contact& contact) {
  Json nodes = Json::array();
  for (const auto& card : contact.cards) {
    Json one{{"node", to_text(card.node_id())}, {"name", card.card().name}};
    if (const auto revocation = card.revocation()) {
      one["revoked"] = true;
      one["successor"] = revocation->successor ? Json(to_text(*revocation->successor)) : Json(nullptr);
    }
    nodes.push_back(std::move(one));
  }
  return {{"v", kJsonVersion},
          {"petname", contact.petname},
          {"verified", contact.verification == node::Verification::verified},
          {"nodes", std::move(nodes)}};
}

std::string addresses_text(const identity::Dispatcher& dispatcher) {
  std::string text;
  for (const identity::Address& address : dispatcher.addresses)
    text += (text.empty() ? "" : ", ") + to_text(address);
  return text;
}

}  // namespace taut::cli
