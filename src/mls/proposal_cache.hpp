#pragma once
// Proposals of this epoch that wait for a commit (RFC 9420 §12.1), found by reference.

#include <map>

#include "mls/framing.hpp"
#include "mls/labelled.hpp"
#include "mls/record.hpp"
#include "mls/settings.hpp"

namespace taut::mls {

/// What only the sender of an own proposal knows.
struct OwnProposal {
  /// Hash of the message as it was sent: a PrivateMessage that comes back cannot be opened by its sender.
  Digest message_hash;
  std::optional<crypto::DhKeyPair> encryption_key;        ///< behind an Update
  std::optional<crypto::SignatureKeyPair> signature_key;  ///< behind an Update that changes it
};

struct PendingProposal {
  ProposalRef ref;
  Sender sender;
  Proposal proposal;
  WireFormat wire_format{};
  std::optional<OwnProposal> own;
};

class ProposalCache {
 public:
  /// @errors kLimit; nothing changes when it is there already
  Status add(PendingProposal proposal, const Settings& settings, Journal& journal);
  void erase(const ProposalRef& ref, Journal& journal);
  /// An epoch began: all of them go.
  std::vector<PendingProposal> take_all(Journal& journal);

  /// nullptr: not here.
  const PendingProposal* find(const ProposalRef& ref) const;
  const PendingProposal* find_own(const Digest& message_hash) const;
  /// In order of arrival.
  std::vector<const PendingProposal*> list() const;
  bool empty() const { return by_order_.empty(); }

  std::vector<RecordKey> record_keys() const;
  /// Empty: there is no such record (any more).
  SecretBytes record(const RecordKey& key) const;
  /// @errors malformed
  Status restore(const Suite& suite, const RecordKey& key, ByteView value);

 private:
  /// How much of its limits the cache has used.
  struct Load {
    std::size_t count = 0, bytes = 0;
    void add(const Load& more) { count += more.count, bytes += more.bytes; }
    void remove(const Load& less) { count -= less.count, bytes -= less.bytes; }
    bool fits(const Load& more, std::size_t count_max, std::size_t bytes_max) const {
      return count + more.count <= count_max && bytes + more.bytes <= bytes_max;
    }
  };
  void insert(std::uint32_t order, PendingProposal proposal);

  std::map<std::uint32_t, PendingProposal> by_order_;
  std::map<ProposalRef, std::uint32_t> by_ref_;
  Load all_, from_outside_;
};

}  // namespace taut::mls
