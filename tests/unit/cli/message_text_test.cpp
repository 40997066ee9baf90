#include "cli/message_text.hpp"

#include <doctest/doctest.h>

namespace taut::cli {
namespace {

NodeId node(Byte value) {
  NodeId id;
  std::ranges::fill(id.fill(), value);
  return id;
}

node::Item message(Bytes body, envelope::ContentType type = envelope::ContentType::text) {
  node::Message message;
  message.sender = node(1);
  std::ranges::fill(message.id.fill(), Byte{0xab});
  message.sent = WallTime{1'700'000'000'000};
  message.received = WallTime{1'700'000'001'000};
  message.content = {type, std::move(body)};
  return {.number = 7, .delivery = node::Delivery::first, .what = std::move(message)};
}

Bytes bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

TEST_CASE("a message's event has the fields of the manual page, in order") {
  const Json event = json_of(message(bytes("hello")), std::nullopt);
  CHECK(line_of(event) ==
        "{\"v\":1,\"event\":\"message\",\"from\":\"" + to_text(node(1)) +
            "\",\"contact\":null,\"id\":\"abababababababababababababababab\","
            "\"sent\":\"2023-11-14T22:13:20.000Z\",\"received\":\"2023-11-14T22:13:21.000Z\","
            "\"text\":\"hello\"}\n");
}

TEST_CASE("what is not text goes as base64") {
  CHECK(json_of(message({0xff, 0xfe}), "bob")["data"] == "//4=");
  CHECK(json_of(message({0xff, 0xfe}), "bob")["contact"] == "bob");
  CHECK_FALSE(json_of(message({0xff, 0xfe}), "bob").contains("text"));
  CHECK(json_of(message(bytes("x"), envelope::ContentType::bytes), "bob")["data"] == "eA==");
  CHECK(json_of(message(bytes("x"), envelope::ContentType{77}), "bob")["data"] == "eA==");
}

TEST_CASE("what is unusual about a message is said") {
  node::Item item = message(bytes("x"));
  CHECK_FALSE(json_of(item, "bob").contains("redelivered"));
  CHECK_FALSE(json_of(item, "bob").contains("order"));
  item.delivery = node::Delivery::redelivered;
  CHECK(json_of(item, "bob")["redelivered"] == true);
  CHECK(text_of(item, "bob") == "bob: x (again)\n");
  std::get<node::Message>(item.what).order = node::Order::late;
  CHECK(json_of(item, "bob")["order"] == "late");
  std::get<node::Message>(item.what).order = node::Order::reused;
  CHECK(json_of(item, "bob")["order"] == "reused");
  std::get<node::Message>(item.what).sent = WallTime{0};
  CHECK(json_of(item, "bob")["sent"].is_null());
}

TEST_CASE("lines name the sender, by petname where there is one") {
  CHECK(text_of(message(bytes("hello")), "bob") == "bob: hello\n");
  CHECK(text_of(message(bytes("hello")), std::nullopt) == to_text(node(1)) + ": hello\n");
  CHECK(text_of(message({0xff}), "bob") == "bob: (1 byte that are no text; --json shows them)\n");
  CHECK(text_of(message(bytes("a\nbob: b")), "bob") == "bob: a\n    bob: b\n");
}

TEST_CASE("a gap is an event of its own") {
  const node::Item gap{.number = 1, .delivery = node::Delivery::first, .what = node::Gap{node(1), 5, 3, 4}};
  const Json event = json_of(gap, "bob");
  CHECK(event["event"] == "gap");
  CHECK(event["first"] == 3);
  CHECK(event["last"] == 4);
  CHECK(text_of(gap, "bob") == "bob: (2 messages missing)\n");
}

TEST_CASE("a receipt says what became of a message, and where") {
  node::Receipt receipt;
  receipt.recipient = node(2);
  receipt.outcome = node::Outcome::stored;
  receipt.stored_at = {node(3)};
  Json event = json_of(receipt, "bob");
  CHECK(event["event"] == "receipt");
  CHECK(event["outcome"] == "stored");
  CHECK(event["at"] == Json::array({to_text(node(3))}));
  CHECK(event["to"] == to_text(node(2)));
  CHECK_FALSE(event.contains("earlier"));
  CHECK_FALSE(event.contains("retry_after_s"));
  CHECK(text_of(receipt) == "stored 00000000000000000000000000000000\n");
  receipt.outcome = node::Outcome::full;
  receipt.retry_after = std::chrono::seconds(60);
  receipt.origin = node::Origin::earlier_task;
  event = json_of(receipt, "bob");
  CHECK(event["outcome"] == "full");
  CHECK(event["retry_after_s"] == 60);
  CHECK(event["earlier"] == true);
}

}  // namespace
}  // namespace taut::cli
