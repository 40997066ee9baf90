#include "mls/credential_counts.hpp"

namespace taut::mls {

void CredentialCounts::add(const LeafNode& leaf) {
  ++member_count_;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    used_[i] += leaf.credential.type() == kTypes[i] ? 1 : 0;
    supported_[i] += leaf.capabilities.supports(kTypes[i]) ? 1 : 0;
  }
}

void CredentialCounts::remove(const LeafNode& leaf) {
  --member_count_;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    used_[i] -= leaf.credential.type() == kTypes[i] ? 1 : 0;
    supported_[i] -= leaf.capabilities.supports(kTypes[i]) ? 1 : 0;
  }
}

bool CredentialCounts::all_supported() const {
  for (std::size_t i = 0; i < kTypes.size(); ++i)
    if (used_[i] != 0 && supported_[i] != member_count_) return false;
  return true;
}

}  // namespace taut::mls
