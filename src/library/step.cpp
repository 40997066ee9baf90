#include "library/step.hpp"

namespace taut::api {
namespace {

MessageId public_id(const taut::MessageId& id) {
  MessageId out;
  std::ranges::copy(id.view(), out.begin());
  return out;
}

std::optional<std::uint64_t> unix_ms(const std::optional<WallTime>& at) {
  if (!at) return std::nullopt;
  return at->unix_ms;
}

/// One overload for each event of a topic.
struct ToPublic {
  Event operator()(topic::MessageReceived& event) const {
    return {.kind = EventKind::message,
            .node = to_text(event.from),
            .message_id = public_id(event.message_id),
            .body = std::move(event.body),
            .epoch = event.epoch,
            .erase_at_unix_ms = unix_ms(event.erase_at)};
  }
  Event operator()(const topic::Gap& event) const {
    return {.kind = EventKind::gap, .node = to_text(event.from), .count = event.count};
  }
  Event operator()(const topic::Acknowledged& event) const {
    return {.kind = EventKind::acknowledged, .message_id = public_id(event.message_id)};
  }
  Event operator()(topic::Unsent& event) const {
    return {.kind = EventKind::unsent,
            .message_id = public_id(event.message_id),
            .body = std::move(event.body),
            .reason = event.reason.name};
  }
  Event operator()(const topic::Introduced& event) const {
    return {.kind = EventKind::introduced,
            .node = to_text(event.introduction.node_id()),
            .name = event.introduction.card.card().name,
            .introduction = to_bytes(event.introduction.key_package_ref.hash.view())};
  }
  Event operator()(const topic::Joined& event) const {
    return {.kind = EventKind::joined,
            .node = to_text(event.node_id),
            .by = to_text(event.by),
            .epoch = event.epoch};
  }
  Event operator()(const topic::Removed& event) const {
    return {.kind = EventKind::removed,
            .node = to_text(event.node_id),
            .by = to_text(event.by),
            .epoch = event.epoch};
  }
  Event operator()(const topic::EpochBegan& event) const {
    return {.kind = EventKind::epoch_began, .by = to_text(event.by), .epoch = event.epoch};
  }
  Event operator()(const topic::SettingsChanged& event) const {
    return {.kind = EventKind::settings_changed, .by = to_text(event.by)};
  }
  Event operator()(const topic::Undone& event) const {
    return {.kind = EventKind::undone,
            .node = event.node_id ? to_text(*event.node_id) : NodeId(),
            .reason = event.reason.name};
  }
  Event operator()(const topic::Closed& event) const {
    return {.kind = EventKind::closed, .by = to_text(event.by)};
  }
  Event operator()(const topic::Diverged&) const { return {.kind = EventKind::diverged}; }
  Event operator()(const topic::Disagreement& event) const {
    return {.kind = EventKind::disagreement, .node = to_text(event.with), .epoch = event.epoch};
  }
  Event operator()(const topic::Returned& event) const {
    return {.kind = EventKind::returned, .epoch = event.epoch};
  }
  Event operator()(const topic::Refused& event) const {
    return {.kind = EventKind::refused, .reason = event.reason.name};
  }
};

}  // namespace

Step public_step(topic::Step step) {
  Step out;
  out.erase = std::move(step.changes.erase);
  for (topic::Record& record : step.changes.put)
    out.put.push_back({std::move(record.key), to_bytes(record.value.expose())});
  for (topic::Entry& entry : step.publish) out.publish.push_back(std::move(entry.bytes));
  for (topic::Event& event : step.events) out.events.push_back(std::visit(ToPublic{}, event));
  return out;
}

}  // namespace taut::api
