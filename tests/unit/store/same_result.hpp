#pragma once
// Results of two stores, held against each other.

#include <algorithm>

#include "dispatcher/store.hpp"

namespace taut::test {

inline bool same(const dispatcher::Done&, const dispatcher::Done&) { return true; }
inline bool same(const dispatcher::Totals& a, const dispatcher::Totals& b) {
  return a.messages == b.messages && a.nodes == b.nodes && a.logs == b.logs && a.entries == b.entries;
}
inline bool same(const std::optional<dispatcher::NodeRecord>& a,
                 const std::optional<dispatcher::NodeRecord>& b) {
  return a == b;
}
inline bool same(const dispatcher::Admission& a, const dispatcher::Admission& b) { return a == b; }
inline bool same(const dispatcher::Listed& a, const dispatcher::Listed& b) {
  const auto same_row = [](const dispatcher::NodeRow& x, const dispatcher::NodeRow& y) {
    return x.node == y.node && x.usage == y.usage && x.oldest == y.oldest && x.device == y.device;
  };
  return std::ranges::equal(a.rows, b.rows, same_row) && a.rest == b.rest;
}
inline bool same(const dispatcher::Placed& a, const dispatcher::Placed& b) {
  return a.known == b.known && a.body == b.body;
}
inline bool same(const std::optional<dispatcher::SubmissionRecord>& a,
                 const std::optional<dispatcher::SubmissionRecord>& b) {
  return a == b;
}
inline bool same(const dispatcher::Fetched& a, const dispatcher::Fetched& b) {
  const auto same_message = [](const dispatcher::FetchedMessage& x, const dispatcher::FetchedMessage& y) {
    return x.number == y.number && x.received == y.received && x.expires == y.expires &&
           x.offset == y.offset && x.size == y.size;
  };
  return std::ranges::equal(a.messages, b.messages, same_message) && a.bytes == b.bytes && a.rest == b.rest;
}
inline bool same(const dispatcher::Freed& a, const dispatcher::Freed& b) {
  return a.inbox == b.inbox && a.usage == b.usage;
}
inline bool same(const std::optional<Bytes>& a, const std::optional<Bytes>& b) { return a == b; }
/// In which order inboxes come is nobody's promise.
inline bool same(const dispatcher::Swept& a, const dispatcher::Swept& b) {
  const auto in_both = [&](const dispatcher::Freed& freed) {
    return std::ranges::any_of(b.freed, [&](const auto& other) { return same(freed, other); });
  };
  return a.freed.size() == b.freed.size() && std::ranges::all_of(a.freed, in_both) && a.cards == b.cards &&
         a.submissions == b.submissions && a.tokens == b.tokens && a.rest == b.rest && a.lapsed == b.lapsed;
}

inline bool same(const std::optional<dispatcher::LogRecord>& a,
                 const std::optional<dispatcher::LogRecord>& b) {
  return a == b;
}
inline bool same(const std::optional<dispatcher::EntryRecord>& a,
                 const std::optional<dispatcher::EntryRecord>& b) {
  return a == b;
}
inline bool same(const dispatcher::EntryPlaced& a, const dispatcher::EntryPlaced& b) {
  return a.known == b.known && a.freed == b.freed && a.gone == b.gone && a.body == b.body;
}
inline bool same(const dispatcher::BoxFreed& a, const dispatcher::BoxFreed& b) { return a.usage == b.usage; }
inline bool same(const dispatcher::LogFreed& a, const dispatcher::LogFreed& b) {
  return a.log == b.log && a.entries == b.entries && a.gone == b.gone && a.introductions == b.introductions &&
         a.keys == b.keys && a.whole == b.whole;
}
/// In which order logs come is nobody's promise.
inline bool same(const dispatcher::LogsSwept& a, const dispatcher::LogsSwept& b) {
  const auto in_both = [&](const dispatcher::LogFreed& freed) {
    return std::ranges::any_of(b.logs, [&](const auto& other) { return same(freed, other); });
  };
  return a.logs.size() == b.logs.size() && std::ranges::all_of(a.logs, in_both) && a.rest == b.rest;
}
inline bool same(const dispatcher::Restocked& a, const dispatcher::Restocked& b) {
  return a.status == b.status && a.counts == b.counts;
}
inline bool same(const dispatcher::Claimed& a, const dispatcher::Claimed& b) {
  return a.package == b.package && a.use == b.use && a.counts == b.counts;
}
inline bool same(const dispatcher::PackagesSwept& a, const dispatcher::PackagesSwept& b) {
  const auto same_owner = [](const auto& x, const auto& y) {
    return x.node == y.node && x.counts == y.counts;
  };
  return std::ranges::equal(a.owners, b.owners, same_owner) && a.rest == b.rest;
}

inline bool same(const dispatcher::StoreResult& a, const dispatcher::StoreResult& b) {
  if (!a || !b) return !a && !b && a.error() == b.error();
  if (a->index() != b->index()) return false;
  return std::visit([&](const auto& one) { return same(one, std::get<std::decay_t<decltype(one)>>(*b)); },
                    *a);
}

}  // namespace taut::test
