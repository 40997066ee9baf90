#pragma once
// Storage operations of a dispatcher, as a seed draws them.

#include <random>
#include <set>
#include <string>

#include "dispatcher/store.hpp"
#include "log_operations.hpp"

namespace taut::test {

template <class Value>
Value value_numbered(std::uint64_t number) {
  Value value;
  for (std::size_t i = 0; i < 8; ++i) value.fill()[i] = static_cast<Byte>(number >> 8 * i);
  return value;
}

inline constexpr std::uint64_t kStartMs = 1'700'000'000'000;

/// A message whose body says where it belongs.
inline dispatcher::PutMessage put_of(std::uint64_t inbox, std::uint64_t number, std::size_t size = 300) {
  std::string text = "message " + std::to_string(inbox) + "/" + std::to_string(number) + " ";
  text.resize(std::max(size, text.size()), '.');
  return {value_numbered<NodeId>(inbox),
          value_numbered<SubmissionId>(inbox << 32 | number),
          value_numbered<dispatcher::BodyHash>(number),
          number,
          dispatcher::Share::known,
          {kStartMs},
          {kStartMs + 1'000'000},
          {kStartMs + 2'000'000},
          to_bytes(as_bytes(text))};
}

/// A plausible history: what it asks next depends on what it asked before, and on nothing else.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), logs_(seed) {}

  dispatcher::Operation next() {
    using namespace dispatcher;
    const NodeId node = value_numbered<NodeId>(below(kNodes));
    const std::uint64_t which = below(100);
    if (below(4) == 0) return logs_.next(now_);
    if (added_.insert(node).second) return AddNode{node, {now_}, below(4) == 0 ? token() : std::nullopt};
    if (below(10) == 0) return logs_.next_package(node, now_);
    if (which < 45) return put(node);
    if (which < 55) return LookUpSubmission{node, value_numbered<SubmissionId>(below(submissions_ + 2))};
    if (which < 65) return FetchMessages{node, below(next_number_), 1 + below(5000), 1 + below(20)};
    if (which < 80) return ReleaseMessages{node, ranges()};
    if (which < 84) return SaveCard{node, below(5), {now_ + below(5000)}, Bytes(1 + below(600), 'c')};
    if (which < 86) return LoadCard{node};
    if (which < 89) return LoadNode{value_numbered<NodeId>(below(kNodes + 1))};
    if (which < 90) return LoadTotals{};
    if (which < 91) return Erase{};
    if (which < 92) return AddToken{*token(), static_cast<std::uint32_t>(below(3)), {now_ + below(9000)}};
    if (which < 94) return SaveNote{node, static_cast<NoteKind>(below(kNoteCount)), Bytes(below(90), 'n')};
    if (which < 95) return ListNodes{after(), 1 + below(kNodes)};
    if (which < 96) return DescribeNodes{{node, value_numbered<NodeId>(below(kNodes))}};
    if (which < 97) {
      added_.erase(node);
      return RemoveNode{node};
    }
    now_ += below(3000);
    return Sweep{{now_}, 10'000};
  }

 private:
  static constexpr std::uint64_t kNodes = 5;

  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_() % end; }

  std::optional<dispatcher::EnrolmentHash> token() {
    return value_numbered<dispatcher::EnrolmentHash>(below(3));
  }
  std::optional<NodeId> after() {
    if (below(2) == 0) return std::nullopt;
    return value_numbered<NodeId>(below(kNodes));
  }

  dispatcher::PutMessage put(const NodeId& node) {
    const bool repeats = submissions_ > 0 && below(10) == 0;
    const std::uint64_t submission = repeats ? below(submissions_) : submissions_++;
    const std::uint64_t size = below(20) == 0 ? 1 + below(30'000) : 1 + below(700);
    dispatcher::PutMessage put = put_of(0, next_number_++, size);
    put.inbox = node;
    put.submission = value_numbered<SubmissionId>(submission);
    put.share = static_cast<dispatcher::Share>(below(3));
    put.received = {now_};
    put.expires = {now_ + below(6000)};
    put.forget = put.expires + std::chrono::milliseconds(below(6000));
    return put;
  }

  std::vector<dispatcher::QueueRange> ranges() {
    std::vector<dispatcher::QueueRange> ranges;
    for (std::uint64_t at = below(next_number_); ranges.size() < 3; at = ranges.back().last + 2 + below(4))
      ranges.push_back({at, at + below(6)});
    return ranges;
  }

  std::mt19937_64 random_;
  LogHistory logs_;
  std::set<NodeId> added_;
  std::uint64_t submissions_ = 0;
  dispatcher::QueueNumber next_number_ = 1;
  std::uint64_t now_ = kStartMs;
};

}  // namespace taut::test
