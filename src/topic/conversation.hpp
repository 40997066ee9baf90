#pragma once
// Conversations of two: a topic that begins with a claimed KeyPackage instead of an introduction
// (docs/protocol/topic.md, "Conversations of two").

#include "topic/topic.hpp"

namespace taut::topic {

struct Conversation {
  Topic topic;    ///< of two, in epoch 1
  Bytes welcome;  ///< content of an envelope `welcome` to the peer
  Step step;
};

/// @param peer  a KeyPackage of `peer_id`, claimed for this conversation: an MLSMessage
/// @errors malformed, unauthentic (bad_certificate, identity_mismatch), incompatible
Result<Conversation> converse(Surroundings surroundings, const NewTopic& options, const NodeId& peer_id,
                              ByteView peer, Time now);

/// The other side: the content of an envelope `welcome` from `from`, which the envelope authenticated.
/// @param find  the own KeyPackage with one of these refs: erase it with the step, unless it is a last
///              resort
/// @errors unauthentic (bad_welcome): not a topic of `from` and us; unavailable (missing_key_package)
struct OwnKeyPackages {
  virtual ~OwnKeyPackages() = default;
  virtual Result<mls::OwnKeyPackage> find(const mls::KeyPackageRef& ref) const = 0;
};
Result<Topic::Begun> accept(Surroundings surroundings, const OwnKeyPackages& own, const NodeId& from,
                            ByteView welcome, Time now);

/// Both began one: whether `a` stays and `b` is given up (lower SHA-256 of the topic ID stays). The messages
/// that were not acknowledged in the other are sent again in it (Topic::give_up).
bool stays(const TopicId& a, const TopicId& b);

}  // namespace taut::topic
