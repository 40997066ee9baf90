#include "cli/chat_commands.hpp"
#include "cli/chat_terminal.hpp"
#include "cli/chat_words.hpp"
#include "cli/commands.hpp"
#include "cli/contact_words.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_run.hpp"
#include "node/contacts.hpp"
#include "node/topic_items.hpp"
#include "run/standard_input.hpp"
#include "run/terminal_signals.hpp"

namespace taut::cli {
namespace {

constexpr std::size_t kChatBatchMax = 32;
constexpr std::chrono::seconds kChatTidyEvery{20};
constexpr std::chrono::seconds kVerifiedLookEvery{2};
/// A link that is away for less is not worth a word.
constexpr std::chrono::seconds kAwayPatience{3};
/// For what was said last to reach the log.
constexpr std::chrono::seconds kLeavePatience{3};

/// A person in a topic: what comes above, what is typed below.
class TopicChat final : public TopicRun {
 public:
  TopicChat(const OpenNode& node, Context& context, const node::KnownTopic& topic)
      : TopicRun(node, context, topic),
        own_(node.self.card.node_id()),
        names_(*node.store, Names::NodeIds::shortened),
        screen_(editor_),
        commands_(topic.name, node, online_, names_, screen_),
        input_(session_.loop(), [this](Result<Bytes> piece) { on_piece(std::move(piece)); }),
        signals_(session_.loop(), [this] { screen_.resized(); }),
        tidy_(session_.loop(), [this] { tidy(); }),
        verified_(session_.loop(), [this] { look_who_is_verified(); }),
        away_(session_.loop(), [this] { tell_away(); }) {}

  Done run(const topic::Topic& as_stored) {
    screen_.notice(topic_.name + ": " + members_in_words(as_stored, names_, own_) + ". /help says more");
    failed_ = show();
    if (!failed_) return failed_;
    input_.read();
    tidy();
    look_who_is_verified();
    away_.arm(carrier::Loop::now() + kAwayPatience);
    stay_online(std::nullopt);
    if (failed_) failed_ = show();  // the last of it may have come with the end
    editor_.close();
    return result();
  }

 private:
  static WallTime now() { return moment().wall.value_or(WallTime{}); }

  // ---- What is typed ----

  void on_piece(Result<Bytes> piece) {
    if (is_stopping_) return;
    if (!piece || piece->empty()) return quit();
    editor_.take(*piece);
    while (auto event = editor_.next()) std::visit([this](const auto& what) { on_typed(what); }, *event);
    if (!is_stopping_) input_.read();
  }
  void on_typed(const LineEditor::Line& line) {
    if (line.text.find_first_not_of(' ') == std::string::npos) return;
    if (!line.text.starts_with('/')) return say(line.text);
    if (line.text.starts_with("//")) return say(line.text.substr(1));
    const auto then = commands_.obey(line.text);
    if (then == ChatCommands::Then::leave) is_leaving_ = true;
    if (then == ChatCommands::Then::quit) quit();
    on_progress();
  }
  void on_typed(const LineEditor::End&) { quit(); }
  void on_typed(const LineEditor::TooLong&) {
    screen_.notice("a line has at most " + std::to_string(LineEditor::kCharactersMax) +
                   " characters; send more by: taut topic send " + topic_.name + " -");
  }

  void say(const std::string& text) {
    std::optional<MessageId> id;
    const Status done = online_.change([&](node::TopicChange& change) -> Status {
      TAUT_TRY(topic::Topic::Sealed sealed,
               change.topic.seal({topic::ContentType::text, to_bytes(as_bytes(text))}, change.now));
      id = sealed.message_id;
      return change.take(std::move(sealed.step));
    });
    if (!done) {
      const Failure why = topic_failure(*node_.store, done.error(), topic_.name).error();
      return screen_.notice("not said: " + why.what + ". " + why.next);
    }
    ChatLine line{now(), ChatMark::sent, expires(), "you", false, text};
    said_.insert(*id);
    screen_.show_own(*id, line, now());
  }
  bool expires() const { return online_.topic() && online_.topic()->settings().expires.count() != 0; }

  /// Not before what was said has a place, or a little later.
  void quit() {
    if (std::exchange(is_quitting_, true)) return;
    be_patient(kLeavePatience);
    on_progress();
  }

  // ---- What comes ----

  void on_progress() override {
    if (is_stopping_) return;
    failed_ = show();
    if (!failed_) return stop();
    look_how_it_stands();
    const topic::Topic* const here = online_.topic();
    // Another process may have heard of what we said: the topic knows.
    if (here && here->outbox_count() == 0) mark_all(delivered());
    if (is_quitting_ && (said_.empty() || !here)) stop();
  }
  void on_event(const topic::Event& event) override {
    const auto* const acknowledged = std::get_if<topic::Acknowledged>(&event);
    if (acknowledged == nullptr || said_.erase(acknowledged->message_id) == 0) return;
    screen_.set_mark(acknowledged->message_id, delivered());
  }
  ChatMark delivered() const {
    const bool has_log = !online_.topic() || online_.topic()->settings().has_log();
    return has_log ? ChatMark::in_log : ChatMark::acknowledged;
  }
  void mark_all(ChatMark mark) {
    for (const MessageId& id : std::exchange(said_, {})) screen_.set_mark(id, mark);
  }

