#pragma once
// A member who breaks the rules: signs and protects whatever it is told to, with a real member's keys.

#include "group_world.hpp"
#include "mls/message.hpp"
#include "mls/protect_message.hpp"
#include "mls/saved_group.hpp"

namespace taut::mls::test {

class Forger {
 public:
  /// Has all that `group` has, from its saved form.
  Forger(World& world, Group& group) : state_(must(load_group(world.hooks(), sorted(group), kNow))) {}

  GroupState& state() { return *state_; }

  /// A commit of these proposals, with a confirmation_tag of zeros: the rules come before it.
  Bytes commit(Commit commit, WireFormat wire_format = WireFormat::public_message) {
    return protect(Content{std::move(commit)}, wire_format);
  }
  Bytes commit_of(std::vector<ProposalOrRef> proposals) {
    return commit({std::move(proposals), std::nullopt});
  }

  Bytes propose(const Proposal& proposal, WireFormat wire_format = WireFormat::public_message) {
    return protect(Content{proposal}, wire_format);
  }

  /// @param change  applied to the content after it was signed, before it is protected
  template <class Change>
  Bytes protect_changed(Content content, WireFormat wire_format, Change change) {
    AuthenticatedContent made = must(sign_as_member(*state_, wire_format, std::move(content), {}));
    if (made.content.content.type() == ContentType::commit) made.auth.confirmation_tag = Mac(Bytes(32, 0));
    change(made);
    ProtectedMessage message = must(protect_message(*state_, made));
    Journal unused;
    if (message.key) state_->epoch.secret_tree.consume(*std::move(message.key), unused);
    return std::move(message.message);
  }
  Bytes protect(Content content, WireFormat wire_format) {
    return protect_changed(std::move(content), wire_format, [](AuthenticatedContent&) {});
  }

 private:
  static std::vector<Record> sorted(Group& group) { return group.save(); }

  std::unique_ptr<GroupState> state_;
};

/// The group refuses the message with this error, and is byte for byte what it was.
inline void check_refused(Group& group, ByteView message, const Error& error) {
  const Bytes before = snapshot(group);
  const auto received = group.receive(message, kNow);
  REQUIRE_FALSE(received.has_value());
  CHECK(std::string(received.error().reason.name) == std::string(error.reason.name));
  CHECK(received.error() == error);
  CHECK(snapshot(group) == before);
}

}  // namespace taut::mls::test
