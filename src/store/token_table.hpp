#pragma once
// Enrolment tokens, by their hashes.

#include "dispatcher/store.hpp"
#include "store/sqlite.hpp"

namespace taut::store {

class TokenTable {
 public:
  explicit TokenTable(Database& database) : database_(database) {}

  Status add(const dispatcher::AddToken& add);
  /// Spends one use; refused: there is none.
  Result<dispatcher::Admission> spend(const dispatcher::EnrolmentHash& token, WallTime now);
  /// Removes those that are over or used up.
  /// @return  how many went
  Result<std::uint64_t> expire(WallTime now, std::size_t count_max);

 private:
  Database& database_;
};

}  // namespace taut::store
