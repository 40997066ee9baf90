// The truth table: every phase of a link against everything that can come.

#include <doctest/doctest.h>

#include <functional>

#include "support/forged_end.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// Two ends brought to a phase; which of them is looked at.
struct Scene {
  TwoEnds ends;
  bool looks_at_alice = false;
  End& end() { return looks_at_alice ? ends.a : ends.b; }
  End& other() { return looks_at_alice ? ends.b : ends.a; }
};

using Bring = std::function<void(Scene&)>;
using Input = std::function<void(Scene&)>;

void alice(Scene& scene) { scene.looks_at_alice = true; }
void open_both(Scene& scene) { scene.ends.pump(); }

const std::vector<std::pair<std::string, Bring>>& phases() {
  static const std::vector<std::pair<std::string, Bring>> all{
      {"await hello", [](Scene&) {}},
      {"half a hello", [](Scene& s) { s.ends.b.receive(as_bytes("tau")); }},
      {"await answer", [](Scene& s) { alice(s), s.ends.a.flush(); }},
      {"unconfirmed",
       [](Scene& s) { s.ends.b.receive(s.ends.a.flush()), s.ends.a.receive(s.ends.b.flush()); }},
      {"open initiator", [](Scene& s) { alice(s), open_both(s); }},
      {"open responder", [](Scene& s) { open_both(s); }},
      {"closing", [](Scene& s) { open_both(s), s.ends.b.link.close({}), s.ends.b.flush(); }},
      {"over", [](Scene& s) { open_both(s), s.ends.b.link.close({}), s.ends.pump(); }},
  };
  return all;
}

Bytes hello_of_another() {
  TwoEnds others;
  return others.a.flush();
}
Bytes answer_of_another() {
  TwoEnds others(Limits{}, kDefaultSuite);
  Node carol(3);
  End c(StreamLink::dial(carol.local(), others.bob.remote(), Purpose::dispatcher, {}, kNoon).value());
  others.b.receive(c.flush());
  return others.b.flush();
}
/// A record of this session, if the other end can seal one by now; else of another session.
Bytes record(Scene& scene, bool with_end) {
  TwoEnds others;
  others.pump();
  const bool can_seal = scene.other().link.peer() != nullptr;
  End& sealer = can_seal ? scene.other() : others.a;
  if (with_end) sealer.link.close({});
  if (!with_end) (void)sealer.link.send(frame_of(5));  // may have ended: then there is nothing to flush
  return sealer.flush();
}

const std::vector<std::pair<std::string, Input>>& inputs() {
  static const std::vector<std::pair<std::string, Input>> all{
      {"nothing", [](Scene& s) { s.end().receive({}); }},
      {"hello", [](Scene& s) { s.end().receive(hello_of_another()); }},
      {"answer of another", [](Scene& s) { s.end().receive(answer_of_another()); }},
      {"refusal", [](Scene& s) { s.end().receive(Bytes{0, 1, 4}); }},
      {"empty block", [](Scene& s) { s.end().receive(Bytes{0, 0}); }},
      {"frame", [](Scene& s) { s.end().receive(record(s, false)); }},
      {"end", [](Scene& s) { s.end().receive(record(s, true)); }},
      {"end of stream", [](Scene& s) { s.end().receive_end(); }},
      {"an hour", [](Scene& s) { s.end().tick(at(1h)); }},
      {"close", [](Scene& s) { s.end().link.close({}); }},
  };
  return all;
}

/// What the end tells its owner, row by row as `phases`, column by column as `inputs`.
const std::vector<std::vector<std::string>> kTold{
    // await hello: only a Hello with its message gets anywhere
    {"", "claimed", "closed(broken not_taut)", "closed(broken not_taut)", "closed(broken not_taut)",
     "closed(broken not_taut)", "closed(broken not_taut)", "closed(cut cut)", "closed(late deadline)", ""},
    // half a hello: "tau" and then "taut..." is a Hello with an empty name
    {"", "closed(broken bad_frame)", "closed(broken not_taut)", "closed(broken not_taut)",
     "closed(broken not_taut)", "closed(broken not_taut)", "closed(broken not_taut)", "closed(cut cut)",
     "closed(late deadline)", ""},
    // await answer: "taut" is the size of a block that is too large
    {"", "closed(broken too_large)", "closed(broken identity_mismatch)", "closed(refused identity_mismatch)",
     "closed(broken bad_frame)", "closed(broken bad_frame)", "closed(broken bad_frame)", "closed(cut cut)",
     "closed(late deadline)", ""},
    // unconfirmed
    {"", "", "closed(broken bad_tag)", "closed(broken bad_tag)", "closed(broken bad_frame)",
     "authenticated frame", "authenticated closed(clean ended)", "closed(cut cut)", "closed(late deadline)",
     ""},
    // open initiator
    {"", "", "closed(broken bad_tag)", "closed(broken bad_tag)", "closed(broken bad_frame)", "frame",
     "closed(clean ended)", "closed(cut cut)", "", ""},
    // open responder
    {"", "", "closed(broken bad_tag)", "closed(broken bad_tag)", "closed(broken bad_frame)", "frame",
     "closed(clean ended)", "closed(cut cut)", "", ""},
    // closing
    {"", "", "closed(broken bad_tag)", "closed(broken bad_tag)", "closed(broken bad_frame)", "frame",
     "closed(clean ended)", "closed(cut cut)", "closed(late deadline)", ""},
    // over
    {"", "", "", "", "", "", "", "", "", ""},
};

}  // namespace

TEST_CASE("every phase, everything that can come") {
  REQUIRE(kTold.size() == phases().size());
  for (std::size_t row = 0; row < phases().size(); ++row) {
    REQUIRE(kTold[row].size() == inputs().size());
    for (std::size_t column = 0; column < inputs().size(); ++column) {
      Scene scene;
      phases()[row].second(scene);
      scene.end().told.clear();
      inputs()[column].second(scene);
      const std::string what = phases()[row].first + ", " + inputs()[column].first;
      CHECK_MESSAGE(scene.end().told == kTold[row][column], what << ": " << scene.end().told);
    }
  }
}

TEST_CASE("whatever came, a link that told its end says nothing more and is over once flushed") {
  for (const auto& [phase, bring] : phases()) {
    for (const auto& [name, input] : inputs()) {
      Scene scene;
      bring(scene);
      input(scene);
      End& end = scene.end();
      if (end.closed.empty()) continue;
      CAPTURE(phase);
      CAPTURE(name);
      end.flush();
      CHECK(end.link.is_over());
      for (const auto& again : inputs()) again.second(scene);
      CHECK(end.closed.size() == 1);
      CHECK(end.flush().empty());
      CHECK(end.link.next_deadline() == std::nullopt);
    }
  }
}

TEST_CASE("closing before there is a session says nothing on the wire") {
  for (const std::size_t row : {0UL, 1UL, 2UL, 3UL}) {
    Scene scene;
    phases()[row].second(scene);
    scene.end().link.close({});
    CHECK(scene.end().flush().empty());
    CHECK(scene.end().link.is_over());
  }
}

TEST_CASE("closing ends by its deadline, if the peer does not answer") {
  TwoEnds ends;
  ends.pump();
  ends.b.link.close(at(100s));
  ends.b.flush();
  CHECK(ends.b.link.next_deadline() == at(105s));
  ends.b.tick(at(104s));
  CHECK(ends.b.closed.empty());
  ends.b.tick(at(105s));
  CHECK(ends.b.closed.size() == 1);
  CHECK(ends.b.closed[0].ending == Ending::late);
  CHECK(ends.b.link.is_over());
}
