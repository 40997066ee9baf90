#pragma once
// Topics of two that begin without an introduction: with a KeyPackage that was claimed (node/claiming.hpp),
// and an envelope that brings the Welcome (docs/protocol/node.md, "Conversations of two").

#include "node/claiming.hpp"
#include "node/topics.hpp"

namespace taut::node {

/// With one contact, as many as it has begun: each was a Welcome that it sent.
inline constexpr std::size_t kConversationsMax = 16;

/// A topic with a node, and the envelope with its Welcome in the outbox, in one transaction: put it with a
/// sending to that node.
/// @param peer     its newest card
/// @param claimed  a KeyPackage of the peer
/// @errors malformed (bad_name), misuse (topic_exists); what topic::converse says of the KeyPackage; what
///         sealing says of the card: unavailable (sealing_key_expired), unauthentic (revoked)
Result<RowNumber> begin_conversation(const TopicMaker& maker, const std::string& name,
                                     const identity::SignedCard& peer, const ClaimedKeyPackage& claimed,
                                     const topic::LogOrder& order, const Moment& at);

/// A Welcome that no topic asked for: of a contact, into a topic of two at a dispatcher, by one of our
/// KeyPackages, it is a conversation. It gets the contact's petname, or what is free.
/// @return  nothing: it is not
Result<std::optional<RowNumber>> accept_conversation(Transaction& transaction,
                                                     const TopicSurroundings& surroundings,
                                                     const WelcomeRow& welcome, topic::Time now);

}  // namespace taut::node
