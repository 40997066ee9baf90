#include "cli/commands.hpp"
#include "cli/copy_words.hpp"
#include "cli/link_words.hpp"
#include "cli/message_text.hpp"
#include "cli/outbox_keeper.hpp"
#include "cli/task_session.hpp"
#include "cli/up_lines.hpp"
#include "node/reasons.hpp"
#include "node/receiving.hpp"
#include "node/topics.hpp"
#include "run/local_socket.hpp"

namespace taut::cli {
namespace {

/// Printed and marked as shown together: few enough to lose little time, enough to share a sync.
constexpr std::size_t kBatchMax = 16;

/// What was shown and erased is in no file so much later, as long as we stay.
constexpr std::chrono::seconds kTidyEvery{20};

/// How long we stay for senders who wait for our signature; the next command puts what is left.
constexpr std::chrono::seconds kReleasesMax{2};

node::Stay stay_of(const RecvRequest& request) {
  const bool waits = request.follow || request.timeout || request.count;
  return waits ? node::Stay::for_more : node::Stay::until_drained;
}

/// Shows items as they come, until there is a reason to stop.
class Receiver final : public run::TaskRunner::Owner, public run::LocalClient::Owner {
 public:
  Receiver(const RecvRequest& request, const OpenNode& node, Context& context);

  Done run();

 private:
  void on_items_ready() override {
    releases_.put_releases();
    take_welcomes();
    show_and_stop_if_done();
  }
  void on_drained() override;
  void on_copy_noticed(const node::CopyNoticed& noticed) override;
  void on_finished(const Status& status) override;

  // A `taut up` of this folder fetches, and tells us.
  void on_line(std::string_view line) override;
  void on_closed() override;

  void take_welcomes();
  void start();
  void receive();
  void end();
  void leave_if_over();
  void tidy();
  void show_and_stop_if_done();
  Done show();
  Done show(std::span<const node::Item> items);
  Outcome<std::optional<std::string>> petname_of(const NodeId& node);
  bool has_enough() const;
  void stop();
  Done result() const;

