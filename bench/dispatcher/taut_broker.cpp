#include "dispatcher/taut_broker.hpp"

#include <unistd.h>

#include "envelope/envelope.hpp"
#include "identity/card_text.hpp"
#include "node/queue_ranges.hpp"

namespace taut::bench {
namespace {

constexpr auto kSuite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
/// Sealed beforehand and put again and again, each time as a new submission: a dispatcher sees no difference.
constexpr std::size_t kEnvelopes = 200;
constexpr std::size_t kReleaseAt = 256;  ///< as `taut recv` does

identity::SealingKeyPair make_sealing_key(Random& random) {
  return identity::SealingKeyPair::create(kSuite, wall() + std::chrono::days(28), random).value();
}

}  // namespace

TautBroker::TautBroker(const std::string& command) : sealing_key_(make_sealing_key(recipient_.random)) {
  const Words environment{"TAUT_HOME=" + scratch_.path() + "/post"};
  Process({command, "init", "--json", "--name", "post"}, environment).wait();
  process_ = std::make_unique<Process>(
      Words{command, "dispatcher", "run", "--json", "--listen", "127.0.0.1:0"}, environment);
  const auto card = identity::card_from_text(member(process_->line(), "link"));
  if (!card) give_up("the dispatcher did not say where it is");
  dispatcher_ = card->card();
  register_recipient();
}

/// With a card, an inbox.
void TautBroker::register_recipient() {
  identity::Card card = recipient_.identity.card();
  card.sequence = wall().unix_ms;
  card.sealing_key = sealing_key_.public_part();
  const auto link_key = dispatcher_.link_keys.front();
  card.dispatchers.push_back({dispatcher_.node_id(), link_key, dispatcher_.serves_at});
  const auto signed_card = identity::SignedCard::sign(card, recipient_.identity.signature_key()).value();
  bool is_done = false;
  Line line(recipient_, dispatcher_, [&](node::SessionEvent& event) {
    const auto* answer = std::get_if<node::Answered>(&event);
    is_done = answer != nullptr && answer->status == frame::AnswerStatus::done;
  });
  line.session().publish(signed_card.bytes());
  line.flush();
  serve({&line}, [&] { return is_done; });
}

Bytes TautBroker::sealed(std::size_t content_bytes) {
  envelope::Letter letter;
  letter.signature_key = sender_.identity.signature_key().public_key;
  letter.message_id = sender_.random.make<MessageId>();
  letter.counter = counter_++;
  letter.time = wall();
  letter.content = {envelope::ContentType::text, Bytes(content_bytes, 'x')};
  const envelope::Recipient to{recipient_.identity.node_id(), sealing_key_.public_part()};
  return envelope::seal(letter, to, sender_.identity.signature_key(), sender_.random).value();
}

Figures TautBroker::run(const Load& load) {
  std::vector<Bytes> envelopes;
  for (std::size_t i = 0; i < kEnvelopes; ++i) envelopes.push_back(sealed(load.content_bytes));
  const auto count = static_cast<double>(load.messages);
  Figures figures;
  const double before = process_->cpu_s();
  figures.stored_per_s = count / store(load, envelopes);
  const double between = process_->cpu_s();
  figures.drained_per_s = count / drain(load.messages);
  figures.stored_cpu_us = (between - before) / count * 1e6;
  figures.drained_cpu_us = (process_->cpu_s() - between) / count * 1e6;
  messages_ += load.messages;
  return figures;
}

/// One connection that puts as fast as its window allows.
struct TautBroker::Sending {
  Sending(Person& person, const identity::Card& dispatcher, const NodeId& to,
          const std::vector<Bytes>& its_envelopes, std::size_t count)
      : inbox(to),
        random(person.random),
        envelopes(its_envelopes),
        left(count),
        unanswered(count),
        line(person, dispatcher, [this](node::SessionEvent& event) { on(event); }) {}

  void put_more() {
    for (; left > 0; --left) {
      const Bytes& envelope = envelopes[left % envelopes.size()];
      if (!line.session().has_room_for(envelope.size())) return;
      line.session().put(inbox, random.make<SubmissionId>(), std::chrono::days(1), envelope);
    }
  }
  void on(const node::SessionEvent& event) {
    const auto* answer = std::get_if<node::PutAnswered>(&event);
    if (answer == nullptr) return;
    if (answer->state != frame::OutcomeState::stored) give_up("a message was not stored");
    --unanswered;
    put_more();
  }

  NodeId inbox;
  Random& random;
  const std::vector<Bytes>& envelopes;
  std::size_t left;
  std::size_t unanswered;
  Line line;
};

/// @return  seconds
double TautBroker::store(const Load& load, const std::vector<Bytes>& envelopes) {
  std::vector<std::unique_ptr<Sending>> senders;
  std::vector<Line*> lines;
  for (std::size_t i = 0; i < load.senders; ++i) {
    const std::size_t share = load.messages / load.senders + (i < load.messages % load.senders ? 1 : 0);
    senders.push_back(
        std::make_unique<Sending>(sender_, dispatcher_, recipient_.identity.node_id(), envelopes, share));
    lines.push_back(&senders.back()->line);
  }
  const double start = now_s();
  for (const auto& sender : senders) {
    sender->put_more();
    sender->line.flush();
  }
  serve(lines,
        [&] { return std::ranges::all_of(senders, [](const auto& one) { return one->unanswered == 0; }); });
  return now_s() - start;
}

/// @return  seconds
double TautBroker::drain(std::size_t messages) {
  std::vector<frame::QueueNumber> held;
  std::size_t received = 0, releases = 0;
  bool is_drained = false;
  Line* line = nullptr;
  const auto release = [&] {
    for (; !held.empty(); ++releases) line->session().release(node::take_ranges(held));
  };
  const auto hear = [&](node::SessionEvent& event) {
    if (const auto* delivered = std::get_if<node::Delivered>(&event)) {
      ++received;
      held.push_back(delivered->number);
      line->session().return_credit(delivered->envelope.size());
      if (held.size() >= kReleaseAt) release();
    }
    if (std::holds_alternative<node::AllDelivered>(event)) {
      is_drained = true;
      release();
    }
    if (std::holds_alternative<node::Answered>(event)) --releases;
  };
  const double start = now_s();
  Line connected(recipient_, dispatcher_, hear);
  line = &connected;
  line->session().subscribe(frame::Until::drained);
  line->flush();
  serve({line}, [&] { return is_drained && releases == 0; });
  if (received != messages) give_up("messages are missing");
  return now_s() - start;
}

double TautBroker::erasing_cpu_us() {
  const double before = process_->cpu_s();
  ::sleep(22);  // dispatcher::Limits::erase_within, and a little
  return (process_->cpu_s() - before) / static_cast<double>(messages_) * 1e6;
}

}  // namespace taut::bench
