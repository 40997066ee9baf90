// The handshake and the records of a link over a stream: docs/protocol/link.md.

#include "row.hpp"
#include "support/forged_end.hpp"

namespace taut::test {

namespace {

const std::string kOneAnswer =
    "Any other kind, a frame of no or too many bytes, bytes behind an `end`'s code, or a tag "
    "that does not hold closes the link at once, without an answer.";

/// What an honest responder was told, and what it said on the wire.
std::string told_by(const Bytes& first_bytes, std::optional<WallTime> wall = kNoon) {
  Node bob(2);
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, wall));
  b.receive(first_bytes);
  const Bytes answer = b.flush();
  if (b.closed.empty()) return b.told;
  if (answer.empty()) return b.told + ", no answer";
  return b.told + ", refusal " + std::to_string(answer.at(2));
}

std::string told_by_hello(const Hello& hello) {
  Bytes bytes;
  write_hello(bytes, hello);
  return told_by(bytes);
}

std::string told_by_payload(const std::function<void(IdentityPayload&, const Node&)>& bend) {
  Node mallory(3), bob(2), alice(1);
  IdentityPayload payload = payload_of(mallory, bob);
  bend(payload, alice);
  ForgedEnd forged = ForgedEnd::initiator(mallory, bob);
  return told_by(forged.hello_with(write_identity_payload(payload)));
}

Hello hello_of(std::uint16_t version, Purpose purpose, std::string name = "Noise_IK_25519_AESGCM_SHA256") {
  return {version, static_cast<std::uint8_t>(purpose), std::move(name)};
}

/// After an honest handshake, whatever record.
std::string told_by_record(const Bytes& plaintext, bool is_bent = false) {  // NOLINT: on its way
  Node mallory(3), bob(2);
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  ForgedEnd forged = ForgedEnd::initiator(mallory, bob);
  b.receive(forged.hello_with(write_identity_payload(payload_of(mallory, bob))));
  forged.read_answer(b.flush());
  b.receive(forged.record_with(Bytes{0}));
  Bytes record = forged.record_with(plaintext);
  if (is_bent) record.back() ^= 1;
  b.receive(record);
  return b.told + (b.flush().empty() ? ", no answer" : ", an answer");
}

Bytes record_of(std::initializer_list<Byte> head, std::size_t zeros = 0) {
  Bytes record(head);
  record.resize(record.size() + zeros);
  return record;
}

void hellos(Rows& rows) {
  const std::string page = "link.md";
  rows.push_back({page,
                  "The first byte that cannot belong to a Hello closes the connection without an answer.",
                  "speaks HTTP", "closed(broken not_taut), no answer",
                  [] { return told_by(to_bytes(as_bytes("GET / HTTP/1.1"))); }});
  rows.push_back({page,
                  "A responder that does not speak it refuses, and the initiator must not try a lower one "
                  "because of that",
                  "wants a version that is not spoken", "closed(broken version_refused), refusal 1",
                  [] { return told_by_hello(hello_of(2, Purpose::dispatcher)); }});
  rows.push_back({page, "No other name is offered or accepted.", "wants another Noise name",
                  "closed(broken suite_refused), refusal 2", [] {
                    return told_by_hello(hello_of(1, Purpose::dispatcher, "Noise_XX_25519_AESGCM_SHA256"));
                  }});
  rows.push_back(
      {page,
       "A responder that will not go on sends a block of this one byte where message 2 would be, and closes.",
       "wants a purpose that is not served", "closed(broken purpose_refused), refusal 3",
       [] { return told_by_hello(hello_of(1, Purpose::channel)); }});
  const std::string sizes =
      "Handshake blocks have at most 4,096 bytes; a size over the limit, or 0, is refused before the bytes "
      "have come.";
  for (const auto& [does, size, expected] :
       {std::tuple{"sends a handshake block of no bytes", Bytes{0, 0}, "closed(broken bad_frame), refusal 4"},
        std::tuple{"sends a handshake block of 4,097 bytes", Bytes{0x10, 0x01},
                   "closed(broken too_large), refusal 4"}})
    rows.push_back({page, sizes, does, expected, [block = size] {
                      Bytes bytes;
                      write_hello(bytes, hello_of(1, Purpose::dispatcher));
                      append(bytes, block);
                      return told_by(bytes);
                    }});
}

