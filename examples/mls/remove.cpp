#include "examples.hpp"

namespace taut::mls::examples {

// [remove]
Result<Bytes> remove(Group& group, std::string_view name, Time now) {
  for (const LeafIndex leaf : group.members()) {
    if (group.member(leaf)->credential != Credential::basic(as_bytes(name))) continue;
    TAUT_TRY(SentCommit sent, group.commit({.proposals = {{Remove{leaf}}}}, now));
    return std::move(sent.commit);
  }
  return refuse(errors::kNoSuchLeaf);
}
// [remove]

}  // namespace taut::mls::examples
