#pragma once
// Which vector file is which: by the members of its first case, so that any file of a known format that
// lies in $TAUT_VECTORS/mls, or in a folder below it, is run.

#include <algorithm>

#include "support/vectors.hpp"

namespace taut::test::mls_format {

/// Members that a case of the format has, and no other format all of them.
inline const std::map<std::string, std::vector<std::string>> kMembers = {
    {"tree-math", {"n_leaves", "root", "sibling"}},
    {"crypto-basics", {"ref_hash", "expand_with_label", "encrypt_with_label"}},
    {"deserialization", {"vlbytes_header", "length"}},
    {"secret-tree", {"encryption_secret", "sender_data", "leaves"}},
    {"message-protection", {"membership_key", "proposal_priv", "commit_pub", "application_priv"}},
    {"key-schedule", {"initial_init_secret", "epochs"}},
    {"psk_secret", {"psks", "psk_secret"}},
    {"transcript-hashes", {"authenticated_content", "interim_transcript_hash_before"}},
    {"welcome", {"init_priv", "signer_pub", "welcome"}},
    {"tree-operations", {"tree_before", "proposal", "tree_after"}},
    {"tree-validation", {"tree", "tree_hashes", "resolutions"}},
    {"treekem", {"leaves_private", "update_paths"}},
    {"messages", {"mls_welcome", "private_message", "group_secrets"}},
    {"passive-client", {"external_psks", "initial_epoch_authenticator", "epochs"}},
};

inline bool has_format(const Json& one, const std::vector<std::string>& members) {
  return one.is_object() &&
         std::ranges::all_of(members, [&](const std::string& member) { return one.contains(member); });
}

/// Name of the format, or empty.
inline std::string format_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  const Json content = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!content.is_array() || content.empty()) return {};
  for (const auto& [name, members] : kMembers)
    if (has_format(content.front(), members)) return name;
  return {};
}

/// Every file of one format. A file that looks like vectors and is of no known format is named.
inline std::vector<std::filesystem::path> files_of(const std::string& format) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(vector_folder("mls"))) {
    if (!entry.is_regular_file() || entry.path().extension() != ".json") continue;
    const std::string found = format_of(entry.path());
    if (found == format) files.push_back(entry.path());
    if (found.empty()) std::cout << "skipped: " << entry.path() << " is of no known format" << std::endl;
  }
  std::ranges::sort(files);
  if (files.empty()) std::cout << "no file of the format " << format << std::endl;
  return files;
}

/// Runs `check(case) -> bool` over all cases of all files of a format. No file at all is a failure: the
/// official ones are expected.
template <class Check>
void run_all(const std::string& format, Check check) {
  const auto files = files_of(format);
  CHECK_MESSAGE(!files.empty(), "no file of the format " << format);
  for (const auto& file : files) {
    Tally tally(file);
    std::size_t index = 0;
    for (const Json& one : tally.content()) {
      const std::string suite =
          one.contains("cipher_suite") ? ", suite " + std::to_string(one.at("cipher_suite").get<int>()) : "";
      tally.expect(check(one), "case " + std::to_string(index++) + suite);
    }
  }
}

}  // namespace taut::test::mls_format
