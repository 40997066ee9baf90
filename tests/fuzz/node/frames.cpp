// A node at the mercy of its dispatcher: whatever frames come, a task answers with frames that parse, accepts
// nothing that nobody sealed, and ends once.

#include "node/session.hpp"
#include "support/require.hpp"
#include "unit/node/test_node.hpp"

using namespace taut;
using namespace taut::node;

namespace {

/// Bob, who uses a dispatcher that has his card; and that dispatcher.
struct World {
  identity::Identity post = test::person(50);
  test::TestNode bob{2, "bob"};
  std::optional<identity::SignedCard> bobs_card;

  World() {
    identity::Card card = post.card();
    card.sequence = 1;
    card.serves_at = {{identity::Carrier::tcp, "192.0.2.1", 7420}};
    const auto dispatcher = identity::SignedCard::sign(card, post.signature_key()).value();
    bob.store
        .write([&](Transaction& transaction) -> Status {
          TAUT_CHECK(put_own_dispatcher(transaction, {dispatcher, 0}));
          TAUT_TRY(bobs_card, sign_card(transaction, bob.self->identity, test::kNow));
          return put_own_dispatcher(transaction, {dispatcher, bobs_card->card().sequence});
        })
        .value();
  }
};

class Shell {
 public:
  void carry_out(const Effects& effects) {
    for (const Effect& effect : effects) {
      TAUT_REQUIRE(!is_over_);
      if (const auto* send = std::get_if<SendFrame>(&effect))
        TAUT_REQUIRE(frame::parse(send->frame).has_value());
      if (std::holds_alternative<HangUp>(effect)) has_link_ = false;
      if (std::holds_alternative<Finished>(effect)) is_over_ = true;
    }
  }
  bool has_link() const { return has_link_ && !is_over_; }
  bool is_over() const { return is_over_; }

 private:
  bool has_link_ = true;
  bool is_over_ = false;
};

frame::Hello hello() {
  frame::Hello hello;
  hello.message_bytes_max = frame::kMessageBytesMax;
  hello.put_bytes_max = 1 << 20;
  hello.credit_bytes_max = 1 << 20;
  hello.ttl_s_max = 3600;
  hello.idle_s = 90;
  return hello;
}

/// The input: a byte that says whether a good hello comes first, then frames, each behind its size.
void talk(Task& task, const NodeId& dispatcher, ByteView input) {
  Shell shell;
  Moment at{{std::chrono::seconds(1)}, test::kNow};
  shell.carry_out(task.start(at));
  shell.carry_out(task.on_connected(dispatcher, {}, at));
  wire::Reader in(input);
  if (const auto says_hello = in.u8(); says_hello && *says_hello % 8 != 0)
    shell.carry_out(task.on_frame(dispatcher, frame::written(hello()), at));
  while (shell.has_link()) {
    const auto frame = in.vector();
    if (!frame) break;
    shell.carry_out(task.on_frame(dispatcher, *frame, at));
    if (!frame->empty() && frame->back() % 4 == 0) shell.carry_out(task.settle(at));
    at.now = at.now + std::chrono::milliseconds(100);
  }
  at.now = at.now + kAnswerDeadline + kGapWaitMax;
  shell.carry_out(task.tick(at));
  shell.carry_out(task.settle(at));
  shell.carry_out(task.stop(at));
  TAUT_REQUIRE(shell.is_over());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  test::MemoryNodeStore store(world.bob.store.state());
  test::SeededRandom random(3);
  const auto receiving = make_receiving(store, world.bob.self->identity, random, Stay::for_more);
  talk(*receiving, world.post.node_id(), {data, size});
  TAUT_REQUIRE(receiving->counters().accepted == 0);  // nobody here can seal to bob

  test::MemoryNodeStore sender(world.bob.store.state());
  const auto sending = make_sending(sender, world.bob.self->identity, *world.bobs_card, random);
  TAUT_REQUIRE(sending->offer(test::text("hello")).has_value());
  talk(*sending, world.post.node_id(), {data, size});
  return 0;
}
