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

/// Seals what it is given once the topic is current, and waits until the log has all of it.
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
    if (online_.topic()->outbox_count() == 0) print_rest();
    if (cutter_.is_over() && waiting_.empty() && !is_stopping_) stop();
  }

  void feed() {
    if (is_stopping_) return;
    if (!cutter_.is_empty() && waiting_.size() < kTopicInFlightMax) seal_some();
    if (!input_ || cutter_.is_over() || !cutter_.is_empty()) return;
    be_patient(waiting_.empty() ? std::nullopt : Patience(kAnswerPatience));
    if (!std::exchange(is_reading_, true)) input_->read();
  }

  void seal_some() {
    be_patient(kAnswerPatience);
    std::vector<topic::Content> contents;
    while (!cutter_.is_empty() && waiting_.size() + contents.size() < kTopicInFlightMax) {
      envelope::Content cut = *cutter_.next();
      const bool is_text = cut.type == envelope::ContentType::text;
      contents.push_back({is_text ? topic::ContentType::text : topic::ContentType::bytes, std::move(cut.body),
                          request_.expires});
    }
    std::vector<MessageId> sealed;
    std::map<SubmissionId, MessageId> entries;
    const Status done = online_.change([&](node::TopicChange& change) -> Status {
      sealed.clear();
      entries.clear();
      for (const topic::Content& content : contents) {
        TAUT_TRY(topic::Topic::Sealed one, change.topic.seal(content, change.now));
        sealed.push_back(one.message_id);
        for (const topic::Entry& entry : one.step.publish) entries.emplace(entry.id, one.message_id);
        TAUT_CHECK(change.take(std::move(one.step)));
      }
      return {};
    });
    if (!done) {
      failed_ = topic_failure(*node_.store, done.error(), topic_.name);
      return stop();
    }
    waiting_.insert(waiting_.end(), sealed.begin(), sealed.end());
    entries_.merge(entries);
  }

  void on_event(const topic::Event& event) override {
    if (const auto* const stored = std::get_if<topic::Acknowledged>(&event)) {
      be_patient(kAnswerPatience);
      const auto found = std::ranges::find(waiting_, stored->message_id);
      if (found == waiting_.end()) return;
      print(*found, "stored");
      waiting_.erase(found);
    } else if (const auto* const unsent = std::get_if<topic::Unsent>(&event)) {
      const auto found = std::ranges::find(waiting_, unsent->message_id);
      if (found == waiting_.end()) return;
      print(*found, "unsent");
      waiting_.erase(found);
      ++unsent_count_;
    }
  }
  /// The home is away; a fallback has it, and so do we until it stands in the log.
  void on_entry(const node::EntryPublished& entry) override {
    const auto known = entries_.extract(entry.id);
    if (known.empty() || entry.publication != node::Publication::at_fallback) return;
    be_patient(kAnswerPatience);
    if (std::erase(waiting_, known.mapped()) == 0) return;
    print(known.mapped(), "fallback");
    on_progress();
  }
  void print_rest() {
    for (const MessageId& id : std::exchange(waiting_, {})) print(id, "stored");
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
    if (waiting_.empty()) return {};
    return failure(ExitCode::unreachable, "outcome_unknown",
                   "What became of " + counted(waiting_.size(), "message") + " is not known",
                   "Kept, and sent again when the topic is online: taut up");
  }

  const TopicSendRequest& request_;
  MessageCutter cutter_;
  std::optional<run::StandardInput> input_;
  std::vector<MessageId> waiting_;
  std::map<SubmissionId, MessageId> entries_;
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
