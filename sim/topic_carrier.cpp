#include "sim/topic_carrier.hpp"

namespace taut::sim {

using topic::EntryKind;

void TopicCarrier::add(MachineId who, Reader reader) { boxes_[who].reader = std::move(reader); }

void TopicCarrier::publish(MachineId from, const topic::Entry& entry) {
  chronicle_.note_bytes(from, "publishes", static_cast<std::uint64_t>(entry.kind), entry.bytes);
  if (cut_.contains(from)) return chronicle_.hit("topic fault", "cut off");
  if (plan_.order == TopicOrder::committer) return broadcast(from, entry.bytes);
  if (chance(plan_.lose_percent)) return chronicle_.hit("topic fault", "lost");
  if (entry.kind == EntryKind::introduction) {
    introductions_.push_back(entry.bytes);
    for (const auto& [who, box] : boxes_) wake(who);
  } else if (entry.kind == EntryKind::welcome) {
    for (auto& [who, box] : boxes_) {
      if (!entry.to || box.reader.node_id != entry.to->node_id()) continue;
      box.letters.push_back(entry.bytes);
      wake(who);
    }
  } else if (entry.kind != EntryKind::acknowledgement) {
    append(from, entry.kind, entry.id, entry.bytes);
  }
}

void TopicCarrier::inject(MachineId from, Bytes entry) {
  if (plan_.order == TopicOrder::committer) return broadcast(from, entry);
  histories_[others_.contains(from) ? 1 : 0].entries.emplace_back(EntryKind::commit, std::move(entry));
  for (const auto& [who, box] : boxes_) wake(who);
}

void TopicCarrier::append(MachineId from, EntryKind kind, const SubmissionId& id, const Bytes& entry) {
  if (swallows_) return chronicle_.hit("topic fault", "swallowed");
  History& history = history_of(from);
  if (!history.taken.insert(id).second) return;
  history.entries.emplace_back(kind, entry);
  for (const auto& [who, box] : boxes_) wake(who);
}

void TopicCarrier::broadcast(MachineId from, const Bytes& entry) {
  for (const auto& [who, box] : boxes_) {
    if (who == from) continue;
    if (chance(plan_.lose_percent)) {
      chronicle_.hit("topic fault", "lost");
      continue;
    }
    const unsigned slow_ms = chance(plan_.reorder_percent) ? 4'000 : 60;
    if (slow_ms > 60) chronicle_.hit("topic fault", "reordered");
    deliver(who, entry, std::chrono::milliseconds(dice_.between(1, slow_ms)));
    if (!chance(plan_.double_percent)) continue;
    chronicle_.hit("topic fault", "doubled");
    deliver(who, entry, std::chrono::milliseconds(dice_.between(1, 5'000)));
  }
}

void TopicCarrier::deliver(MachineId to, const Bytes& entry, Duration after) {
  schedule_.after(after, [this, to, entry] {
    if (!cut_.contains(to)) boxes_.at(to).reader.open(entry, std::nullopt);
  });
}

void TopicCarrier::wake(MachineId who) {
  Box& box = boxes_.at(who);
  if (std::exchange(box.is_woken, true)) return;
  schedule_.after(std::chrono::milliseconds(dice_.between(1, 200)), [this, who] {
    boxes_.at(who).is_woken = false;
    read(who);
  });
}

void TopicCarrier::join(MachineId who) {
  cut_.erase(who);
  blinded_.erase(who);
  wake(who);
}

void TopicCarrier::show_another_history(MachineId who) {
  if (others_.empty()) histories_[1] = histories_[0];
  others_.insert(who);
}

void TopicCarrier::heal() {
  is_healed_ = true;
  swallows_ = false;
  cut_.clear();
  blinded_.clear();
  if (!others_.empty() && histories_[1].entries.size() > histories_[0].entries.size())
    histories_[0] = std::move(histories_[1]);
  others_.clear();
  for (const auto& [who, box] : boxes_) wake(who);
}

void TopicCarrier::read(MachineId who) {
  for (int i = 0; i < 20; ++i)
    if (cut_.contains(who) || !read_one(who)) return;
  wake(who);
}

bool TopicCarrier::read_one(MachineId who) {
  if (plan_.order == TopicOrder::committer) return false;
  Box& box = boxes_.at(who);
  if (!box.letters.empty()) {
    const Bytes letter = std::move(box.letters.front());
    box.letters.pop_front();
    box.reader.open(letter, std::nullopt);
    return true;
  }
  const std::optional<std::uint64_t> cursor = box.reader.cursor();
  if (!cursor) return false;
  if (box.introductions_read < introductions_.size()) {
    const Bytes entry = introductions_[box.introductions_read++];
    box.reader.open(entry, std::nullopt);
    return true;
  }
  const auto& entries = history_of(who).entries;
  if (blinded_.contains(who) || *cursor >= entries.size()) return false;
  std::size_t at = *cursor;
  const auto is_commit = [&](std::size_t index) {
    return index < entries.size() && entries[index].first == EntryKind::commit;
  };
  if (swapped_for_ == who && is_commit(at) && is_commit(at + 1)) at = at + 1;
  const Bytes entry = entries[at].second;
  box.reader.open(entry, *cursor + 1);
  return true;
}

}  // namespace taut::sim
