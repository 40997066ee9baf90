#pragma once
// What the parts of a dispatcher share.

#include "dispatcher/device_note.hpp"
#include "dispatcher/links.hpp"
#include "dispatcher/log_resident.hpp"
#include "dispatcher/pending.hpp"
#include "dispatcher/resident.hpp"

namespace taut::reasons {
inline constexpr Reason kNotFromNodes{"not_from_nodes"};        ///< a frame that dispatchers send
inline constexpr Reason kBeforeHello{"before_hello"};           ///< a node spoke first
inline constexpr Reason kMessageTooLarge{"message_too_large"};  ///< over the announced limit
inline constexpr Reason kRequestInUse{"request_in_use"};        ///< two uploads with one request ID
inline constexpr Reason kTooMuchCredit{"too_much_credit"};
inline constexpr Reason kTooManyQuestions{"too_many_questions"};
inline constexpr Reason kNotDelivered{"not_delivered"};  ///< a release of what was never delivered here
}  // namespace taut::reasons

namespace taut::dispatcher {

struct Common {
  explicit Common(const Settings& given)
      : settings(given),
        residents(given.limits.residents_max),
        logs(given.limits.log_residents_max),
        links(settings, counters, effects) {}
  Common(const Common&) = delete;
  Common& operator=(const Common&) = delete;

  Settings settings;
  Counters counters;
  Effects effects;  ///< of the event that is being handled
  Residents residents;
  LogResidents logs;  ///< before the links, which hold some
  SourceBudgets budgets;
  Links links;
  OpenOperations operations;
  Usage stored;             ///< in all inboxes, with what is on its way to the store
  std::uint64_t nodes = 0;  ///< registered
  std::uint64_t log_count = 0;
  Usage entries;  ///< in all logs, with what is on its way to the store
  std::optional<Instant> erase_at;
  Instant started;

  template <class Asked, class Waiting>
  void issue(Asked operation, Waiting pending) {
    const OperationId id = operations.open(std::move(pending));
    effects.push_back(StoreOperation{id, std::move(operation)});
  }
  /// Messages went; their inbox may be in memory or not.
  void freed(const Freed& what) {
    stored -= total(what.usage);
    if (Resident* inbox = residents.find(what.inbox)) inbox->subtract(what.usage);
  }
  /// A node as the store and its links tell of it.
  frame::Device present(const NodeRow& row, DeviceNote note, WallTime now) {
    const Resident* resident = residents.find(row.node);
    const bool is_here = resident != nullptr && !resident->connections.empty();
    if (is_here) {
      note.see(now);
      note.carrier = resident->connections.back()->carrier;
    }
    frame::Device device = device_of(row, note);
    device.presence = is_here ? frame::Presence::connected : frame::Presence::away;
    return device;
  }
  Counters counters_at(Instant now) const {
    Counters all = counters;
    all.uptime_s = static_cast<std::uint64_t>((now - started) / std::chrono::seconds(1));
    all.connections = links.size();
    all.nodes = nodes;
    all.stored_messages = stored.messages;
    all.stored_bytes = stored.bytes;
    all.buffered_put_bytes = links.put_bytes();
    all.unsent_bytes = links.unsent_bytes();
    all.residents = residents.size();
    all.logs = log_count;
    all.log_entries = entries.messages;
    all.log_bytes = entries.bytes;
    all.log_residents = logs.size();
    all.operations_open = operations.size();
    return all;
  }
  /// Within the budget of where this link comes from; then it is spent.
  bool may_spend(const Connection& from, Spending spending, std::uint64_t amount, Instant now) {
    if (budgets.take(from.source, spending, amount, settings.limits.source_rates, now)) return true;
    ++counters.budgets_exceeded;
    return false;
  }
  /// Something was removed: its bytes must leave the files.
  void removed(Instant now) {
    if (!erase_at) erase_at = now + settings.limits.erase_within;
  }
};

}  // namespace taut::dispatcher
