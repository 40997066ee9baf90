#pragma once
// A group of three, the same on every run, for targets that need one.

#include "mls/group.hpp"
#include "mls/group_context.hpp"
#include "support/require.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

inline constexpr auto kSuiteId = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
inline constexpr mls::Lifetime kLifetime{.not_before_s = 1'699'000'000, .not_after_s = 1'702'000'000};
inline constexpr mls::Time kNow{Instant{std::chrono::seconds(1'000)}, WallTime{1'700'000'000'000}};

/// The value; the group is ours, so an error is a defect of the target.
template <class T>
T must(Result<T> result) {
  TAUT_REQUIRE(result.has_value());
  return *std::move(result);
}

/// Every PSK is its own name.
class NamedPsks final : public mls::PskSource {
  Result<SecretBytes> external_psk(ByteView psk_id) const override { return SecretBytes(psk_id); }
  Result<SecretBytes> resumption_psk(const mls::GroupId&, std::uint64_t) const override {
    return mls::refuse(mls::errors::kMissingPsk);
  }
};

struct FuzzGroup {
  SeededRandom random{9420};
  NamedPsks psks;
  std::vector<mls::Group> members;  ///< alice, bob, carol

  explicit FuzzGroup(mls::Settings settings = {}) {
    members.push_back(must(mls::Group::create(hooks(), client("alice"), mls::GroupId(as_bytes("fuzz")),
                                              kLifetime, {}, settings)));
    std::vector<mls::OwnKeyPackage> owns;
    mls::CommitOptions options;
    for (const std::string_view name : {"bob", "carol"}) {
      owns.push_back(must(client(name).make_key_package(kLifetime, random)));
      options.proposals.push_back({mls::Add{owns.back().key_package}});
    }
    const mls::SentCommit sent = must(members[0].commit(std::move(options), kNow));
    must(members[0].merge_pending(kNow));
    for (const mls::OwnKeyPackage& own : owns)
      members.push_back(must(mls::Group::join(hooks(), own, *sent.welcome, {.settings = settings})));
  }

  mls::Hooks hooks() { return {.random = random, .psks = psks}; }

  mls::Client client(std::string_view name) {
    return {kSuiteId,
            must(crypto::SignatureKeyPair::generate(crypto::suite(kSuiteId).signature, random)),
            mls::Credential::basic(as_bytes(name)),
            mls::our_capabilities(kSuiteId),
            {}};
  }

  /// One member commits, and all others follow.
  Bytes commit(std::size_t who) {
    const mls::SentCommit sent = must(members[who].commit({}, kNow));
    for (mls::Group& member : members) {
      auto received = must(member.receive(sent.commit, kNow));
      must(member.merge(std::get<mls::StagedCommit>(std::move(received)), kNow));
    }
    return sent.commit;
  }
};

inline std::vector<mls::Record> copy_of(const std::vector<mls::Record>& records) {
  std::vector<mls::Record> copy;
  for (const mls::Record& one : records) copy.push_back({one.key, SecretBytes(one.value.expose())});
  return copy;
}

/// The saved form, for "nothing changed".
inline Bytes snapshot(mls::Group& group) {
  Bytes all;
  for (const mls::Record& record : group.save()) {
    append(all, record.key.encode());
    append(all, record.value.expose());
  }
  return all;
}

}  // namespace taut::test
