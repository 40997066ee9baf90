#include "support/memory_store.hpp"

namespace taut::test {

using namespace dispatcher;

StoreResult MemoryStore::carry_out(Operation operation) {
  return std::visit([this](auto& one) -> StoreResult { return apply(one); }, operation);
}

StoreValue MemoryStore::apply(const LoadTotals&) {
  Totals totals;
  totals.nodes = nodes.size();
  for (const auto& [id, node] : nodes) totals.messages += total(node.record.usage);
  logs.count(totals);
  return totals;
}

StoreValue MemoryStore::apply(const LoadNode& load) {
  const auto node = nodes.find(load.node);
  if (node == nodes.end()) return std::optional<NodeRecord>();
  NodeRecord record = node->second.record;
  record.packages = node->second.packages.counts();
  return std::optional(std::move(record));
}

StoreValue MemoryStore::apply(const AddNode& add) {
  if (nodes.contains(add.node)) return Admission::admitted;
  if (add.token) {
    const auto token = tokens.find(*add.token);
    if (token == tokens.end() || token->second.uses == 0 || token->second.expires <= add.now) {
      return Admission::refused;
    }
    --token->second.uses;
  }
  nodes.try_emplace(add.node);
  return Admission::admitted;
}

StoreValue MemoryStore::apply(const RemoveNode& remove) {
  Freed freed{remove.node, {}};
  const auto node = nodes.find(remove.node);
  if (node == nodes.end()) return freed;
  freed.usage = node->second.record.usage;
  for (const auto& [id, submission] : node->second.submissions) orphans.push_back(submission.forget);
  nodes.erase(node);
  is_dirty = true;
  return freed;
}

StoreValue MemoryStore::apply(const AddToken& add) {
  tokens[add.token] = {add.uses, add.expires};
  return Done{};
}

StoreResult MemoryStore::apply(SaveNote& save) {
  const auto node = nodes.find(save.node);
  if (node == nodes.end()) return fail(Errc::misuse, reasons::kMisuse);
  node->second.record.notes[static_cast<std::size_t>(save.kind)] = std::move(save.note);
  return Done{};
}

StoreValue MemoryStore::apply(const ListNodes& list) {
  Listed listed;
  for (auto one = list.after ? nodes.upper_bound(*list.after) : nodes.begin(); one != nodes.end(); ++one) {
    if (listed.rows.size() == list.count_max) {
      listed.rest = Rest::more;
      break;
    }
    listed.rows.push_back(row_of(one->first, one->second));
  }
  return listed;
}

StoreValue MemoryStore::apply(const DescribeNodes& describe) {
  Listed listed;
  for (const NodeId& id : describe.nodes) {
    const auto node = nodes.find(id);
    if (node != nodes.end()) listed.rows.push_back(row_of(id, node->second));
  }
  return listed;
}

NodeRow MemoryStore::row_of(const NodeId& id, const Node& node) {
  NodeRow row{id, node.record.usage, std::nullopt,
              node.record.notes[static_cast<std::size_t>(NoteKind::device)]};
  if (!node.messages.empty()) row.oldest = node.messages.begin()->second.received;
  return row;
}

StoreResult MemoryStore::apply(PutMessage& put) {
  const auto inbox = nodes.find(put.inbox);
  if (inbox == nodes.end()) return fail(Errc::misuse, reasons::kMisuse);
  Node& node = inbox->second;
  const Submission fresh{{put.hash, SubmissionState::stored, put.share, put.expires}, put.forget};
  const auto [submission, is_new] = node.submissions.try_emplace(put.submission, fresh);
  if (!is_new) return Placed{submission->second.record, std::move(put.body)};
  node.record.next_number = put.number + 1;
  node.record.usage[static_cast<std::size_t>(put.share)] += Usage{1, put.body.size()};
  node.messages.emplace(put.number, Message{put.share, put.submission, put.received, put.expires, put.body});
  return Placed{std::nullopt, std::move(put.body)};
}

StoreValue MemoryStore::apply(const LookUpSubmission& look_up) {
  const auto node = nodes.find(look_up.inbox);
  if (node == nodes.end()) return std::optional<SubmissionRecord>();
  const auto submission = node->second.submissions.find(look_up.submission);
  if (submission == node->second.submissions.end()) return std::optional<SubmissionRecord>();
  return std::optional(submission->second.record);
}

StoreValue MemoryStore::apply(const FetchMessages& fetch) {
  Fetched fetched;
  const auto node = nodes.find(fetch.inbox);
  if (node == nodes.end()) return fetched;
  const Messages& messages = node->second.messages;
  for (auto one = messages.upper_bound(fetch.after); one != messages.end(); ++one) {
    const Message& message = one->second;
    const bool is_first = fetched.messages.empty();
    const bool fits = fetched.bytes.size() + message.body.size() <= fetch.bytes_max;
    if (fetched.messages.size() == fetch.count_max || (!is_first && !fits)) {
      fetched.rest = Rest::more;
      break;
    }
    fetched.messages.push_back(
        {one->first, message.received, message.expires, fetched.bytes.size(), message.body.size()});
    append(fetched.bytes, message.body);
  }
  return fetched;
}

MemoryStore::Messages::iterator MemoryStore::remove(Node& node, Messages::iterator message,
                                                    SubmissionState why, ShareUsage& freed) {
  const Usage usage{1, message->second.body.size()};
  const auto share = static_cast<std::size_t>(message->second.share);
  freed[share] += usage;
  node.record.usage[share] -= usage;
  const auto submission = node.submissions.find(message->second.submission);
  if (submission != node.submissions.end()) submission->second.record.state = why;
  is_dirty = true;
  return node.messages.erase(message);
}

StoreValue MemoryStore::apply(const ReleaseMessages& release) {
  Freed freed{release.inbox, {}};
  const auto found = nodes.find(release.inbox);
  if (found == nodes.end()) return freed;
  Node& node = found->second;
  for (const QueueRange& range : release.ranges) {
    auto one = node.messages.lower_bound(range.first);
    while (one != node.messages.end() && one->first <= range.last) {
      one = remove(node, one, SubmissionState::released, freed.usage);
    }
  }
  return freed;
}

StoreResult MemoryStore::apply(SaveCard& save) {
  const auto found = nodes.find(save.node);
  if (found == nodes.end()) return fail(Errc::misuse, reasons::kMisuse);
  Node& node = found->second;
  node.record.card_sequence = save.sequence;
  node.card = Card{save.expires, std::move(save.card)};
  return Done{};
}

StoreValue MemoryStore::apply(const LoadCard& load) {
  const auto node = nodes.find(load.node);
  if (node == nodes.end() || !node->second.card) return std::optional<Bytes>();
  return std::optional(node->second.card->bytes);
}

StoreValue MemoryStore::apply(const Sweep& sweep) {
  Swept swept;
  std::size_t rows = 0;
  const auto may_go_on = [&] {
    if (rows++ < sweep.count_max) return true;
    swept.rest = Rest::more;
    return false;
  };
  for (auto& [id, node] : nodes) {
    Freed freed{id, {}};
    for (auto one = node.messages.begin(); one != node.messages.end();) {
      const bool is_over = one->second.expires <= sweep.now;
      if (is_over && !may_go_on()) break;
      one = is_over ? remove(node, one, SubmissionState::expired, freed.usage) : std::next(one);
    }
    if (total(freed.usage).messages > 0) swept.freed.push_back(freed);
    swept.submissions += std::erase_if(
        node.submissions, [&](const auto& one) { return one.second.forget <= sweep.now && may_go_on(); });
    if (node.card && node.card->expires <= sweep.now && may_go_on()) {
      node.card.reset();
      ++swept.cards;
    }
  }
  swept.submissions +=
      std::erase_if(orphans, [&](WallTime forget) { return forget <= sweep.now && may_go_on(); });
  swept.tokens = std::erase_if(tokens, [&](const auto& one) {
    const bool is_over = one.second.expires <= sweep.now || one.second.uses == 0;
    return is_over && may_go_on();
  });
  is_dirty |= swept.cards + swept.submissions > 0;
  for (const auto& [id, node] : nodes) {
    const bool is_lapsed = node.record.card_sequence != 0 && !node.card && node.messages.empty();
    if (is_lapsed && swept.rest == Rest::none && swept.lapsed.size() < sweep.count_max)
      swept.lapsed.push_back(id);
  }
  return swept;
}

StoreValue MemoryStore::apply(const PublishPackages& publish) {
  const auto node = nodes.find(publish.node);
  if (node == nodes.end()) return Restocked{Restocked::Status::not_here, {}};
  return node->second.packages.publish(publish, is_dirty);
}

StoreValue MemoryStore::apply(const ClaimPackage& claim) {
  const auto node = nodes.find(claim.node);
  if (node == nodes.end()) return Claimed{};
  return node->second.packages.claim(claim, is_dirty);
}

StoreValue MemoryStore::apply(const SweepPackages& sweep) {
  PackagesSwept swept;
  for (auto& [id, node] : nodes) {
    if (!node.packages.sweep(sweep.now)) continue;
    swept.owners.push_back({id, node.packages.counts()});
    is_dirty = true;
  }
  return swept;
}

StoreValue MemoryStore::apply(const Erase&) {
  is_dirty = false;
  ++erased_count;
  return Done{};
}

}  // namespace taut::test
