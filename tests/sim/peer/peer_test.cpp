// Misbehaving peers, each named after the sentence that it breaks: docs/protocol/misbehaving-peers.md is
// their table.

#include "line.hpp"
#include "row.hpp"

namespace taut::test {

Rows datagram_rows();
Rows dispatcher_rows(Over over);
Rows log_rows(Over over);
Rows node_rows(Over over);

TEST_CASE("peers that break a rule of datagram.md") {
  const Rows rows = datagram_rows();
  check_rows(rows);
  CHECK(rows.size() == 19);
}

TEST_CASE("peers that break a rule of frames.md or dispatcher.md, against a dispatcher") {
  for (const Over over : {Over::stream, Over::datagram}) {
    const Rows rows = dispatcher_rows(over);
    check_rows(rows);
    CHECK(rows.size() >= 30);
  }
}

TEST_CASE("peers that break a rule of topic-log.md, against a dispatcher") {
  for (const Over over : {Over::stream, Over::datagram}) {
    const Rows rows = log_rows(over);
    check_rows(rows);
    CHECK(rows.size() == 16);
  }
}

TEST_CASE("dispatchers that break a rule, against a node") {
  for (const Over over : {Over::stream, Over::datagram}) {
    const Rows rows = node_rows(over);
    check_rows(rows);
    CHECK(rows.size() >= 20);
  }
}

}  // namespace taut::test
