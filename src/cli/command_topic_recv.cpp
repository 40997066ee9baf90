#include "cli/commands.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_run.hpp"
#include "cli/topic_text.hpp"

namespace taut::cli {
namespace {

/// Printed and marked as shown together.
constexpr std::size_t kTopicBatchMax = 16;
constexpr std::chrono::seconds kTopicTidyEvery{20};

/// Shows what waits and what comes, until there is a reason to stop.
class TopicReceiver final : public TopicRun {
 public:
  TopicReceiver(const TopicRecvRequest& request, const OpenNode& node, Context& context,
                const node::KnownTopic& topic)
      : TopicRun(node, context, topic),
        request_(request),
        names_(*node.store),
        tidy_(session_.loop(), [this] { tidy(); }) {}

  Done run() {
    // What was received before and not shown comes first, and may be all that is asked for.
    TAUT_CHECK(show());
    if (has_count()) return {};
    tidy_.arm(carrier::Loop::now() + kTopicTidyEvery);
    stay_online(request_.timeout || is_draining() ? Patience(request_.timeout.value_or(kTopicPatience))
                                                  : std::nullopt);
    if (failed_ && !has_count()) failed_ = show();  // the last of it may have come with the end
    return result();
  }

 private:
  bool is_draining() const { return !request_.follow && !request_.count && !request_.timeout; }
  bool has_count() const { return request_.count && message_count_ >= *request_.count; }
  bool has_enough() const {
    if (request_.count) return has_count();
    if (request_.follow || !online_.is_current()) return false;
    return is_draining() || message_count_ > 0;
  }
  void tidy() {
    (void)node_.store->tidy();  // busy: the next time
    tidy_.arm(carrier::Loop::now() + kTopicTidyEvery);
  }

  void on_progress() override {
    if (is_stopping_) return;
    was_current_ = was_current_ || online_.is_current();
    failed_ = show();
    if (!failed_ || has_enough()) stop();
  }

  Done show() {
    for (;;) {
      std::size_t count = kTopicBatchMax;
      if (request_.count) count = std::min<std::size_t>(count, *request_.count - message_count_);
      if (count == 0) return {};
      const auto items = node::take_topic_items(*node_.store, topic_.number, count, moment().wall);
      if (!items) return state_failure(*node_.store, items.error());
      if (items->empty()) return {};
      TAUT_CHECK(show(*items));
    }
  }
  /// Print, flush, commit: what could not be printed comes again.
  Done show(std::span<const node::TopicItem> items) {
    std::vector<node::RowNumber> shown;
    Done printed;
    for (const node::TopicItem& item : items) {
      printed = context_.out.print(context_.out.is_json() ? line_of(json_of(item, topic_.name, names_))
                                                          : text_of(item, names_, node_.self.card.node_id()));
      if (!printed) break;
      shown.push_back(item.number);
      if (is_message(item)) ++message_count_;
    }
    if (const auto marked = node::mark_topic_items_shown(*node_.store, shown); !marked)
      return state_failure(*node_.store, marked.error());
    return printed;
  }

  Done result() const {
    if (session_.was_interrupted()) return interrupted();
    TAUT_CHECK(failed_);
    TAUT_CHECK(ending());
    if (!is_late_ || message_count_ > 0) return {};
    if (!was_current_) return online_.failure();
    return failure(ExitCode::timeout, "nothing_came", "No message came in time",
                   "Wait longer, or without an end: taut topic recv " + topic_.name + " --follow");
  }

  const TopicRecvRequest& request_;
  Names names_;
  carrier::Timer tidy_;
  std::uint64_t message_count_ = 0;
  Done failed_;
};

}  // namespace

Done run(const TopicRecvRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic topic, find_topic(*node.store, request.name));
  return TopicReceiver(request, node, context, topic).run();
}

}  // namespace taut::cli
