#include "node/topic_items.hpp"

#include "node/believed_time.hpp"
#include "node/self.hpp"
#include "node/topic_records.hpp"

namespace taut::node {

namespace {

std::string_view name_of(topic::Undone::What what) {
  switch (what) {
    case topic::Undone::What::welcome:
      return "welcome";
    case topic::Undone::What::remove:
      return "remove";
    case topic::Undone::What::leave:
      return "leave";
    case topic::Undone::What::update:
      return "update";
    case topic::Undone::What::settings:
      return "settings";
  }
  return "";
}

std::string_view name_of(topic::Diverged::Why why) {
  switch (why) {
    case topic::Diverged::Why::outvoted:
      return "outvoted";
    case topic::Diverged::Why::left_behind:
      return "left_behind";
    case topic::Diverged::Why::restored:
      return "restored";
  }
  return "";
}

using Shown = std::optional<TopicWhat>;

/// One overload for each event.
struct ShownOf {
  Shown operator()(const topic::MessageReceived& message) const { return message; }
  Shown operator()(const topic::Gap& gap) const { return gap; }
  Shown operator()(const topic::Acknowledged&) const { return std::nullopt; }
  Shown operator()(const topic::Unsent& unsent) const {
    return TopicUnsent{unsent.message_id, unsent.type, unsent.body, std::string(unsent.reason.name)};
  }
  Shown operator()(const topic::Introduced& introduced) const {
    const identity::SignedCard& card = introduced.introduction.card;
    return TopicHappening{TopicNotice::introduced, card.node_id(), {}, 0, card.card().name};
  }
  Shown operator()(const topic::Joined& joined) const {
    return TopicHappening{TopicNotice::joined, joined.node_id, joined.by, joined.epoch, {}};
  }
  Shown operator()(const topic::Removed& removed) const {
    return TopicHappening{TopicNotice::removed, removed.node_id, removed.by, removed.epoch, {}};
  }
  Shown operator()(const topic::EpochBegan&) const { return std::nullopt; }
  Shown operator()(const topic::SettingsChanged& changed) const {
    return TopicHappening{TopicNotice::settings, {}, changed.by, 0, {}};
  }
  Shown operator()(const topic::Undone& undone) const {
    const std::string detail = std::string(name_of(undone.what)) + ": " + std::string(undone.reason.name);
    return TopicHappening{TopicNotice::undone, undone.node_id, {}, 0, detail};
  }
  Shown operator()(const topic::Closed& closed) const {
    const bool left = closed.why == topic::Closed::Why::left;
    return TopicHappening{left ? TopicNotice::left : TopicNotice::removed_us, {}, closed.by, 0, {}};
  }
  Shown operator()(const topic::Diverged& diverged) const {
    return TopicHappening{TopicNotice::diverged, {}, {}, 0, std::string(name_of(diverged.why))};
  }
  Shown operator()(const topic::Disagreement& other) const {
    return TopicHappening{TopicNotice::disagreement, other.with, {}, other.epoch, {}};
  }
  Shown operator()(const topic::Returned& returned) const {
    return TopicHappening{TopicNotice::returned, {}, {}, returned.epoch, {}};
  }
  Shown operator()(const topic::Refused&) const { return std::nullopt; }
};

}  // namespace

std::string_view name_of(TopicNotice notice) {
  switch (notice) {
    case TopicNotice::joined:
      return "joined";
    case TopicNotice::removed:
      return "removed";
    case TopicNotice::settings:
      return "settings";
    case TopicNotice::undone:
      return "undone";
    case TopicNotice::left:
      return "left";
    case TopicNotice::removed_us:
      return "removed_us";
    case TopicNotice::diverged:
      return "diverged";
    case TopicNotice::disagreement:
      return "disagreement";
    case TopicNotice::returned:
      return "returned";
    case TopicNotice::introduced:
      return "introduced";
    case TopicNotice::let_in:
      return "let_in";
    case TopicNotice::replaced:
      return "replaced";
    case TopicNotice::by_envelope:
      return "by_envelope";
  }
  return "";
}

std::optional<TopicWhat> shown_of(const topic::Event& event) { return std::visit(ShownOf{}, event); }

Status keep_topic_item(Transaction& transaction, RowNumber topic, const TopicWhat& what) {
  TopicItemRow row{0, topic, Offered::never, {}, encode(what)};
  const auto* const message = std::get_if<TopicMessage>(&what);
  if (message != nullptr && message->erase_at) row.erase_at = *message->erase_at;
  TAUT_CHECK(transaction.add_topic_item(row));
  return {};
}

Result<std::vector<TopicItem>> take_topic_items(Store& store, RowNumber topic, std::size_t count_max,
                                                std::optional<WallTime> wall) {
  std::vector<TopicItem> items;
  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<WallTime> latest, note_wall_time(transaction, wall));
    if (latest) TAUT_CHECK(transaction.erase_topic_items_due(*latest));
    TAUT_TRY(const std::vector<TopicItemRow> rows, transaction.topic_items(topic, count_max));
    for (const TopicItemRow& row : rows) {
      TAUT_TRY(TopicWhat what, parse_topic_item(row.record));
      const bool again = row.offered == Offered::before;
      items.push_back({row.number, again ? Delivery::redelivered : Delivery::first, std::move(what)});
      if (!again) TAUT_CHECK(transaction.mark_topic_item_offered(row.number));
    }
    return {};
  }));
  return items;
}

Status sweep_topic_items(Store& store, std::optional<WallTime> wall) {
  const auto is_due = [&](Transaction& transaction) -> Result<bool> {
    TAUT_TRY(const std::optional<WallTime> due, transaction.next_topic_item_due());
    if (!due) return false;
    TAUT_TRY(const std::optional<WallTime> latest, believed_time(transaction, wall));
    return latest && *due <= *latest;
  };
  bool has_due = false;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(has_due, is_due(transaction));
    return {};
  }));
  if (!has_due) return {};
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<WallTime> latest, note_wall_time(transaction, wall));
    if (latest) TAUT_CHECK(transaction.erase_topic_items_due(*latest));
    return {};
  });
}

Status mark_topic_items_shown(Store& store, std::span<const RowNumber> numbers) {
  if (numbers.empty()) return {};
  return store.write([&](Transaction& transaction) -> Status {
    for (const RowNumber number : numbers) TAUT_CHECK(transaction.erase_topic_item(number));
    return {};
  });
}

}  // namespace taut::node
