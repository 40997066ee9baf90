#pragma once
// A dispatcher's tables and, beside them, what they should hold: before and after the batch under way.

#include <algorithm>

#include "../operations.hpp"
#include "../same_result.hpp"
#include "store/dispatcher_tables.hpp"
#include "support/memory_store.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

class DispatcherHistory {
 public:
  explicit DispatcherHistory(std::uint64_t seed) : history_(seed), sizes_(seed) {}

  static auto open(const std::filesystem::path& folder) {
    SeededRandom random(1);
    return store::DispatcherTables::open(folder / "post.db", random);
  }

  /// Draws the next batch and says what it would lead to.
  std::vector<dispatcher::Operation> next() {
    std::vector<dispatcher::Operation> batch = std::exchange(put_off_, {});
    // An Erase has a transaction before it and one behind it, so it comes alone.
    for (std::size_t left = batch.empty() ? 1 + sizes_() % 8 : 0; left > 0; --left) {
      dispatcher::Operation operation = history_.next();
      // A token that is not there is refused, and a refusal is no failure of the disk.
      if (auto* const added = std::get_if<dispatcher::AddNode>(&operation)) added->token.reset();
      const bool is_erase = std::holds_alternative<dispatcher::Erase>(operation);
      (is_erase && !batch.empty() ? put_off_ : batch).push_back(std::move(operation));
      if (is_erase) break;
    }
    for (const dispatcher::Operation& operation : batch) after_.carry_out(operation);
    ask();
    return batch;
  }
  void acknowledged() {
    before_ = after_;
    ask();
  }
  void undone() {
    after_ = before_;
    ask();
  }

  /// What is wrong with the tables in a folder: neither state, or no state at all.
  std::string examine(const std::filesystem::path& folder) const {
    const auto tables = open(folder);
    if (!tables) return "does not open: " + tables.error().text;
    std::vector<dispatcher::Operation> questions = questions_;
    const auto answers = (*tables)->carry_out(questions);
    const auto same_result = [](const auto& a, const auto& b) { return same(a, b); };
    if (std::ranges::equal(answers, answers_before_, same_result)) return {};
    if (std::ranges::equal(answers, answers_after_, same_result)) return {};
    const auto bad = std::ranges::find_if(answers, [](const auto& answer) { return !answer.has_value(); });
    return bad == answers.end() ? "holds something else" : "answers " + std::string(bad->error().reason.name);
  }

 private:
  void ask() {
    using namespace dispatcher;
    questions_.clear();
    questions_.push_back(LoadTotals{});
    for (const auto& [id, node] : after_.nodes) {
      questions_.push_back(LoadNode{id});
      questions_.push_back(LoadCard{id});
      questions_.push_back(FetchMessages{id, 0, std::size_t{1} << 30, 10'000});
      for (const auto& [submission, record] : node.submissions)
        questions_.push_back(LookUpSubmission{id, submission});
    }
    for (std::uint64_t number = 0; number < LogHistory::kLogs; ++number) {
      const LogId log = LogHistory::log_numbered(number);
      questions_.push_back(LoadLog{log});
      for (KeyNumber key = 0; key < 3; ++key) {
        questions_.push_back(
            FetchEntries{log, frame::Shelf::entries, key, 0, 10'000, std::size_t{1} << 30, 10'000});
      }
      questions_.push_back(
          FetchEntries{log, frame::Shelf::introductions, 0, 0, 10'000, std::size_t{1} << 30, 10'000});
      const auto known = after_.logs.logs.find(log);
      if (known == after_.logs.logs.end()) continue;
      for (const auto& [place, entry] : known->second.entries)
        questions_.push_back(LookUpEntry{log, entry.submission});
    }
    for (const auto& [id, node] : before_.nodes) {
      for (const auto& [submission, record] : node.submissions)
        questions_.push_back(LookUpSubmission{id, submission});
    }
    answers_before_ = answers(before_);
    answers_after_ = answers(after_);
  }
  std::vector<dispatcher::StoreResult> answers(MemoryStore model) const {
    std::vector<dispatcher::StoreResult> answers;
    for (const dispatcher::Operation& question : questions_) answers.push_back(model.carry_out(question));
    return answers;
  }

  History history_;
  std::vector<dispatcher::Operation> put_off_;
  std::mt19937_64 sizes_;
  MemoryStore before_;
  MemoryStore after_;
  std::vector<dispatcher::Operation> questions_;
  std::vector<dispatcher::StoreResult> answers_before_;
  std::vector<dispatcher::StoreResult> answers_after_;
};

}  // namespace taut::test
