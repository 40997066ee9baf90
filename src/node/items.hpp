#pragma once
// What waits to be shown: messages in order, and gaps where messages are missing.
//
//   items = take(store, 16)        show them, flush, then
//   mark_shown(store, …)           they are gone
//
// After a crash in between they come again, with `redelivered`.

#include <span>
#include <variant>

#include "identity/card.hpp"
#include "node/store.hpp"

namespace taut::node {

/// How a message fits into what its sender sent before.
enum class Order : std::uint8_t {
  in_order = 0,
  late = 1,    ///< after the gap that it belongs to was reported
  reused = 2,  ///< its counter was another message's: the sender's state has been copied
};

struct Message {
  NodeId sender;
  MessageId id;
  StreamId stream = 0;
  Counter counter = 0;
  WallTime sent;      ///< sender's clock; 0: it has none
  WallTime received;  ///< dispatcher's clock
  Order order = Order::in_order;
  envelope::Content content;
  std::optional<Bytes> sender_card;  ///< of a sender who is no contact: what an answer needs
};

/// Messages `first` to `last` of a stream did not come.
struct Gap {
  NodeId sender;
  StreamId stream = 0;
  Counter first = 0;
  Counter last = 0;
};

enum class Delivery : std::uint8_t { first, redelivered };

struct Item {
  RowNumber number = 0;
  Delivery delivery = Delivery::first;
  std::variant<Message, Gap> what;
};

/// The oldest items, at most `count_max`; they count as offered from now on.
Result<std::vector<Item>> take(Store& store, std::size_t count_max);
Status mark_shown(Store& store, std::span<const RowNumber> numbers);

}  // namespace taut::node
