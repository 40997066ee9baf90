// `taut topic filter`: a topic on standard input and output, for whatever carries lines or bytes.

#include "cli/commands.hpp"
#include "cli/topic_carrier.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_run.hpp"
#include "cli/topic_text.hpp"

namespace taut::cli {
namespace {

/// What came last is acknowledged, and goes out, in this time.
constexpr std::chrono::seconds kPipeLinger{1};

carrier::PipeSettings pipe_settings(const TopicFilterRequest& request) {
  carrier::PipeSettings settings;
  settings.form = request.frames ? carrier::PipeForm::frames : carrier::PipeForm::lines;
  return settings;
}

/// Carries a topic until its input ends, or somebody interrupts.
class Filter final : public TopicRun {
 public:
  Filter(const TopicFilterRequest& request, const OpenNode& node, Context& context,
         const node::KnownTopic& topic)
      : TopicRun(node, context, topic, pipe_settings(request)),
        names_(*node.store),
        linger_(session_.loop(), [this] { stop(); }) {}

  Done run() {
    if (online_.carrier() != node::CarrierKind::pipe)
      return failure(ExitCode::usage, "no_pipe", "'" + topic_.name + "' is not on pipes",
                     "Stay online with it: taut up; or begin one: taut topic create NAME --pipe");
    stay_online(std::nullopt);
    return result();
  }

 private:
  void on_progress() override {
    if (is_stopping_) return;
    if (!online_.has_carrier()) {
      is_elsewhere_ = online_.is_carried();
      if (is_elsewhere_) stop();
      return;
    }
    if (!std::exchange(was_current_, true))
      context_.out.say("taut: '" + topic_.name + "' is on standard input and output");
  }
  void on_event(const topic::Event& event) override {
    if (std::holds_alternative<topic::MessageReceived>(event)) return;  // taut topic recv shows it
    const auto shown = node::shown_of(event);
    if (!shown) return;
    std::string line = text_of(node::TopicItem{0, {}, *shown}, names_, node_.self.card.node_id());
    line.pop_back();
    context_.out.say("taut: " + line);
  }
  void on_pipe_end(const Status& why) override {
    // Whoever ended the one end has ended the other.
    if (why || !has_input_ended_) pipe_end_ = why;
    has_input_ended_ = has_input_ended_ || why;
    linger_.arm(carrier::Loop::now() + kPipeLinger);
  }

  Done result() const {
    if (session_.was_interrupted()) return interrupted();
    TAUT_CHECK(ending());
    if (is_elsewhere_)
      return failure(ExitCode::storage, "locked", "Another process carries '" + topic_.name + "' already",
                     "Stop it, or use it: it takes up what other commands do");
    if (pipe_end_) return {};
    if (pipe_end_.error().reason == reasons::kReset)
      return failure_of(ExitCode::unreachable, pipe_end_.error(), "Nobody reads standard output any more",
                        "Start both ends again; what was not acknowledged is sent again");
    return failure_of(ExitCode::usage, pipe_end_.error(),
                      "What comes on standard input is no stream of frames",
                      "Use the same form at both ends: lines, or --frames");
  }

  Names names_;
  carrier::Timer linger_;
  Status pipe_end_;
  bool has_input_ended_ = false;
  bool is_elsewhere_ = false;
};

}  // namespace

Done run(const TopicFilterRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic topic, find_topic(*node.store, request.name));
  return Filter(request, node, context, topic).run();
}

}  // namespace taut::cli
