#include "store/token_table.hpp"

#include "store/columns.hpp"

namespace taut::store {

using namespace dispatcher;

Status TokenTable::add(const AddToken& add) {
  return database_.run(
      "INSERT INTO token VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
      " uses = excluded.uses, expires = excluded.expires",
      add.token, add.uses, column_of(add.expires));
}

Result<Admission> TokenTable::spend(const EnrolmentHash& token, WallTime now) {
  TAUT_CHECK(database_.run("UPDATE token SET uses = uses - 1 WHERE token = ? AND uses > 0 AND expires > ?",
                           token, column_of(now)));
  return database_.changed_rows() == 1 ? Admission::admitted : Admission::refused;
}

Result<std::uint64_t> TokenTable::expire(WallTime now, std::size_t count_max) {
  TAUT_CHECK(
      database_.run("DELETE FROM token WHERE token IN"
                    " (SELECT token FROM token WHERE expires <= ? OR uses = 0 LIMIT ?)",
                    column_of(now), column_of(count_max)));
  return database_.changed_rows();
}

}  // namespace taut::store
