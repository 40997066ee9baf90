#pragma once
// Who a member is: a leaf's signature key is fresh for each topic, and the node's identity key vouches for
// it. The certificate is the member's MLS credential (docs/protocol/topic.md, "Members").
//
//   struct {
//     uint16 signature_algorithm;
//     opaque signature_key<V>;             the node's identity key: its hash is the node ID
//     uint16 suite;
//     opaque leaf_key<V>;                  the leaf's signature key
//     uint64 sequence;                     of a node's certificates, the highest is the one that counts
//     optional<opaque topic_id[32]>;       absent: in a KeyPackage, for whichever topic takes it
//   } LeafCertificateTBS;                  signed under the label "LeafCertificate"
//
//   struct {
//     opaque tbs<V>;
//     opaque signature<V>;
//   } LeafCertificate;

#include <optional>
#include <set>

#include "base/ids.hpp"
#include "identity/card.hpp"
#include "introduction/ids.hpp"
#include "mls/client.hpp"
#include "mls/hooks.hpp"

namespace taut::introduction {

struct LeafCertificate {
  crypto::SignaturePublic signature_key;
  crypto::SuiteId suite{};
  crypto::SignaturePublic leaf_key;
  std::uint64_t sequence = 0;
  std::optional<TopicId> topic_id;

  NodeId node_id() const;
  friend bool operator==(const LeafCertificate&, const LeafCertificate&) = default;
};

/// @errors misuse: the key is not the certificate's
Result<mls::Credential> certify(const LeafCertificate& certificate, const crypto::SignatureKeyPair& identity);

/// Parses and verifies.
/// @errors malformed; incompatible: a suite or algorithm that we do not know; unauthentic (bad_certificate)
Result<LeafCertificate> read_certificate(const mls::Credential& credential);

/// A client for one topic (`topic_id`), or for KeyPackages, with a fresh leaf key.
/// @param sequence  higher than in any earlier certificate of this node: see next_certificate
struct ClientOptions {
  crypto::SuiteId suite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
  std::uint64_t sequence = 0;
  std::optional<TopicId> topic_id{};
};
Result<mls::Client> make_client(const crypto::SignatureKeyPair& identity, const ClientOptions& options,
                                Random& random);

/// A KeyPackage to publish, to introduce oneself with, or to be claimed; with a client of its own.
Result<mls::OwnKeyPackage> make_key_package(const crypto::SignatureKeyPair& identity,
                                            const ClientOptions& options, const mls::Lifetime& lifetime,
                                            Random& random,
                                            mls::KeyPackageUse use = mls::KeyPackageUse::once);

/// What every member supports: MLS 1.0, the suite, the topic extension (topic/settings.hpp).
mls::Capabilities capabilities(crypto::SuiteId suite);
inline constexpr mls::ExtensionType kTopicExtension{0xf7a7};

/// MLS's Authentication Service (RFC 9420 §5.3.1): the certificate is whole, speaks of this leaf key and of
/// this topic, and its node is not barred. A successor is the same node's, and not older.
class LeafAuthentication final : public mls::AuthenticationService {
 public:
  /// @param topic_id  none: whoever checks KeyPackages before there is a topic, or joins by a Welcome
  explicit LeafAuthentication(std::optional<TopicId> topic_id = {}) : topic_id_(topic_id) {}

  /// Who may not come in; a matter of the GroupContext that a commit is staged on.
  void bar(std::set<NodeId> barred) { barred_ = std::move(barred); }
  void set_topic(const TopicId& topic_id) { topic_id_ = topic_id; }

  Status validate(const mls::Credential& credential, const mls::SignaturePublicKey& key) const override;
  Status validate_successor(const mls::Credential& current, const mls::Credential& next) const override;

 private:
  std::optional<TopicId> topic_id_;
  std::set<NodeId> barred_;
};

}  // namespace taut::introduction
