#pragma once

#include "introduction/leaf_certificate.hpp"
#include "mls/group.hpp"
#include "topic/welcome_letter.hpp"
#include "world.hpp"

namespace taut::topic::test {

/// A topic of Eve's that looks like this one from outside, with the joiner in it: an answer to race with.
inline Bytes forged_welcome(Person& eve, const Settings& settings, const Bytes& asks_entry,
                            const TopicId& topic_id, Time now,
                            const introduction::InvitationId* invitation_id = nullptr) {
  const Wrapper wrapper(settings.wrap_key.view(), settings.log_id);
  const auto asks =
      must(introduction::read_introduction(must(wrapper.unwrap(asks_entry)).body, settings.log_id,
                                           crypto::SuiteId::x25519_aes128gcm_sha256_ed25519));
  const introduction::LeafAuthentication authentication;
  struct Guess final : mls::PskSource {
    Result<SecretBytes> external_psk(ByteView id) const override {
      return SecretBytes(ByteView(must(introduction::read_psk_id(id)).psk.expose()));
    }
    Result<SecretBytes> resumption_psk(const mls::GroupId&, std::uint64_t) const override {
      return mls::refuse(mls::errors::kMissingPsk);
    }
  } psks;
  const mls::Client client = must(introduction::make_client(eve.identity.signature_key(), {}, eve.random));
  mls::Extensions extensions;
  extensions.set(introduction::kTopicExtension, encode(settings));
  auto group = must(mls::Group::create({.random = eve.random, .authentication = authentication, .psks = psks},
                                       client, mls::GroupId(topic_id.view()),
                                       mls::lifetime_from(*now.wall, std::chrono::hours(1)), extensions));
  mls::CommitOptions options;
  options.proposals.push_back({mls::Add{asks.key_package}});
  if (invitation_id != nullptr) {
    const Bytes psk_id =
        introduction::psk_id_bytes({*invitation_id, eve.random.make<introduction::InvitationPsk>()});
    options.proposals.push_back({mls::PreSharedKey{{mls::ExternalPskId{psk_id}, Bytes(32, 1)}}});
  }
  auto sent = must(group.commit(std::move(options), now));
  must(group.merge_pending(now));
  const WelcomeLetter letter{
      eve.identity.signature_key().public_key, settings.log_id, 1, 0, {}, *sent.welcome};
  return wrapper.wrap(EntryKind::welcome, must(sign_letter(letter, eve.identity.signature_key())),
                      eve.random);
}

}  // namespace taut::topic::test