  Done show() {
    for (;;) {
      const auto items = node::take_topic_items(*node_.store, topic_.number, kChatBatchMax, moment().wall);
      if (!items) return state_failure(*node_.store, items.error());
      if (items->empty()) return {};
      std::vector<node::RowNumber> shown;
      for (const node::TopicItem& item : *items) {
        show(item);
        shown.push_back(item.number);
      }
      if (const auto marked = node::mark_topic_items_shown(*node_.store, shown); !marked)
        return state_failure(*node_.store, marked.error());
    }
  }
  void show(const node::TopicItem& item) {
    if (!was_current_ && !std::exchange(has_unread_, true)) screen_.notice("while you were away:");
    if (const auto* const message = std::get_if<node::TopicMessage>(&item.what))
      return screen_.show(line_of(*message, names_), now());
    if (const auto* const unsent = std::get_if<node::TopicUnsent>(&item.what))
      if (said_.erase(unsent->message_id) > 0) screen_.set_mark(unsent->message_id, ChatMark::unsent);
    screen_.notice(notice_of(item, names_, own_));
  }

  // ---- How it stands ----

  void look_how_it_stands() {
    if (online_.is_current() && !std::exchange(was_current_, true) && has_unread_) screen_.notice("now:");
    const bool is_reachable = online_.is_reachable();
    if (std::exchange(was_reachable_, is_reachable) == is_reachable) return;
    away_.arm(is_reachable ? std::nullopt : std::optional(carrier::Loop::now() + kAwayPatience));
    if (is_reachable && std::exchange(is_away_, false)) screen_.notice("online again");
  }
  void tell_away() {
    if (is_stopping_) return;
    is_away_ = true;
    screen_.notice("not online: " + online_.failure().error().what +
                   ". What you say is kept, and goes later");
  }
  /// Somebody may compare a safety number meanwhile.
  void look_who_is_verified() {
    if (is_stopping_) return;
    verified_.arm(carrier::Loop::now() + kVerifiedLookEvery);
    if (!online_.topic()) return;
    for (const topic::Member& member : online_.topic()->members()) {
      const auto now = names_.of(member.node_id).verification;
      const auto [known, is_new] = verification_.try_emplace(member.node_id, now);
      if (is_new || std::exchange(known->second, now) == now) continue;
      const bool is_verified = now == node::Verification::verified;
      screen_.notice(names_.text_of(member.node_id) +
                     (is_verified ? " is verified" : " is no longer verified"));
    }
  }
  void tidy() {
    if (is_stopping_) return;
    (void)node_.store->tidy();  // busy: the next time
    tidy_.arm(carrier::Loop::now() + kChatTidyEvery);
  }

  // ---- The end ----

  void on_stopping() override {
    tidy_.arm(std::nullopt);
    verified_.arm(std::nullopt);
    away_.arm(std::nullopt);
    editor_.close();
  }
  Done result() {
    if (session_.was_interrupted()) return interrupted();
    TAUT_CHECK(failed_);
    if (is_quitting_) return quitted();
    TAUT_CHECK(ending());
    if (is_late_ && online_.is_hopeless()) return online_.failure();
    if (is_leaving_ && online_.topic() && online_.topic()->standing() == topic::Standing::closed) {
      if (const auto forgotten = node::forget_topic(*node_.store, topic_.number); !forgotten)
        return state_failure(*node_.store, forgotten.error());
      return {};
    }
    return check_open(online_.keeper(), *node_.store);
  }
  Done quitted() const {
    if (!said_.empty())
      context_.out.say("taut: " + counted(said_.size(), "message") +
                       " not in the log yet: kept, and sent when the topic is online: taut up");
    return {};
  }

  const NodeId own_;
  Names names_;
  LineEditor editor_;
  ChatScreen screen_;
  ChatCommands commands_;
  run::StandardInput input_;
  run::TerminalSignals signals_;
  carrier::Timer tidy_;
  carrier::Timer verified_;
  carrier::Timer away_;
  std::set<MessageId> said_;  ///< and not known to be delivered
  std::map<NodeId, node::Verification> verification_;
  Done failed_;
  bool has_unread_ = false;
  bool was_reachable_ = false;
  bool is_away_ = false;
  bool is_leaving_ = false;
  bool is_quitting_ = false;
};

Done check_terminal(const Context& context, const std::string& name) {
  if (has_terminal() && !context.out.is_json()) return {};
  return failure(
      ExitCode::usage, "no_terminal", "A chat needs a terminal at both ends",
      "Without one: taut topic send " + name + " TEXT, and taut topic recv " + name + " --follow --json");
}

/// A contact is no topic, though its name may be taken for one.
Outcome<node::KnownTopic> find_chat(store::NodeStore& store, const std::string& name) {
  auto topic = find_topic(store, name);
  if (topic || topic.error().exit != ExitCode::not_found || !node::find_contact(store, name)) return topic;
  return failure(ExitCode::not_found, "no_such_topic",
                 "'" + name + "' is a contact, and a chat is with a topic",
                 "Write by taut send " + name +
                     " TEXT, read by taut recv --follow; or make a topic: "
                     "taut topic create NAME");
}

}  // namespace

Done run(const TopicChatRequest& request, Context& context) {
  TAUT_CHECK(check_terminal(context, request.name));
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic topic, find_chat(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, topic));
  TAUT_CHECK(check_open(*keeper, *node.store));
  return TopicChat(node, context, topic).run(*keeper->topic());
}

}  // namespace taut::cli
