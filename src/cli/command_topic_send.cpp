#include "cli/commands.hpp"
#include "cli/message_source.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_run.hpp"
#include "cli/topic_text.hpp"
#include "crypto/encoding.hpp"

namespace taut::cli {
namespace {

/// Sealed, and not acknowledged yet.
constexpr std::size_t kTopicInFlightMax = 256;
/// Without any progress.
constexpr std::chrono::seconds kAnswerPatience{30};
/// To be reached, and to have told all that we do not know.
constexpr std::chrono::seconds kReachPatience{15};

struct SentMessage {
  MessageId id;
  SubmissionId entry;
};

/// Seals what it is given once the topic is current, and waits until it is certain: with a log, until that
/// has all of it; without one, until the carrier has, or whoever has the carrier is left with it.
class TopicSender final : public TopicRun {
 public:
  TopicSender(const TopicSendRequest& request, const OpenNode& node, Context& context,
              const node::KnownTopic& topic)
      : TopicRun(node, context, topic),
        request_(request),
        cutter_(request.lines ? MessageCutter::Cut::lines : MessageCutter::Cut::nowhere) {
    if (request.text == "-") {
      input_.emplace(session_.loop(), [this](Result<Bytes> piece) { on_piece(std::move(piece)); });
      return;
    }
    failed_ = cutter_.take(as_bytes(request.text));
    cutter_.end();
  }

  Done run() {
    TAUT_CHECK(failed_);
    stay_online(kReachPatience);
    return result();
  }

 private:
  void on_piece(Result<Bytes> piece) {
    is_reading_ = false;
    if (!piece)
      failed_ = failure_of(piece.error(), "Cannot read standard input", "Give the text as a word instead");
    else if (piece->empty())
      cutter_.end();
    else
      failed_ = cutter_.take(*piece);
    if (!failed_) cutter_.end();  // what came before is sent all the same
    on_progress();
  }

  void on_progress() override {
    if (is_stopping_ || !online_.topic()) return;
    if (!was_current_ && !online_.is_reachable()) return;
    if (!std::exchange(was_current_, true)) be_patient(kAnswerPatience);
    feed();
    if (is_stopping_ || !online_.topic()) return;
    // Another process may have heard of what we sent: the topic knows.
    if (online_.topic()->outbox_count() == 0) print_rest("stored");
    if (!online_.has_carrier()) print_rest("kept");
    if (cutter_.is_over() && waiting_.empty() && !is_stopping_) stop();
  }

  void feed() {
    if (is_stopping_) return;
    if (!cutter_.is_empty() && room() > 0) seal_some();
    if (!input_ || cutter_.is_over() || !cutter_.is_empty()) return;
    be_patient(waiting_.empty() ? std::nullopt : Patience(kAnswerPatience));
    if (!std::exchange(is_reading_, true)) input_->read();
  }

  /// Where others are slow to acknowledge, what was said before stands in the way.
  std::size_t room() const {
    const std::size_t in_flight = std::min(waiting_.size(), kTopicInFlightMax);
    const std::size_t unacknowledged = std::min(online_.topic()->outbox_count(), topic::kOutboxCountMax);
    return std::min(kTopicInFlightMax - in_flight, topic::kOutboxCountMax - unacknowledged);
  }

  void seal_some() {
    be_patient(kAnswerPatience);
    std::vector<topic::Content> contents;
    for (std::size_t left = room(); !cutter_.is_empty() && left > 0; --left) {
      envelope::Content cut = *cutter_.next();
      const bool is_text = cut.type == envelope::ContentType::text;
      contents.push_back({is_text ? topic::ContentType::text : topic::ContentType::bytes, std::move(cut.body),
                          request_.expires});
    }
    std::vector<SentMessage> sealed;
    const Status done = online_.change([&](node::TopicChange& change) -> Status {
      sealed.clear();
      for (const topic::Content& content : contents) {
        TAUT_TRY(topic::Topic::Sealed one, change.topic.seal(content, change.now));
        sealed.push_back({one.message_id, entry_of(one.step)});
        TAUT_CHECK(change.take(std::move(one.step)));
      }
      return {};
    });
    if (!done) {
      failed_ = topic_failure(*node_.store, done.error(), topic_.name);
      return stop();
    }
    waiting_.insert(waiting_.end(), sealed.begin(), sealed.end());
  }

