#include "node_bench.hpp"

#include "node/sealer.hpp"

namespace taut::test {

NodeBench::NodeBench(Over over) : over_(over) {
  use_dispatcher();
  node_.knows("friend", friend_.card());
  friend_.knows("victim", node_.card());
  task_ = node::make_receiving(node_.store, node_.self->identity, node_.random, node::Stay::until_drained);
  absorb(task_->start(at_));
  absorb(task_->on_connected(dispatcher_.identity.node_id(), SessionId{}, at_));
  run();
}

/// It is in use, and has the newest card: nothing has to be published.
void NodeBench::use_dispatcher() {
  identity::Card card = dispatcher_.identity.card();
  card.sequence = kToday.unix_ms;
  card.serves_at = {{identity::Carrier::tcp, "192.0.2.1", 7420}};
  const auto its_card = identity::SignedCard::sign(card, dispatcher_.identity.signature_key()).value();
  const auto use = [&](node::Transaction& transaction) -> Status {
    TAUT_CHECK(node::put_own_dispatcher(transaction, {its_card, 0}));
    TAUT_TRY(const auto own, node::sign_card(transaction, node_.self->identity, kToday));
    return node::put_own_dispatcher(transaction, {its_card, own.card().sequence});
  };
  node_.store.write(use).value();
}

void NodeBench::absorb(node::Effects effects) {
  for (node::Effect& effect : effects) {
    if (std::holds_alternative<node::Dial>(effect))
      line_ = make_line(over_, dispatcher_.local(), {node_.self->identity, node_.random}, Dials::victim);
    if (const auto* send = std::get_if<node::SendFrame>(&effect)) line_->answer(send->frame);
    if (std::holds_alternative<node::HangUp>(effect)) {
      has_hung_up_ = true;
      line_->hang_up();
    }
    if (const auto* end = std::get_if<node::Finished>(&effect)) finished_ = end->status;
  }
}

void NodeBench::say_bytes(ByteView frame) {
  line_->say(frame);
  run();
}

void NodeBench::say_together(const std::vector<Bytes>& frames) {
  for (const Bytes& frame : frames) line_->say(frame);
  run();
}

void NodeBench::run() {
  line_->pump();
  while (!line_->at_victim.empty()) {
    const Bytes frame = std::move(line_->at_victim.front());
    line_->at_victim.pop_front();
    if (!finished_) absorb(task_->on_frame(dispatcher_.identity.node_id(), frame, at_));
  }
  if (!finished_) absorb(task_->settle(at_));
  line_->pump();
  while (!line_->at_peer.empty()) {
    const Bytes bytes = std::move(line_->at_peer.front());
    line_->at_peer.pop_front();
    const frame::Frame frame = frame::parse(bytes).value();
    if (const auto* one = std::get_if<frame::Subscribe>(&frame)) subscribe_request_ = one->request;
    answer_as_due(frame);
  }
}

/// What a row is not about is answered by the rules, so that the node gets as far as the row.
void NodeBench::answer_as_due(const frame::Frame& frame) {
  const auto done = [this](frame::RequestId request) {
    say(frame::Answer{request, frame::AnswerStatus::done, {}});
  };
  if (const auto* one = std::get_if<frame::LookUpState>(&frame))
    say(frame::StateAnswer{one->request, {}, {}});
  if (const auto* one = std::get_if<frame::PublishState>(&frame)) done(one->request);
  if (const auto* one = std::get_if<frame::Register>(&frame)) done(one->request);
  if (const auto* one = std::get_if<frame::SetAccess>(&frame)) done(one->request);
  if (const auto* one = std::get_if<frame::Report>(&frame)) done(one->request);
  if (const auto* one = std::get_if<frame::PublishKeyPackages>(&frame)) done(one->request);
  if (const auto* one = std::get_if<frame::Release>(&frame)) done(one->request);
}

void NodeBench::say_hello() {
  frame::Hello hello;
  hello.message_bytes_max = frame::kMessageBytesMax;
  hello.put_bytes_max = 2U << 20;
  hello.credit_bytes_max = 10'000;
  hello.ttl_s_max = 86400;
  hello.idle_s = 90;
  say(hello);
}

Bytes NodeBench::envelope(std::string_view words) {
  Bytes sealed;
  const auto seal = [&](node::Transaction& transaction) -> Status {
    const std::vector<NodeId> nobody;
    const identity::SignedCard card = node_.card();
    TAUT_TRY(const node::OutgoingRow row,
             node::seal_into_outbox(transaction, {friend_.self->identity, card, nobody, nullptr}, text(words),
                                    at_, friend_.random));
    sealed = row.envelope;
    return {};
  };
  friend_.store.write(seal).value();
  return sealed;
}

void NodeBench::deliver(frame::QueueNumber number, ByteView envelope) {
  say(frame::Delivery{number,
                      kToday,
                      kToday + std::chrono::hours(1),
                      static_cast<std::uint32_t>(envelope.size()),
                      envelope,
                      {}});
}

void NodeBench::say_drained() { say(frame::Drained{subscribe_request_, 0, {}}); }

std::string NodeBench::outcome() {
  std::string text = has_hung_up_ ? "hung up" : "goes on";
  if (finished_ && *finished_) text = "done";
  if (finished_ && !*finished_)
    text = std::string(name_of(finished_->error().code)) + " " + std::string(finished_->error().reason.name);
  for (const std::string& words : node_.shown_texts()) text += ", shows " + words;
  return text;
}

}  // namespace taut::test
