#pragma once
// Who the node knows: petnames, and the newest card of every node under them.

#include "identity/card.hpp"
#include "node/store.hpp"

namespace taut::node {

inline constexpr std::size_t kPetnameBytesMax = 64;

struct Contact {
  std::string petname;
  Verification verification = Verification::unverified;
  std::vector<identity::SignedCard> cards;  ///< of its nodes, in the order in which they were added
};

/// A card that came as link or QR code is verified by having come that way.
/// A petname that exists takes the node in, when it is not there yet; a newer card of a known node under
/// the same petname takes the place of the old one.
/// @errors misuse: bad_name, contact_exists (the node has another petname), own_card;
///         replayed (old_card): we hold a newer one; unauthentic (expired; revoked, which is remembered of a
///         contact's node)
Status add_contact(Store& store, std::string_view petname, const identity::SignedCard& card,
                   Verification verification, std::optional<WallTime> wall);
Result<std::vector<Contact>> contacts(Store& store);
/// By petname, or by the text of a node ID.
/// @errors unavailable (no_such_contact)
Result<Contact> find_contact(Store& store, std::string_view who);
Status set_verification(Store& store, std::string_view petname, Verification verification);
/// @errors misuse (bad_name, contact_exists); unavailable (no_such_contact)
Status rename_contact(Store& store, std::string_view from, std::string_view to);
Status remove_contact(Store& store, std::string_view petname);

/// Puts successors in the place of the contact's revoked nodes. Whoever stole a key can name a successor
/// too: the contact is not verified any more.
/// @errors misuse (not_revoked, contact_exists); unavailable (no_such_contact, no_successor)
Status succeed_contact(Store& store, std::string_view petname);

/// Keeps a card that came from outside when it belongs to a contact and is newer than what we hold.
/// @return  whether it was kept
Result<bool> learn_card(Transaction& transaction, const identity::SignedCard& card);

}  // namespace taut::node
