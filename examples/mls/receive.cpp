#include "examples.hpp"

namespace taut::mls::examples {

// [receive]
Result<std::string> receive(Group& group, ByteView message, Time now) {
  TAUT_TRY(Received received, group.receive(message, now));
  if (const auto* said = std::get_if<ApplicationMessage>(&received)) return std::string(as_text(said->data));

  auto* commit = std::get_if<StagedCommit>(&received);
  if (commit == nullptr) return "a proposal, which waits for a commit";

  // Checked to the last bit, not applied: the application may look at what it does first.
  if (commit->effects().removes_me) return "this client was removed";
  TAUT_TRY(const Merged merged, group.merge(std::move(*commit), now));
  for (const Proposal& lost : merged.to_resend)  // own proposals that another's commit overtook
    TAUT_CHECK(group.propose(lost, now));
  return "epoch " + std::to_string(merged.effects.epoch);
}
// [receive]

}  // namespace taut::mls::examples
