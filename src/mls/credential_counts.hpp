#pragma once

#include <array>

#include "mls/leaf_node.hpp"

namespace taut::mls {

/// How many members use a credential type, and how many say that they support it: answers "every type in
/// use is supported by every member" (RFC 9420 §7.3) without asking every member.
class CredentialCounts {
 public:
  void add(const LeafNode& leaf);
  void remove(const LeafNode& leaf);
  std::uint32_t member_count() const { return member_count_; }
  bool all_supported() const;

  friend bool operator==(const CredentialCounts&, const CredentialCounts&) = default;

 private:
  static constexpr std::array kTypes{CredentialType::basic, CredentialType::x509};
  std::array<std::uint32_t, kTypes.size()> used_{};
  std::array<std::uint32_t, kTypes.size()> supported_{};
  std::uint32_t member_count_ = 0;
};

}  // namespace taut::mls
