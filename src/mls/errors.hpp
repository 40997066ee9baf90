#pragma once
// What can go wrong in a group, one constant each: its category says whose move is next, its reason is
// the stable name. `result.error() == errors::kWrongEpoch` is how a caller tells them apart.

#include "base/result.hpp"

namespace taut::mls {

/// `return refuse(errors::kWrongEpoch);`
inline std::unexpected<Error> refuse(const Error& error) { return std::unexpected(error); }

namespace errors {

// Bytes.
inline constexpr Error kMalformed{Errc::malformed, reasons::kBadFrame};
inline constexpr Error kLimit{Errc::exhausted, reasons::kTooLarge};  ///< over a named limit
inline constexpr Error kBadKey{Errc::malformed, reasons::kBadKey};
inline constexpr Error kUnsupportedVersion{Errc::incompatible, {"unsupported_version"}};
inline constexpr Error kUnsupportedSuite{Errc::incompatible, reasons::kSuiteRefused};

// Authentication.
inline constexpr Error kBadSignature{Errc::unauthentic, reasons::kBadSignature};
inline constexpr Error kBadTag{Errc::unauthentic, reasons::kBadTag};  ///< AEAD and HPKE
inline constexpr Error kBadMembershipTag{Errc::unauthentic, {"bad_membership_tag"}};
inline constexpr Error kBadConfirmationTag{Errc::unauthentic, {"bad_confirmation_tag"}};
inline constexpr Error kUnknownSender{Errc::unauthentic, {"unknown_sender"}};
inline constexpr Error kBadCredential{Errc::unauthentic, {"bad_credential"}};  ///< refused by the hook
inline constexpr Error kBadTreeHash{Errc::unauthentic, {"bad_tree_hash"}};
inline constexpr Error kBadParentHash{Errc::unauthentic, {"bad_parent_hash"}};
inline constexpr Error kBadPathSecret{Errc::unauthentic, {"bad_path_secret"}};  ///< not the key announced

// Order and time.
inline constexpr Error kWrongGroup{Errc::violation, {"wrong_group"}};
inline constexpr Error kWrongEpoch{Errc::violation, {"wrong_epoch"}};
inline constexpr Error kFutureEpoch{Errc::unavailable, {"future_epoch"}};  ///< a commit is missing here
inline constexpr Error kPastEpoch{Errc::replayed, {"past_epoch"}};         ///< its keys are gone
inline constexpr Error kReplayed{Errc::replayed, reasons::kReplayed};      ///< this generation was used
inline constexpr Error kJumpTooFar{Errc::exhausted, {"jump_too_far"}};     ///< generation over the limit
inline constexpr Error kKeyExhausted{Errc::exhausted, reasons::kKeyExhausted};
inline constexpr Error kExpired{Errc::violation, {"expired"}};  ///< outside its lifetime
inline constexpr Error kMissingProposal{Errc::unavailable, {"missing_proposal"}};
inline constexpr Error kMissingPsk{Errc::unavailable, {"missing_psk"}};
inline constexpr Error kMissingTree{Errc::unavailable, {"missing_tree"}};
inline constexpr Error kMissingKeyPackage{Errc::unavailable, {"missing_key_package"}};
inline constexpr Error kPendingProposals{Errc::unavailable, {"pending_proposals"}};  ///< commit first
inline constexpr Error kPendingCommit{Errc::misuse, {"pending_commit"}};  ///< merge or drop it first
inline constexpr Error kOwnMessage{Errc::replayed, {"own_message"}};      ///< sent from here
inline constexpr Error kGroupClosed{Errc::violation, {"group_closed"}};   ///< re-initialised, or removed

// Rules. All of them are `violation`: well-formed, authentic perhaps, and not permitted.
inline constexpr Error kNotPermitted{Errc::violation, {"not_permitted"}};
inline constexpr Error kPathRequired{Errc::violation, {"path_required"}};
inline constexpr Error kWrongPath{Errc::violation, {"wrong_path"}};  ///< not of the tree's shape
inline constexpr Error kNoSuchLeaf{Errc::violation, {"no_such_leaf"}};
inline constexpr Error kDuplicateKey{Errc::violation, {"duplicate_key"}};
inline constexpr Error kWrongSource{Errc::violation, {"wrong_leaf_node_source"}};
inline constexpr Error kUnsupportedCapability{Errc::violation, {"unsupported_capability"}};
inline constexpr Error kDuplicateExtension{Errc::malformed, {"duplicate_extension"}};
inline constexpr Error kInvalidTree{Errc::violation, {"invalid_tree"}};
inline constexpr Error kInvalidProposalList{Errc::violation, {"invalid_proposal_list"}};

inline constexpr Error kMisuse{Errc::misuse, reasons::kMisuse};

}  // namespace errors
}  // namespace taut::mls