void payloads(Rows& rows) {
  const std::string page = "link.md";
  const std::string mismatch = "closed(broken identity_mismatch), refusal 4";
  rows.push_back({page, "it parses, and its size is a multiple of 256;", "does not pad its identity",
                  "closed(broken bad_frame), refusal 4", [] {
                    Node mallory(3), bob(2);
                    Bytes payload = write_identity_payload(payload_of(mallory, bob));
                    payload.resize(payload.size() + 1);
                    return told_by(ForgedEnd::initiator(mallory, bob).hello_with(payload));
                  }});
  rows.push_back({page, "`recipient` is the party's own node ID;", "means somebody else", mismatch, [] {
                    return told_by_payload(
                        [](auto& p, const Node& alice) { p.recipient = alice.identity.node_id(); });
                  }});
  rows.push_back({page, "`recipient` is the party's own node ID;", "means nobody", mismatch,
                  [] { return told_by_payload([](auto& p, const Node&) { p.recipient.reset(); }); }});
  rows.push_back(
      {page,
       "`signature_key` hashes to the certificate's node ID; for the initiator, that is the node it called;",
       "shows somebody else's signature key", mismatch, [] {
         return told_by_payload(
             [](auto& p, const Node& alice) { p.signature_key = alice.identity.signature_key().public_key; });
       }});
  rows.push_back(
      {page, "the certificate is for this link's suite and for exactly the static key that Noise has proven;",
       "shows somebody else's certificate", mismatch, [] {
         return told_by_payload([](auto& p, const Node& alice) {
           p.signature_key = alice.identity.signature_key().public_key;
           p.certificate = alice.identity.link_key(kDefaultSuite)->certificate;
         });
       }});
  rows.push_back({page, "its signature holds;", "changes its certificate",
                  "closed(broken bad_signature), refusal 4",
                  [] { return told_by_payload([](auto& p, const Node&) { p.certificate.sequence += 1; }); }});
  rows.push_back(
      {page, "it is in force now, if the party knows the time.", "shows a certificate that has expired",
       "closed(broken expired), refusal 4", [] {
         Node mallory(3), bob(2);
         const Bytes hello =
             ForgedEnd::initiator(mallory, bob).hello_with(write_identity_payload(payload_of(mallory, bob)));
         return told_by(hello, kNoon + identity::kLinkKeyLife + std::chrono::hours(1));
       }});
  rows.push_back(
      {page, "Until then the link is *half open*: message 1 may be a replay.", "says a first message again",
       "claimed", [] {
         Node mallory(3), bob(2);
         const Bytes hello =
             ForgedEnd::initiator(mallory, bob).hello_with(write_identity_payload(payload_of(mallory, bob)));
         (void)told_by(hello);
         return told_by(hello);
       }});
  rows.push_back(
      {page,
       "An initiator reads `handshake` and numbers it does not know as *not whom I meant* "
       "(`identity_mismatch`).",
       "refuses for a reason that is none", "closed(refused identity_mismatch)", [] {
         Node alice(1), bob(2);
         End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
         (void)a.flush();
         a.receive(Bytes{0, 1, 9});
         return a.told;
       }});
  rows.push_back(
      {page,
       "An initiator that does not accept the responder's identity payload has transport keys already. It "
       "sends one record, `end` with code `identity_refused`, and closes.",
       "answers as another node", "closed(broken identity_mismatch), one record", [] {
         Node alice(1), bob(2), mallory(3);
         End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
         IdentityPayload payload = payload_of(bob, alice);
         payload.signature_key = mallory.identity.signature_key().public_key;
         const Bytes hello = a.flush();
         a.receive(ForgedEnd::responder(bob, bob).answer_with(write_identity_payload(payload), hello));
         return a.told + (a.flush().size() == 2 + 2 + 16 ? ", one record" : "");
       }});
}

void records(Rows& rows) {
  const std::string page = "link.md";
  const auto add = [&](const char* does, const char* reason, std::function<std::string()> act) {
    rows.push_back({page, kOneAnswer, does,
                    std::string("claimed authenticated closed(broken ") + reason + "), no answer",
                    std::move(act)});
  };
  add("bends a record", "bad_tag", [] { return told_by_record(record_of({0}), true); });
  add("sends a record of a kind that is none", "bad_frame", [] { return told_by_record(record_of({3})); });
  add("sends a frame of no bytes", "bad_frame", [] { return told_by_record(record_of({0, 0})); });
  add("sends a frame of 61,441 bytes", "too_large",
      [] { return told_by_record(record_of({0, 0x80, 0x00, 0xf0, 0x01}, 61'441)); });
  add("says something behind its end", "bad_frame", [] { return told_by_record(record_of({2, 0, 0})); });
}

}  // namespace

TEST_CASE("peers that break a rule of link.md, over a stream") {
  Rows rows;
  hellos(rows);
  payloads(rows);
  records(rows);
  check_rows(rows);
  CHECK(rows.size() == 21);
}

}  // namespace taut::test