  /// Nothing was published where there is nobody to hear it.
  static SubmissionId entry_of(const topic::Step& step) {
    const auto entry = std::ranges::find(step.publish, topic::EntryKind::message, &topic::Entry::kind);
    return entry == step.publish.end() ? SubmissionId() : entry->id;
  }

  void on_event(const topic::Event& event) override {
    if (const auto* const stored = std::get_if<topic::Acknowledged>(&event)) {
      be_patient(kAnswerPatience);
      settle(std::ranges::find(waiting_, stored->message_id, &SentMessage::id), "stored");
    } else if (const auto* const unsent = std::get_if<topic::Unsent>(&event)) {
      const bool is_ours =
          settle(std::ranges::find(waiting_, unsent->message_id, &SentMessage::id), "unsent");
      if (is_ours) ++unsent_count_;
    }
  }
  /// Without a log the carrier's word is all that there is while others are away; with one, a fallback's
  /// while the home is, and we keep it until it stands in the log.
  void on_entry(const node::EntryPublished& entry) override {
    const auto sent = std::ranges::find(waiting_, entry.id, &SentMessage::entry);
    if (sent == waiting_.end()) return;
    if (entry.publication == node::Publication::at_fallback) {
      settle(sent, "fallback");
    } else if (online_.carrier() && entry.publication == node::Publication::stored) {
      settle(sent, "sent");
    } else if (online_.carrier() && !is_stopping_) {
      failed_ = online_.failure();
      return stop();
    }
    on_progress();
  }
  bool settle(std::vector<SentMessage>::iterator sent, std::string_view outcome) {
    if (sent == waiting_.end()) return false;
    be_patient(kAnswerPatience);
    print(sent->id, outcome);
    waiting_.erase(sent);
    return true;
  }
  void print_rest(std::string_view outcome) {
    for (const SentMessage& one : std::exchange(waiting_, {})) print(one.id, outcome);
  }
  void print(const MessageId& id, std::string_view outcome) {
    const std::string text = crypto::to_hex(id.view());
    const Done printed =
        context_.out.print(context_.out.is_json() ? line_of({{"v", kJsonVersion},
                                                             {"event", "receipt"},
                                                             {"topic", topic_.name},
                                                             {"id", text},
                                                             {"outcome", outcome}})
                                                  : std::string(outcome) + " " + text + "\n");
    if (!printed && failed_) failed_ = printed;
  }

  Done result() const {
    if (session_.was_interrupted()) return interrupted();
    TAUT_CHECK(failed_);
    TAUT_CHECK(ending());
    TAUT_CHECK(check_open(online_.keeper(), *node_.store));
    if (!was_current_) return online_.failure();
    if (unsent_count_ != 0)
      return failure(ExitCode::unexpected, "unsent", counted(unsent_count_, "message") + " cannot be sent",
                     "Say it again");
    if (!cutter_.is_over())
      return failure(ExitCode::timeout, "quota", "Not all was sent: too much waits to be acknowledged",
                     "Send the rest later; see how much waits: taut topic show " + topic_.name);
    if (waiting_.empty()) return {};
    return failure(ExitCode::unreachable, "outcome_unknown",
                   "What became of " + counted(waiting_.size(), "message") + " is not known",
                   "Kept, and sent again when the topic is online: taut up");
  }

  const TopicSendRequest& request_;
  MessageCutter cutter_;
  std::optional<run::StandardInput> input_;
  std::vector<SentMessage> waiting_;
  std::size_t unsent_count_ = 0;
  Done failed_;
  bool is_reading_ = false;
};

}  // namespace

Done run(const TopicSendRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic topic, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, topic));
  TAUT_CHECK(check_open(*keeper, *node.store));
  return TopicSender(request, node, context, topic).run();
}

}  // namespace taut::cli
