#include <unistd.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include "cli/commands.hpp"
#include "cli/copy_words.hpp"
#include "cli/json.hpp"
#include "cli/link_words.hpp"
#include "cli/outbox_keeper.hpp"
#include "cli/own_dispatchers.hpp"
#include "cli/task_session.hpp"
#include "cli/topic_online.hpp"
#include "cli/up_lines.hpp"
#include "node/contacts.hpp"
#include "node/reasons.hpp"
#include "node/receiving.hpp"
#include "run/local_socket.hpp"
#include "run/service_manager.hpp"
#include "store/private_files.hpp"

namespace taut::cli {
namespace {

/// How soon what other commands change in the state file is noticed.
constexpr std::chrono::seconds kLookEvery{2};
constexpr std::chrono::seconds kUpTidyEvery{20};
/// What commands left in the outbox is asked for again.
constexpr std::chrono::seconds kRetryEvery{60};

/// What other commands may change: the own card, and through it the dispatchers in use.
Outcome<std::uint64_t> card_sequence(store::NodeStore& store) {
  std::uint64_t sequence = 0;
  const auto read = store.read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(const identity::SignedCard card, node::own_card(transaction));
    sequence = card.card().sequence;
    return {};
  });
  if (!read) return state_failure(store, read.error());
  return sequence;
}

/// The dispatcher of `--dispatch`: the same process and identity, on a thread and a loop of its own.
class Dispatching {
 public:
  Dispatching(const DispatcherRunRequest& request, const Context& context, carrier::Loop::Task on_end)
      : request_(request),
        context_{context.out, context.home, {}},
        thread_([this, on_end = std::move(on_end)] {
          end_ = cli::run(request_, context_);
          has_ended_ = true;
          on_end();
        }) {}
  Dispatching(const Dispatching&) = delete;
  Dispatching& operator=(const Dispatching&) = delete;
  ~Dispatching() { (void)join(); }

  /// Ends it as the signal does that ends everything.
  void stop() const {
    if (!has_ended_) ::kill(::getpid(), SIGTERM);
  }
  Done join() {
    if (thread_.joinable()) thread_.join();
    return end_;
  }

 private:
  DispatcherRunRequest request_;
  Context context_;
  Done end_;
  std::atomic<bool> has_ended_ = false;
  std::thread thread_;  ///< last: it uses the rest
};

/// A node that stays online, until interrupted.
class Up final : public run::TaskRunner::Owner, public run::LocalServer::Owner {
 public:
  Up(const UpRequest& request, const OpenNode& node, Context& context);

  Done run();

 private:
  using ClientId = run::LocalServer::ClientId;

  void on_items_ready() override {
    tell_all(kUpItems);
    outbox_.put_releases();
    topics_.look();
  }
  void on_drained() override;
  void on_copy_noticed(const node::CopyNoticed& noticed) override;
  void on_finished(const Status& status) override;
  void on_line(ClientId client, std::string_view line) override;
  void on_gone(ClientId client) override { asking_.erase(client); }

  Done start();
  bool lives_by_brokers() const;
  Done announce();
  void start_receiving();
  void look();
  void tell_all(std::string_view line) {
    if (server_) server_->send_to_all(line);
  }
  void stop();
  Done result();

  const UpRequest& request_;
  const OpenNode& node_;
  Context& context_;
  std::optional<store::FileLock> lock_;
  Session session_;
  std::unique_ptr<node::Receiving> receiving_;
  run::TaskRunner runner_;
  OutboxKeeper outbox_;
  TopicsOnline topics_;
  std::unique_ptr<run::LocalServer> server_;
  std::set<ClientId> asking_;
  std::uint64_t card_sequence_;
  bool is_receiving_ = false;
  bool is_announced_ = false;
  carrier::Timer look_;
  carrier::Timer tidy_;
  carrier::Timer retry_;
  Status end_;
  std::optional<Dispatching> dispatching_;  ///< last: its thread ends before the rest goes
};

Up::Up(const UpRequest& request, const OpenNode& node, Context& context)
    : request_(request),
      node_(node),
      context_(context),
      session_([this] { stop(); }),
      receiving_(node::make_receiving(*node.store, node.self.identity, context.random, node::Stay::for_more)),
      runner_(session_.loop(), *receiving_, node.self.identity, context.random, *this),
      outbox_(session_.loop(), node, context),
      topics_(session_.loop(), node, context),
      card_sequence_(node.self.card.card().sequence),
      look_(session_.loop(), [this] { look(); }),
      tidy_(session_.loop(),
            [this] {
              // Busy: the next time.
              (void)node::sweep_topic_items(*node_.store, moment().wall);
              (void)node_.store->tidy();
              tidy_.arm(carrier::Loop::now() + kUpTidyEvery);
            }),
      retry_(session_.loop(), [this] {
        outbox_.put_all();
        retry_.arm(carrier::Loop::now() + kRetryEvery);
      }) {}

