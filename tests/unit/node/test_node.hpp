#pragma once
// A node with its state file in memory.

#include "node/contacts.hpp"
#include "node/items.hpp"
#include "node/own_dispatchers.hpp"
#include "node/publishing.hpp"
#include "node/receiving.hpp"
#include "node/self.hpp"
#include "node/sending.hpp"
#include "support/memory_node_store.hpp"
#include "support/people.hpp"

namespace taut::test {

inline const Bytes kHere{1, 2, 3};

struct TestNode {
  SeededRandom random;
  MemoryNodeStore store;
  std::optional<node::Self> self;

  TestNode(std::uint64_t seed, std::string name, std::optional<WallTime> wall = kNow) : random(seed) {
    const node::NewNode fresh{std::move(name), {kDefaultSuite.begin(), kDefaultSuite.end()}};
    node::initialise(store, fresh, kHere, {{}, wall}, random).value();
    reopen(wall);
  }
  /// The same node from a copy of its state file.
  TestNode(const TestNode& other, node::Place place, std::uint64_t seed)
      : random(seed), store(other.store.state()) {
    reopen(kNow, place);
  }

  void reopen(std::optional<WallTime> wall, ByteView place = kHere) {
    self.emplace(node::open(store, place, {{}, wall}, random).value());
  }
  const NodeId& id() const { return self->card.node_id(); }
  identity::SignedCard card() {
    std::optional<identity::SignedCard> card;
    store
        .read([&](node::Transaction& transaction) -> Status {
          TAUT_TRY(card, node::own_card(transaction));
          return {};
        })
        .value();
    return *card;
  }
  node::StreamId stream() {
    node::StreamId stream = 0;
    store
        .read([&](node::Transaction& transaction) -> Status {
          TAUT_TRY(stream, node::own_stream(transaction));
          return {};
        })
        .value();
    return stream;
  }
  void knows(std::string_view petname, const identity::SignedCard& card) {
    node::add_contact(store, petname, card, node::Verification::verified, kNow).value();
  }
  /// Takes every item, shows it, and forgets it.
  std::vector<node::Item> shown() {
    const std::vector<node::Item> items = node::take(store, 1000).value();
    std::vector<node::RowNumber> numbers;
    for (const node::Item& item : items) numbers.push_back(item.number);
    node::mark_shown(store, numbers).value();
    return items;
  }
  /// The same as text: messages as they read, gaps as "(first-last)".
  std::vector<std::string> shown_texts() {
    std::vector<std::string> texts;
    for (const node::Item& item : shown()) texts.push_back(text_of(item));
    return texts;
  }
  static std::string text_of(const node::Item& item) {
    if (const auto* gap = std::get_if<node::Gap>(&item.what))
      return "(" + std::to_string(gap->first) + "-" + std::to_string(gap->last) + ")";
    const auto& message = std::get<node::Message>(item.what);
    std::string text(as_text(message.content.body));
    if (message.order == node::Order::late) text += " late";
    if (message.order == node::Order::reused) text += " reused";
    return text;
  }
};

inline envelope::Content text(std::string_view words) {
  return {envelope::ContentType::text, to_bytes(as_bytes(words))};
}

}  // namespace taut::test
