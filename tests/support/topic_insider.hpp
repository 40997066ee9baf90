#pragma once
// A member of a topic who breaks the rules, with a real member's keys: from what it stored. What it cannot do
// throws std::bad_expected_access.

#include "introduction/leaf_certificate.hpp"
#include "mls/create_commit.hpp"
#include "mls/message.hpp"
#include "mls/protect_message.hpp"
#include "mls/saved_group.hpp"
#include "mls/unprotect_message.hpp"
#include "topic/entry.hpp"
#include "topic/records.hpp"

namespace taut::topic::test {

template <class T>
T sure(Result<T> result) {
  return std::move(result).value();
}

class TopicInsider {
 public:
  TopicInsider(const std::vector<Record>& stored, const Settings& settings, Random& random, Time now)
      : now_(now),
        random_(random),
        wrapper_(settings.wrap_key.view(), settings.log_id),
        hooks_{.random = random_, .authentication = authentication_} {
    std::vector<mls::Record> records;
    for (const Record& record : stored) {
      const ParsedKey key = sure(parse_key(record.key));
      if (key.kind != RecordKind::mls) continue;
      records.push_back({sure(mls::RecordKey::decode(key.rest)), SecretBytes::copy_of(record.value)});
    }
    std::ranges::sort(records, {}, &mls::Record::key);
    state_ = sure(mls::load_group(hooks_, records, now));
  }

  mls::GroupState& state() { return *state_; }
  Bytes wrap(EntryKind kind, ByteView body) { return wrapper_.wrap(kind, body, random_); }
  EntryBody unwrap(ByteView entry) { return sure(wrapper_.unwrap(entry)); }

  /// Somebody's words, as they were signed, under the next key of that somebody.
  Bytes encrypt_again(ByteView entry) {
    const auto message = sure(mls::decoded<mls::MlsMessage>(unwrap(entry).body));
    auto opened = sure(mls::unprotect(*state_, *message.as<mls::PrivateMessage>(), now_));
    const auto sender = std::get<mls::MemberSender>(opened.content.content.sender.value).leaf_index;
    opened.key_tree->consume(*std::move(opened.key), journal_);
    const mls::LeafIndex own = std::exchange(state_->own_leaf, sender);
    auto made = sure(mls::protect_message(*state_, opened.content));
    state_->epoch.secret_tree.consume(*std::move(made.key), journal_);
    state_->own_leaf = own;
    return wrap(EntryKind::message, made.message);
  }

  /// Says anything, under its own name.
  Bytes say(ByteView inside) {
    return protect(mls::Content{mls::ApplicationData{to_bytes(inside)}}, EntryKind::message);
  }
  Bytes propose(const mls::Proposal& proposal) { return protect(mls::Content{proposal}, EntryKind::commit); }

  /// A commit of these proposals, correct for MLS.
  Bytes commit(std::vector<mls::Proposal> proposals) {
    mls::CommitOptions options;
    options.proposals = std::move(proposals);
    auto created = sure(mls::create_commit(*state_, options, now_, mls::CommitPurpose::ordinary, nullptr));
    return wrap(EntryKind::commit, created.message.message);
  }

  /// A commit whose path opens for some members only; its tags are right for those.
  /// @param is_spared  by the number of the encrypted path secret
  template <class IsSpared>
  Bytes half_valid_commit(IsSpared is_spared) {
    auto created = sure(mls::create_commit(*state_, {}, now_, mls::CommitPurpose::ordinary, nullptr));
    mls::PendingCommit& pending = *&created.pending;
    mls::Commit commit = std::get<mls::Commit>(pending.content.content.content.value);
    std::size_t number = 0;
    for (mls::UpdatePathNode& node : commit.path->nodes)
      for (mls::HpkeCiphertext& one : node.encrypted_path_secret)
        if (!is_spared(number++)) one.ciphertext.back() ^= 1;
    auto content = sure(
        mls::sign_as_member(*state_, mls::WireFormat::private_message, mls::Content{std::move(commit)}, {}));
    const mls::CommitSecrets secrets{mls::KdfSecret::copy_of(state_->epoch.secrets.init_secret),
                                     mls::KdfSecret::copy_of(pending.commit_secret),
                                     mls::KdfSecret::copy_of(pending.psk_secret)};
    const auto next = mls::advance_epoch(*state_->suite, state_->epoch.interim_transcript_hash,
                                         pending.staged->next->epoch.context, content, secrets,
                                         pending.staged->next->tree.size);
    content.auth.confirmation_tag = next.epoch.confirmation_tag;
    auto made = sure(mls::protect_message(*state_, content));
    return wrap(EntryKind::commit, made.message);
  }

 private:
  Bytes protect(mls::Content content, EntryKind kind) {
    const auto made_content =
        sure(mls::sign_as_member(*state_, mls::WireFormat::private_message, std::move(content), {}));
    auto made = sure(mls::protect_message(*state_, made_content));
    state_->epoch.secret_tree.consume(*std::move(made.key), journal_);
    return wrap(kind, made.message);
  }

  Time now_;
  Random& random_;
  Wrapper wrapper_;
  introduction::LeafAuthentication authentication_;
  mls::Hooks hooks_;
  std::unique_ptr<mls::GroupState> state_;
  mls::Journal journal_;
};

}  // namespace taut::topic::test