  const RecvRequest& request_;
  const OpenNode& node_;
  Context& context_;
  Session session_;
  std::unique_ptr<node::Receiving> receiving_;
  run::TaskRunner runner_;
  OutboxKeeper releases_;
  std::unique_ptr<run::LocalClient> up_;
  bool is_up_away_ = false;  ///< and reaches no dispatcher
  carrier::Timer timeout_;
  carrier::Timer tidy_;
  carrier::Timer leave_;
  std::uint64_t shown_count_ = 0;
  bool has_drained_ = false;
  bool is_late_ = false;
  bool is_stopping_ = false;
  bool is_over_ = false;
  Done failed_;
  Status end_;
};

Receiver::Receiver(const RecvRequest& request, const OpenNode& node, Context& context)
    : request_(request),
      node_(node),
      context_(context),
      session_([this] { stop(); }),
      receiving_(node::make_receiving(*node.store, node.self.identity, context.random, stay_of(request))),
      runner_(session_.loop(), *receiving_, node.self.identity, context.random, *this),
      releases_(session_.loop(), node, context, [this] { leave_if_over(); }),
      timeout_(session_.loop(),
               [this] {
                 is_late_ = true;
                 stop();
               }),
      tidy_(session_.loop(), [this] { tidy(); }),
      leave_(session_.loop(), [this] { session_.loop().stop(); }) {}

Done Receiver::run() {
  // What an earlier run has received and not shown comes first, and may be all that is asked for.
  TAUT_CHECK(show());
  if (request_.count && shown_count_ >= *request_.count) return {};
  session_.loop().post([this] { start(); });
  session_.loop().run();
  return result();
}

void Receiver::start() {
  if (request_.timeout) timeout_.arm(carrier::Loop::now() + *request_.timeout);
  auto up = run::LocalClient::connect(session_.loop(), context_.home.up_socket(), *this);
  if (!up) return receive();
  up_ = *std::move(up);
  up_->send(kUpAsk);
}

void Receiver::receive() {
  tidy_.arm(carrier::Loop::now() + kTidyEvery);
  runner_.start();
  releases_.put_releases();  // what an earlier run has not put
}

void Receiver::on_line(std::string_view line) {
  if (line == kUpItems) return show_and_stop_if_done();
  if (line == kUpAway) is_up_away_ = true;
  if (line == kUpAway && stay_of(request_) == node::Stay::until_drained) return stop();
  if (line != kUpDrained) return;
  is_up_away_ = false;
  show_and_stop_if_done();
  if (is_stopping_) return;
  on_drained();
  if (stay_of(request_) == node::Stay::until_drained && !is_stopping_) stop();
}

/// It was stopped: what it did is ours to do now.
void Receiver::on_closed() {
  session_.loop().post([this] {
    if (!std::exchange(up_, nullptr) || is_stopping_) return;
    is_up_away_ = false;
    receive();
  });
}

void Receiver::tidy() {
  (void)node_.store->tidy();  // busy: the next time
  tidy_.arm(carrier::Loop::now() + kTidyEvery);
  show_and_stop_if_done();  // what a command beside us has fetched, one that waits for a signature perhaps
}

/// Letters that let us into a topic. What cannot be opened now is looked at again with the next one.
void Receiver::take_welcomes() {
  const auto opened = node::take_welcomes({*node_.store, node_.self.identity, context_.random}, moment());
  if (!opened || opened->empty()) return;
  const auto topics = node::topics(*node_.store);
  if (!topics) return;
  for (const node::KnownTopic& topic : *topics)
    if (std::ranges::find(*opened, topic.number) != opened->end())
      context_.out.say("taut: let into the topic '" + topic.name + "': taut topic recv " + topic.name);
}

void Receiver::show_and_stop_if_done() {
  if (is_stopping_) return;
  failed_ = show();
  if (!failed_ || has_enough()) stop();
}

void Receiver::on_drained() {
  has_drained_ = true;
  if (has_enough()) stop();
}

/// With a count, that many; with a time alone, whatever was there when everything had been fetched.
bool Receiver::has_enough() const {
  if (request_.count) return shown_count_ >= *request_.count;
  return !request_.follow && has_drained_ && shown_count_ > 0;
}

void Receiver::stop() {
  is_stopping_ = true;
  timeout_.arm(std::nullopt);
  if (up_) return end();
  runner_.stop();
}

void Receiver::on_copy_noticed(const node::CopyNoticed& noticed) {
  const CopyWords words = words_for(noticed.copy);
  context_.out.say("taut: " + words.what + ". " + words.next);
  if (!context_.out.is_json() || !failed_) return;
  failed_ = context_.out.print(line_of({{"v", kJsonVersion},
                                        {"event", copy_name(noticed.copy)},
                                        {"dispatcher", to_text(noticed.dispatcher)}}));
}

void Receiver::on_finished(const Status& status) {
  end_ = status;
  end();
}

void Receiver::end() {
  // The last of it may have come with the end.
  if (failed_ && !is_late_ && !session_.was_interrupted() && !has_enough()) failed_ = show();
  is_over_ = true;
  if (session_.was_interrupted() || !releases_.is_busy()) return session_.loop().stop();
  leave_.arm(carrier::Loop::now() + kReleasesMax);
}

void Receiver::leave_if_over() {
  if (is_over_) session_.loop().stop();
}

Done Receiver::show() {
  for (;;) {
    std::size_t count = kBatchMax;
    if (request_.count) count = std::min<std::size_t>(count, *request_.count - shown_count_);
    if (count == 0) return {};
    const auto items = node::take(*node_.store, count);
    if (!items) return state_failure(*node_.store, items.error());
    if (items->empty()) return {};
    TAUT_CHECK(show(*items));
  }
}

/// Print, flush, commit: what could not be printed comes again.
Done Receiver::show(std::span<const node::Item> items) {
  std::vector<node::RowNumber> shown;
  Done printed;
  for (const node::Item& item : items) {
    TAUT_TRY(const auto petname, petname_of(sender_of(item)));
    printed =
        context_.out.print(context_.out.is_json() ? line_of(json_of(item, petname)) : text_of(item, petname));
    if (!printed) break;
    shown.push_back(item.number);
  }
  if (const auto marked = node::mark_shown(*node_.store, shown); !marked)
    return state_failure(*node_.store, marked.error());
  shown_count_ += shown.size();
  return printed;
}

Outcome<std::optional<std::string>> Receiver::petname_of(const NodeId& node) {
  std::optional<std::string> petname;
  const auto read = node_.store->read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(const auto contact, transaction.contact_of(node));
    if (contact) petname = contact->petname;
    return {};
  });
  if (!read) return state_failure(*node_.store, read.error());
  return petname;
}

Done Receiver::result() const {
  if (session_.was_interrupted()) return interrupted();
  TAUT_CHECK(failed_);
  if (is_up_away_ && !has_drained_ && !request_.follow)
    return failure(ExitCode::unreachable, "up_away", "taut up runs here, and reaches no dispatcher",
                   "Its log says more: taut up --verbose; or look with taut doctor");
  const auto& link = runner_.last_link_failure();
  if (!end_ && end_.error().reason == reasons::kOwnRevoked) return own_revoked();
  if (!end_ && end_.error().reason == reasons::kNoDispatcher)
    return failure_of(end_.error(), "No dispatcher is in use, so there is nowhere to receive from",
                      "Take one: taut dispatcher use LINK");
  // Nothing of ours was at fault, so it was the link.
  if (link && !has_drained_ && (!end_ || is_late_))
    return link_failure(link->error, title_of(link->dispatcher), link->dispatcher);
  if (!end_) return state_failure(*node_.store, end_.error());
  if (!is_late_ || shown_count_ > 0) return {};
  return failure(ExitCode::timeout, "nothing_came", "No message came in time",
                 "Wait longer, or without an end: taut recv --follow");
}

}  // namespace

Done run(const RecvRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  return Receiver(request, node, context).run();
}

}  // namespace taut::cli
