// A member who breaks the rules: what the others open is authentic, and may hold anything.
//
//   byte mode; the rest by mode:
//     bits 0-1  type of content (application, proposal, commit), or, for 3, Proposals that a client of
//               ours is told to commit
//     bit 2     set: the content alone, signed as it should be; else the whole PrivateMessageContent
//     bit 3     set: as PublicMessage, where it is signed

#include "fuzz_group.hpp"
#include "mls/message.hpp"
#include "mls/private_message.hpp"
#include "mls/protect_message.hpp"
#include "mls/saved_group.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

struct Scene {
  FuzzGroup group;
  std::vector<Record> alice, bob;
  std::unique_ptr<GroupState> state;  ///< Alice's, to sign and encrypt with; her keys are never consumed

  Scene() {
    group.commit(1);
    alice = group.members[0].save();
    bob = group.members[1].save();
    state = must(load_group(group.hooks(), alice, kNow));
  }
};

Scene& scene() {
  static Scene made;
  return made;
}

Bytes sealed(const GroupState& alice, ContentType type, ByteView plaintext) {
  const Suite& suite = *alice.suite;
  const auto ratchet = type == ContentType::application ? RatchetType::application : RatchetType::handshake;
  const SecretTree::Staged key = must(alice.epoch.secret_tree.stage_next(alice.own_leaf, ratchet));
  const GroupContext& context = alice.epoch.context;
  const auto aad = [&](bool with_data) {
    return wire::written([&](wire::Writer& out) {
      out.vector(context.group_id.view()).u64(context.epoch).u8(static_cast<std::uint8_t>(type));
      if (with_data) out.vector({});
    });
  };
  PrivateMessage message{context.group_id, context.epoch, type, {}, {}, {}};
  message.ciphertext.resize(plaintext.size() + crypto::kTagBytes);
  must(crypto::Aead::create(suite.aead, key.key.key.expose()))
      .seal(key.key.nonce.expose(), aad(true), plaintext, message.ciphertext);

  const Bytes sender_data =
      wire::written([&](wire::Writer& out) { out.u32(alice.own_leaf.value).u32(0).u32(0); });
  const MessageKey sender_key =
      derive_sender_data_key(suite, alice.epoch.secrets.sender_data_secret, message.ciphertext);
  message.encrypted_sender_data.resize(sender_data.size() + crypto::kTagBytes);
  must(crypto::Aead::create(suite.aead, sender_key.key.expose()))
      .seal(sender_key.nonce.expose(), aad(false), sender_data, message.encrypted_sender_data);
  return encoded(MlsMessage{std::move(message)});
}

std::optional<Bytes> signed_message(const GroupState& alice, ContentType type, ByteView bytes,
                                    WireFormat wire_format) {
  wire::Reader in(bytes);
  auto content = Content::read(in, type);
  if (!content || !in.finish()) return std::nullopt;
  auto made = must(sign_as_member(alice, wire_format, *std::move(content), {}));
  if (type == ContentType::commit) made.auth.confirmation_tag = Mac(Bytes(32, 0));
  return must(protect_message(alice, made)).message;
}

// What is refused changed nothing; what is taken leaves a group that can be saved and goes on.
void offer(ByteView message) {
  Group bob = must(Group::load(scene().group.hooks(), copy_of(scene().bob), kNow));
  const Bytes before = snapshot(bob);
  auto received = bob.receive(message, kNow);
  if (!received) {
    TAUT_REQUIRE(snapshot(bob) == before);
    return;
  }
  if (auto* staged = std::get_if<StagedCommit>(&*received)) must(bob.merge(std::move(*staged), kNow));
  Group again = must(Group::load(scene().group.hooks(), bob.save(), kNow));
  TAUT_REQUIRE(snapshot(again) == snapshot(bob));
  if (bob.status() == GroupStatus::active) must(bob.commit({}, kNow));
}

// What our client commits to, our client follows.
void commit_to(ByteView proposals) {
  wire::Reader in(proposals);
  CommitOptions options;
  while (!in.empty()) {
    auto proposal = Proposal::read(in);
    if (!proposal) return;
    options.proposals.push_back(*std::move(proposal));
  }
  Group alice = must(Group::load(scene().group.hooks(), copy_of(scene().alice), kNow));
  const Bytes before = snapshot(alice);
  const auto sent = alice.commit(std::move(options), kNow);
  if (!sent) {
    TAUT_REQUIRE(snapshot(alice) == before);
    return;
  }
  Group bob = must(Group::load(scene().group.hooks(), copy_of(scene().bob), kNow));
  auto staged = std::get<StagedCommit>(must(bob.receive(sent->commit, kNow)));
  must(bob.merge(std::move(staged), kNow));
  must(alice.merge_pending(kNow));
  TAUT_REQUIRE(bob.status() == GroupStatus::removed || bob.context() == alice.context());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Byte mode = data[0];
  const ByteView rest(data + 1, size - 1);
  if ((mode & 3) == 3) {
    commit_to(rest);
    return 0;
  }
  const auto type = static_cast<ContentType>((mode & 3) + 1);
  const auto wire_format = (mode & 8) != 0 ? WireFormat::public_message : WireFormat::private_message;
  if ((mode & 4) == 0) {
    offer(sealed(*scene().state, type, rest));
  } else if (const auto message = signed_message(*scene().state, type, rest, wire_format)) {
    offer(*message);
  }
  return 0;
}