Done Up::run() {
  TAUT_CHECK(start());
  session_.loop().run();
  return result();
}

Done Up::start() {
  auto lock = store::FileLock::take(context_.home.up_lock());
  if (!lock) return failure_of(lock.error());
  lock_ = *std::move(lock);
  if (auto server = run::LocalServer::listen(session_.loop(), context_.home.up_socket(), *this))
    server_ = *std::move(server);
  else
    context_.out.say("taut: no socket for other commands (" + std::string(server.error().reason.name) +
                     "); they open the state themselves");
  if (request_.dispatch)
    dispatching_.emplace(*request_.dispatch, context_, [this] { session_.loop().post([this] { stop(); }); });
  else if (lives_by_brokers())
    session_.loop().post([this] { (void)announce(); });
  else
    start_receiving();
  look_.arm(carrier::Loop::now() + (is_receiving_ ? kLookEvery : std::chrono::seconds(0)));
  tidy_.arm(carrier::Loop::now() + kUpTidyEvery);
  retry_.arm(carrier::Loop::now() + std::chrono::seconds(1));
  return {};
}

/// Without an inbox, a node with topics at brokers still has something to stay online for.
bool Up::lives_by_brokers() const {
  const auto dispatchers = own_dispatchers(*node_.store);
  return dispatchers && dispatchers->empty() && has_broker(*node_.store);
}

/// Once.
Done Up::announce() {
  if (std::exchange(is_announced_, true)) return {};
  run::tell_service_manager("READY=1");
  if (context_.out.is_json())
    return context_.out.print(
        line_of({{"v", kJsonVersion}, {"event", "up"}, {"node", to_text(node_.self.card.node_id())}}));
  context_.out.say("taut: up; taut recv shows what comes, and taut send works as ever");
  return {};
}

void Up::start_receiving() {
  is_receiving_ = true;
  session_.loop().post([this] {
    runner_.start();
    (void)announce();
  });
}

/// A dispatcher of our own is there once the card says where: receiving begins then.
void Up::look() {
  const auto sequence = card_sequence(*node_.store);
  const bool is_new = sequence && std::exchange(card_sequence_, *sequence) != *sequence;
  if (!is_receiving_ && is_new) start_receiving();
  if (is_receiving_ && is_new) runner_.carry_out(receiving_->refresh(moment()));
  if (is_receiving_ || !dispatching_) topics_.look();
  const auto pause =
      is_receiving_ || !dispatching_ ? std::chrono::milliseconds(kLookEvery) : std::chrono::milliseconds(50);
  look_.arm(carrier::Loop::now() + pause);
}

void Up::on_line(ClientId client, std::string_view line) {
  if (line != kUpAsk || !server_) return;
  if (!is_receiving_) return server_->send(client, kUpAway);
  asking_.insert(client);
  runner_.carry_out(receiving_->ask(moment()));
  if (!receiving_->has_hope() && asking_.erase(client) > 0) server_->send(client, kUpAway);
}

void Up::on_drained() {
  for (const ClientId client : std::exchange(asking_, {})) server_->send(client, kUpDrained);
}

void Up::on_copy_noticed(const node::CopyNoticed& noticed) {
  const CopyWords words = words_for(noticed.copy);
  context_.out.say("taut: " + words.what + ". " + words.next);
  if (context_.out.is_json())
    (void)context_.out.print(line_of({{"v", kJsonVersion},
                                      {"event", copy_name(noticed.copy)},
                                      {"dispatcher", to_text(noticed.dispatcher)}}));
}

void Up::on_finished(const Status& status) {
  end_ = status;
  stop();
  if (dispatching_ && !session_.was_interrupted()) dispatching_->stop();
  session_.loop().stop();
}

void Up::stop() {
  run::tell_service_manager("STOPPING=1");
  server_.reset();
  outbox_.stop();
  topics_.stop();
  look_.arm(std::nullopt);
  retry_.arm(std::nullopt);
  if (is_receiving_) return runner_.stop();
  session_.loop().stop();
}

Done Up::result() {
  if (dispatching_) TAUT_CHECK(dispatching_->join());
  if (!end_ && end_.error().reason == reasons::kNoDispatcher)
    return failure_of(end_.error(), "No dispatcher is in use, so nothing can come",
                      "Take one: taut dispatcher use LINK; or be one: taut up --dispatch 127.0.0.1:7420");
  if (!end_ && end_.error().reason == reasons::kOwnRevoked) return own_revoked();
  if (!end_) return state_failure(*node_.store, end_.error());
  return {};
}

}  // namespace

Done run(const UpRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  if (node.self.card.revocation()) return own_revoked();
  return Up(request, node, context).run();
}

}  // namespace taut::cli
