#include <algorithm>

#include "cli/commands.hpp"
#include "cli/contact_words.hpp"
#include "cli/fetching.hpp"
#include "cli/message_source.hpp"
#include "cli/send_words.hpp"
#include "cli/task_session.hpp"
#include "node/reasons.hpp"
#include "node/sending.hpp"

namespace taut::cli {
namespace {

/// Sends one stream of messages to every node of a contact.
class Sender {
 public:
  Sender(const SendRequest& request, const node::Contact& contact, const OpenNode& node, Context& context);

  Done run();

 private:
  /// One node of the contact.
  struct Target final : run::TaskRunner::Owner {
    Target(Sender& its_sender, const identity::SignedCard& its_card, const OpenNode& node,
           const node::SendOptions& options);
    void on_receipt(const node::Receipt& receipt) override { sender.on_receipt(receipt); }
    void on_settled() override { sender.feed(); }
    void on_finished(const Status& its_end) override {
      end = its_end;
      sender.stop_if_finished();
    }

    Sender& sender;
    const identity::SignedCard& card;
    std::unique_ptr<node::Sending> sending;
    run::TaskRunner runner;
    std::optional<Status> end;
  };

  void on_piece(Result<Bytes> piece);
  void on_receipt(const node::Receipt& receipt);
  void feed();
  std::size_t wanted() const;
  void on_fetching_failed(const Error& why);
  void stop();
  void stop_if_finished();
  Done result() const;

  const SendRequest& request_;
  const node::Contact& contact_;
  const OpenNode& node_;
  Context& context_;
  MessageCutter cutter_;
  Session session_;
  std::optional<run::StandardInput> input_;
  std::optional<Fetching> fetching_;  ///< where signatures are waited for: they come to our inbox
  std::vector<std::unique_ptr<Target>> targets_;
  Done failed_;              ///< reading or printing
  bool is_revoked_ = false;  ///< we are: no signature comes to us, and nobody believes ours
  bool is_reading_ = false;
  bool has_said_all_ = false;
  SendCounts counts_;
};

node::SendOptions options_of(const SendRequest& request) {
  node::SendOptions options;
  if (request.copies == Copies::one) options.copies = 1;
  if (request.copies == Copies::all) options.copies = node::kCopiesMax;
  if (request.wait == WaitFor::fetched) options.handling.until = node::Until::fetched;
  if (request.wait == WaitFor::released) options.handling.until = node::Until::released;
  if (request.online_only) options.handling.keep = node::Keep::online_only;
  if (request.expires) options.handling.ttl = *request.expires;
  options.release_deadline = request.timeout;
  return options;
}

Sender::Target::Target(Sender& its_sender, const identity::SignedCard& its_card, const OpenNode& node,
                       const node::SendOptions& options)
    : sender(its_sender),
      card(its_card),
      sending(node::make_sending(*node.store, node.self.identity, card, sender.context_.random, options)),
      runner(sender.session_.loop(), *sending, node.self.identity, sender.context_.random, *this) {}

Sender::Sender(const SendRequest& request, const node::Contact& contact, const OpenNode& node,
               Context& context)
    : request_(request),
      contact_(contact),
      node_(node),
      context_(context),
      cutter_(request.lines ? MessageCutter::Cut::lines : MessageCutter::Cut::nowhere),
      session_([this] { stop(); }) {
  for (const auto& card : contact.cards)
    targets_.push_back(std::make_unique<Target>(*this, card, node, options_of(request)));
  if (request.wait == WaitFor::released)
    fetching_.emplace(session_.loop(), node, context, [this](const Error& why) { on_fetching_failed(why); });
  if (request.text == "-") {
    input_.emplace(session_.loop(), [this](Result<Bytes> piece) { on_piece(std::move(piece)); });
    return;
  }
  failed_ = cutter_.take(as_bytes(request.text));
  cutter_.end();
}

Done Sender::run() {
  TAUT_CHECK(failed_);
  session_.loop().post([this] {
    for (const auto& target : targets_) target->runner.start();
    if (fetching_) fetching_->start();
    feed();
  });
  session_.loop().run();
  return result();
}

void Sender::on_piece(Result<Bytes> piece) {
  is_reading_ = false;
  if (!piece)
    failed_ = failure_of(piece.error(), "Cannot read standard input", "Give the text as a word instead");
  else if (piece->empty())
    cutter_.end();
  else
    failed_ = cutter_.take(*piece);
  if (!failed_) cutter_.end();  // what came before is sent all the same
  feed();
}

std::size_t Sender::wanted() const {
  std::size_t wanted = node::kInFlightMax;
  for (const auto& target : targets_)
    if (!target->end) wanted = std::min(wanted, target->sending->wants());
  return wanted;
}

void Sender::feed() {
  if (has_said_all_) return;
  for (std::size_t room = wanted(); room > 0 && !cutter_.is_empty(); room = wanted()) {
    const envelope::Content content = *cutter_.next();
    ++counts_.offered;
    for (const auto& target : targets_) {
      if (target->end) continue;
      // Its size was checked, and it was wanted; what the task thinks wrong all the same is in its end.
      (void)target->sending->offer(content);
      target->runner.settle_soon();
    }
  }
  if (cutter_.is_over()) {
    has_said_all_ = true;
    for (const auto& target : targets_) {
      if (target->end) continue;
      target->sending->no_more();
      target->runner.settle_soon();
    }
  } else if (input_ && cutter_.is_empty() && !std::exchange(is_reading_, true)) {
    input_->read();
  }
}

void Sender::on_receipt(const node::Receipt& receipt) {
  counts_.count(receipt);
  // Every line is offered, in order, so a message's place among the offers is that of its line.
  const bool has_line = cutter_.cut() == MessageCutter::Cut::lines && receipt.offer != 0;
  const auto line = has_line ? std::optional(receipt.offer) : std::nullopt;
  const Done printed = print_receipt(context_, receipt, contact_.petname, line);
  if (!printed && failed_) failed_ = printed;
}

/// Other failures may be somebody's passing trouble: the time for waiting ends those.
void Sender::on_fetching_failed(const Error& why) {
  if (why.reason != reasons::kOwnRevoked) return;
  is_revoked_ = true;
  stop();
}

void Sender::stop() {
  for (const auto& target : targets_) target->runner.stop();
}

void Sender::stop_if_finished() {
  if (!std::ranges::all_of(targets_, [](const auto& target) { return target->end.has_value(); })) return;
  if (!fetching_) return session_.loop().stop();
  fetching_->stop([this] { session_.loop().stop(); });
}

Done Sender::result() const {
  if (session_.was_interrupted()) return interrupted();
  if (is_revoked_) return own_revoked();
  for (const auto& target : targets_) {
    if (*target->end) continue;
    if (request_.online_only && target->end->error().reason == reasons::kDeclined)
      return failure_of(ExitCode::unreachable, target->end->error(),
                        contact_.petname + " is not online, or did not confirm; nothing was kept",
                        "Send without --online-only: the message then waits at a dispatcher");
    return send_failure(*node_.store, contact_.petname, target->end->error(),
                        target->runner.last_link_failure(), counts_);
  }
  return failed_;
}

}  // namespace

Done run(const SendRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, request.who));
  if (request.wait == WaitFor::released && node.self.card.card().inboxes().empty())
    return failure(ExitCode::usage, "no_dispatcher",
                   "No dispatcher is in use here, so no signature that a message was released can come",
                   "Take one: taut dispatcher use LINK; or take a dispatcher's word: --wait fetched");
  return Sender(request, contact, node, context).run();
}

}  // namespace taut::cli
