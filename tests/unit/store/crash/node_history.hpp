#pragma once
// A node's life in fixed steps, each one transaction, and what its state file holds after each.

#include <string>
#include <vector>

#include "../operations.hpp"
#include "store/node_store.hpp"

namespace taut::test {

class NodeHistory {
 public:
  static constexpr std::size_t kSteps = 60;

  static auto open(const std::filesystem::path& folder) {
    return store::NodeStore::open(folder / "state.db");
  }

  /// The same for the same number.
  static Status step(store::NodeStore& store, std::uint64_t number) {
    return store.write([number](node::Transaction& to) -> Status {
      std::mt19937_64 random(number);
      for (std::uint64_t left = 1 + random() % 5; left > 0; --left)
        TAUT_CHECK(one(to, random() % 9, random() % 6, Bytes(1 + random() % 900, 'n')));
      return {};
    });
  }

  /// Everything that can be asked, as text.
  static std::string describe(store::NodeStore& store) {
    std::string text;
    const Status status = store.read([&](node::Transaction& from) { return describe(from, text); });
    return status ? text : "error " + std::string(status.error().reason.name);
  }

 private:
  static Status one(node::Transaction& to, std::uint64_t what, std::uint64_t which, const Bytes& bytes) {
    using namespace node;
    const NodeId other = value_numbered<NodeId>(which);
    switch (what) {
      case 0:
        return to.set_value(static_cast<ValueKey>(1 + which), bytes);
      case 1: {
        TAUT_TRY(const SealingKeyNumber number, to.add_sealing_key(bytes));
        return number > 3 ? to.erase_sealing_key(number - 3) : Status{};
      }
      case 2:
        return to.put_contact({"contact " + std::to_string(which), Verification::verified, {other}});
      case 3:
        return to.put_card(other, bytes);
      case 4: {
        TAUT_TRY(const Counter next, to.next_counter(other));
        return to.set_next_counter(other, next + 1);
      }
      case 5: {
        const std::vector<Submission> copies{{other, value_numbered<SubmissionId>(which)}};
        TAUT_TRY(const RowNumber number,
                 to.add_outgoing({0, value_numbered<MessageId>(which), other, {kStartMs}, bytes, copies}));
        return number > 2 ? to.erase_outgoing(number - 2) : Status{};
      }
      case 6: {
        TAUT_TRY(const RowNumber number, to.add_item(bytes));
        return number > 4 ? to.erase_item(number - 4) : to.mark_offered(number);
      }
      case 7:
        TAUT_CHECK(to.put_stream({other, which, bytes, which}));
        return to.forget_up_to(which / 2);
      default: {
        TAUT_TRY(const bool held, to.hold({other, which, which, bytes}));
        return held ? Status{} : to.erase_held(other, which, which);
      }
    }
  }

  static Status describe(node::Transaction& from, std::string& text) {
    using namespace node;
    const auto say = [&](const auto&... parts) { ((text += std::string(parts) + "|"), ...); };
    const auto hex = [](ByteView bytes) { return std::string(as_text(bytes)); };
    for (std::uint64_t which = 0; which < 8; ++which) {
      const NodeId other = value_numbered<NodeId>(which);
      TAUT_TRY(const auto value, from.value(static_cast<ValueKey>(1 + which)));
      say("value", value ? hex(value->expose()) : "-");
      TAUT_TRY(const auto contact, from.contact_of(other));
      say("contact", contact ? contact->petname : "-");
      TAUT_TRY(const auto card, from.card(other));
      say("card", card ? hex(*card) : "-");
      TAUT_TRY(const Counter counter, from.next_counter(other));
      say("counter", std::to_string(counter));
      TAUT_TRY(const auto stream, from.stream(other, which));
      say("stream", stream ? hex(stream->record) : "-");
      TAUT_TRY(const auto held, from.first_held(other, which));
      say("held", held ? hex(held->record) : "-");
    }
    TAUT_TRY(const auto keys, from.sealing_keys());
    for (const auto& key : keys) say("key", std::to_string(key.number), hex(key.key.expose()));
    TAUT_TRY(const auto outgoing, from.outgoing(0, 100));
    for (const auto& row : outgoing) say("outgoing", std::to_string(row.number), hex(row.envelope));
    TAUT_TRY(const auto items, from.items(100));
    for (const auto& item : items)
      say("item", std::to_string(item.number), std::to_string(static_cast<int>(item.offered)),
          hex(item.record));
    return {};
  }
};

}  // namespace taut::test
