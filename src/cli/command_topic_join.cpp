#include "cli/commands.hpp"
#include "cli/topic_carrier.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_run.hpp"
#include "introduction/locator.hpp"
#include "node/receiving.hpp"
#include "run/local_socket.hpp"

namespace taut::cli {
namespace {

Outcome<introduction::Locator> locator_of(const std::string& link) {
  auto locator = introduction::locator_from_text(link == "-" ? read_standard_input() : link);
  if (locator) return *std::move(locator);
  return failure_of(ExitCode::usage, locator.error(), "This is no link to a topic, or not all of it",
                    "Copy the whole of what taut topic invite printed, in quotes");
}

/// Asks, and fetches the answer from the own inbox; a `taut up` of this folder fetches for us.
class Joiner final : public TopicOnline::Owner,
                     public run::TaskRunner::Owner,
                     public run::LocalClient::Owner {
 public:
  Joiner(const TopicJoinRequest& request, const OpenNode& node, Context& context,
         const node::KnownTopic& topic)
      : request_(request),
        node_(node),
        context_(context),
        topic_(topic),
        session_([this] { stop(); }),
        online_(session_.loop(), node, context, topic.number, *this),
        receiving_(
            node::make_receiving(*node.store, node.self.identity, context.random, node::Stay::for_more)),
        inbox_(session_.loop(), *receiving_, node.self.identity, context.random, *this),
        look_(session_.loop(), [this] { look(); }),
        timeout_(session_.loop(), [this] {
          is_late_ = true;
          stop();
        }) {}

  Done run() {
    session_.loop().post([this] {
      if (request_.timeout) timeout_.arm(carrier::Loop::now() + *request_.timeout);
      look_.arm(carrier::Loop::now() + kTopicLookEvery);
      online_.start();
      if (online_.carrier()) return;  // the answer comes the same way
      auto up = run::LocalClient::connect(session_.loop(), context_.home.up_socket(), *this);
      if (up) return void(up_ = *std::move(up));
      is_receiving_ = true;
      inbox_.start();
    });
    session_.loop().run();
    return result();
  }

 private:
  void look() {
    take_welcomes();
    look_.arm(carrier::Loop::now() + kTopicLookEvery);
    on_progress();
    if (is_stopping_ || (online_.is_carried() && !online_.is_hopeless())) return;
    is_late_ = online_.is_carried();
    stop();
  }
  void on_items_ready() override { take_welcomes(); }
  void take_welcomes() {
    if (is_stopping_) return;
    const node::TopicMaker maker{*node_.store, node_.self.identity, context_.random};
    if (const auto taken = node::take_welcomes(maker, moment()); !taken) {
      ended_ = std::unexpected(taken.error());
      return stop();
    }
    online_.refresh();
  }

  void on_progress() override {
    if (!is_stopping_ && online_.topic() && online_.is_current()) stop();
  }
  void on_entry(const node::EntryPublished& entry) override {
    if (entry.kind != topic::EntryKind::introduction || std::exchange(has_asked_, true)) return;
    context_.out.say("taut: asked to be let in; waiting for a participant who is online");
  }
  void on_ended(const Status& status) override {
    if (!status) ended_ = status;
    stop();
    end();
  }
  // The inbox.
  void on_finished(const Status& status) override {
    is_receiving_ = false;
    if (!status && !is_stopping_) ended_ = status;
    stop();
    end();
  }
  // The `taut up` here: it tells nothing that looking does not find.
  void on_line(std::string_view) override {}
  void on_closed() override {
    session_.loop().post([this] {
      if (!std::exchange(up_, nullptr) || is_stopping_) return;
      is_receiving_ = true;
      inbox_.start();
    });
  }

  void stop() {
    if (std::exchange(is_stopping_, true)) return;
    look_.arm(std::nullopt);
    timeout_.arm(std::nullopt);
    session_.loop().post([this] {
      online_.stop();
      if (is_receiving_) inbox_.stop();
      end();
    });
  }
  void end() {
    if (online_.has_ended() && !is_receiving_) session_.loop().stop();
  }

  Done result() const {
    if (session_.was_interrupted()) return interrupted();
    if (!ended_) return topic_failure(*node_.store, ended_.error(), topic_.name);
    if (!online_.is_carried())
      context_.out.say("taut: now put it on a pipe: taut topic filter " + topic_.name);
    if (!is_late_) return {};
    if (!has_asked_ && !online_.topic()) return online_.failure();
    return failure(ExitCode::timeout, "not_let_in", "Nobody has let us into '" + topic_.name + "' in time",
                   "It stays asked for: taut up, or taut topic join again");
  }

  const TopicJoinRequest& request_;
  const OpenNode& node_;
  Context& context_;
  const node::KnownTopic& topic_;
  Session session_;
  TopicOnline online_;
  std::unique_ptr<node::Receiving> receiving_;
  run::TaskRunner inbox_;
  std::unique_ptr<run::LocalClient> up_;
  carrier::Timer look_;
  carrier::Timer timeout_;
  Status ended_;
  bool has_asked_ = false;
  bool is_receiving_ = false;
  bool is_late_ = false;
  bool is_stopping_ = false;
};

/// The topic of this name that waits to be let in by this link already, or a new one.
Outcome<node::KnownTopic> begin_to_join(const OpenNode& node, Context& context, const std::string& name,
                                        const introduction::Locator& link,
                                        const std::optional<node::TopicCarrier>& carrier) {
  if (const auto known = node::find_topic(*node.store, name);
      known && known->record.phase == node::TopicPhase::joining) {
    TAUT_TRY(const auto keeper, load_topic(node, context, *known));
    if (keeper->joining()->link().log_id == link.log_id) return *known;
  }
  const node::TopicMaker maker{*node.store, node.self.identity, context.random};
  const auto begun = node::join_topic(maker, name, link, moment(), carrier);
  if (!begun) return topic_failure(*node.store, begun.error(), name);
  return find_topic(*node.store, name);
}

bool is_on_log(const introduction::Locator& link) {
  return std::ranges::any_of(link.places, [](const introduction::Place& place) {
    return std::holds_alternative<identity::Dispatcher>(place);
  });
}

Outcome<std::optional<node::TopicCarrier>> carrier_of(const introduction::Locator& link,
                                                      const BrokerAccess& access, Context& context) {
  if (is_on_log(link)) return std::nullopt;
  if (link.places.empty()) return node::TopicCarrier{};
  if (!broker_of(link.places))
    return failure(ExitCode::usage, "no_place", "This link leads to no place that this taut knows",
                   "Update taut, or ask for a link to another place");
  TAUT_TRY(auto carrier, broker_carrier(access, context));
  return std::optional(std::move(carrier));
}

}  // namespace

Done run(const TopicJoinRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const introduction::Locator link, locator_of(request.link));
  TAUT_TRY(const auto carrier, carrier_of(link, request.access, context));
  if (!carrier && node.self.card.card().inboxes().empty())
    return failure(ExitCode::usage, "no_dispatcher", "No dispatcher is in use, so no answer can come",
                   "Take one: taut dispatcher use LINK");
  TAUT_TRY(const node::KnownTopic topic,
           begin_to_join(node, context, request.name.value_or(link.name), link, carrier));
  TAUT_CHECK(Joiner(request, node, context, topic).run());
  return run(TopicShowRequest{topic.name}, context);
}

}  // namespace taut::cli
