// The C header: what it promises beyond the C++ one that it stands on (ownership, NULL, error codes). How a
// conversation goes in C is shown, and tested, by examples/topic.c.

#include <doctest/doctest.h>
#include <taut/topic.h>

#include <string>
#include <vector>

namespace {

constexpr taut_time kNow{.monotonic_ns = 1'000'000'000, .unix_ms = 1'800'000'000'000};

struct Ann {
  Ann() {
    REQUIRE(taut_identity_create("ann", kNow, &identity) == TAUT_OK);
    taut_step* step = nullptr;
    REQUIRE(taut_topic_create(identity, "lunch", 60, kNow, &topic, &step) == TAUT_OK);
    for (size_t i = 0; i < taut_step_put_count(step); ++i) {
      const taut_view key = taut_step_put_key(step, i);
      const taut_view value = taut_step_put_value(step, i);
      keys.emplace_back(key.data, key.data + key.size);
      values.emplace_back(value.data, value.data + value.size);
    }
    taut_step_free(step);
  }
  Ann(const Ann&) = delete;
  Ann& operator=(const Ann&) = delete;
  ~Ann() {
    taut_topic_free(topic);
    taut_identity_free(identity);
  }
  std::vector<taut_record> records() const {
    std::vector<taut_record> all;
    for (size_t i = 0; i < keys.size(); ++i)
      all.push_back({{keys[i].data(), keys[i].size()}, {values[i].data(), values[i].size()}});
    return all;
  }
  taut_identity* identity = nullptr;
  taut_topic* topic = nullptr;
  std::vector<std::vector<uint8_t>> keys, values;
};

TEST_CASE("an identity tells how much room its secret form takes, and comes back out of it") {
  const Ann ann;
  size_t size = 0;
  CHECK(taut_identity_save(ann.identity, nullptr, &size) == TAUT_EXHAUSTED);
  REQUIRE(size > 100);
  std::vector<uint8_t> saved(size);
  size_t too_small = size - 1;
  CHECK(taut_identity_save(ann.identity, saved.data(), &too_small) == TAUT_EXHAUSTED);
  CHECK(too_small == size);
  CHECK(saved == std::vector<uint8_t>(size));  // nothing was copied
  REQUIRE(taut_identity_save(ann.identity, saved.data(), &size) == TAUT_OK);
  taut_identity* again = nullptr;
  REQUIRE(taut_identity_load({saved.data(), size}, &again) == TAUT_OK);
  CHECK(std::string(taut_identity_node_id(again)) == taut_identity_node_id(ann.identity));
  taut_identity_free(again);
  again = nullptr;
  CHECK(taut_identity_load({saved.data(), size - 1}, &again) == TAUT_MALFORMED);
  CHECK(again == nullptr);
}

TEST_CASE("a topic goes on from its records, after its identity's handle has gone") {
  Ann ann;
  const auto records = ann.records();
  taut_topic* loaded = nullptr;
  taut_step* step = nullptr;
  REQUIRE(taut_topic_load(ann.identity, records.data(), records.size(), kNow, &loaded, &step) == TAUT_OK);
  taut_step_free(step);
  step = nullptr;
  taut_identity_free(ann.identity);
  ann.identity = nullptr;
  const std::string text = "hello";
  uint8_t id[16] = {};
  REQUIRE(taut_topic_seal(loaded, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, kNow, id,
                          &step) == TAUT_OK);
  CHECK(taut_step_put_count(step) > 0);
  taut_step_free(step);
  CHECK(taut_topic_standing(loaded) == TAUT_OPEN);
  CHECK(taut_topic_member_count(loaded) == 1);
  char* node = nullptr;
  REQUIRE(taut_topic_member(loaded, 0, &node) == TAUT_OK);
  CHECK(std::string(node).starts_with("taut1"));
  taut_text_free(node);
  CHECK(taut_topic_member(loaded, 1, &node) == TAUT_MISUSE);
  taut_topic_free(loaded);
}

TEST_CASE("NULL is refused, never followed") {
  const Ann ann;
  taut_step* step = nullptr;
  taut_topic* topic = nullptr;
  taut_identity* identity = nullptr;
  char* text = nullptr;
  size_t size = 0;
  const taut_view none{nullptr, 5};
  CHECK(taut_identity_create("x", kNow, nullptr) == TAUT_MISUSE);
  CHECK(taut_identity_load(none, &identity) == TAUT_MISUSE);
  CHECK(taut_identity_save(nullptr, nullptr, &size) == TAUT_MISUSE);
  CHECK(taut_identity_save(ann.identity, nullptr, nullptr) == TAUT_MISUSE);
  CHECK(taut_topic_create(nullptr, "x", 0, kNow, &topic, &step) == TAUT_MISUSE);
  CHECK(taut_topic_create(ann.identity, "x", 0, kNow, nullptr, &step) == TAUT_MISUSE);
  CHECK(taut_topic_create(ann.identity, "x", 0, kNow, &topic, nullptr) == TAUT_MISUSE);
  CHECK(taut_topic_join(ann.identity, nullptr, kNow, &topic, &step) == TAUT_MISUSE);
  CHECK(taut_topic_load(ann.identity, nullptr, 1, kNow, &topic, &step) == TAUT_MISUSE);
  CHECK(taut_topic_seal(nullptr, {}, kNow, nullptr, &step) == TAUT_MISUSE);
  CHECK(taut_topic_seal(ann.topic, none, kNow, nullptr, &step) == TAUT_MISUSE);
  CHECK(taut_topic_open(ann.topic, none, kNow, &step) == TAUT_MISUSE);
  CHECK(taut_topic_welcome(ann.topic, none, kNow, &step) == TAUT_MISUSE);
  CHECK(taut_topic_decline(ann.topic, none, &step) == TAUT_MISUSE);
  CHECK(taut_topic_invite(ann.topic, 1, 0, kNow, nullptr, &step) == TAUT_MISUSE);
  CHECK(taut_topic_remove(ann.topic, nullptr, TAUT_BARRED, kNow, &step) == TAUT_MISUSE);
  CHECK(taut_topic_leave(nullptr, kNow, &step) == TAUT_MISUSE);
  CHECK(taut_topic_update(ann.topic, kNow, nullptr) == TAUT_MISUSE);
  CHECK(taut_topic_tick(nullptr, kNow, &step) == TAUT_MISUSE);
  CHECK(taut_topic_link(nullptr, &text) == TAUT_MISUSE);
  CHECK(step == nullptr);
  CHECK(topic == nullptr);
  taut_identity_free(nullptr);
  taut_topic_free(nullptr);
  taut_step_free(nullptr);
  taut_text_free(nullptr);
  CHECK(taut_step_event_count(nullptr) == 0);
  CHECK(taut_step_event(nullptr, 0).kind == 0);
  CHECK(std::string(taut_step_event(nullptr, 0).node).empty());
  CHECK(taut_step_publish_entry(nullptr, 0).data == nullptr);
  CHECK(taut_topic_standing(nullptr) == TAUT_CLOSED);
  CHECK(taut_topic_next_deadline(nullptr, nullptr) == 0);
}

TEST_CASE("a reason is that of the last call") {
  const Ann ann;
  taut_step* step = nullptr;
  const uint8_t rubbish[100] = {};
  CHECK(taut_topic_open(ann.topic, {rubbish, sizeof rubbish}, kNow, &step) == TAUT_UNAUTHENTIC);
  CHECK(std::string(taut_reason()) == "foreign_entry");
  char* link = nullptr;
  REQUIRE(taut_topic_invite(ann.topic, 0, 3600, kNow, &link, &step) == TAUT_OK);
  CHECK(std::string(taut_reason()).empty());
  CHECK(std::string(link).starts_with("taut-topic:"));
  taut_text_free(link);
  taut_step_free(step);
}

}  // namespace
