#include "datagram/packet.hpp"

#include "crypto/aead.hpp"

namespace taut::datagram {
namespace {

constexpr std::size_t kMacBytes = Mac::size_bytes;

Result<Initiation> read_initiation(ByteView datagram, wire::Reader in) {
  Initiation initiation;
  TAUT_TRY(initiation.sender_index, in.u32());
  TAUT_TRY(initiation.resumes, in.u32());
  TAUT_TRY(const std::optional<link::HelloRead> hello, link::read_hello(in.rest()));
  if (!hello) return malformed();
  initiation.hello = hello->hello;
  TAUT_CHECK(in.take(hello->size));
  TAUT_TRY(initiation.noise_message, in.vector());
  TAUT_TRY(initiation.mac1, in.value<Mac>());
  TAUT_TRY(initiation.mac2, in.value<Mac>());
  TAUT_CHECK(in.finish());
  initiation.before_macs = datagram.first(datagram.size() - 2 * kMacBytes);
  return initiation;
}

Result<Response> read_response(wire::Reader in) {
  Response response;
  TAUT_TRY(response.sender_index, in.u32());
  TAUT_TRY(response.receiver_index, in.u32());
  TAUT_TRY(response.noise_message, in.vector());
  TAUT_CHECK(in.finish());
  return response;
}

Result<CookieReply> read_cookie_reply(wire::Reader in) {
  CookieReply reply;
  TAUT_TRY(reply.receiver_index, in.u32());
  TAUT_TRY(reply.nonce, in.take(kCookieNonceBytes));
  TAUT_TRY(reply.sealed_cookie, in.take(kSealedCookieBytes));
  TAUT_CHECK(in.finish());
  return reply;
}

Result<Data> read_data(ByteView datagram, wire::Reader in) {
  Data data;
  TAUT_TRY(data.receiver_index, in.u32());
  TAUT_TRY(data.number, in.u64());
  if (in.rest().size() < crypto::kTagBytes) return malformed();
  data.header = datagram.first(kDataHeaderBytes);
  data.ciphertext = in.rest();
  return data;
}

}  // namespace

Result<Packet> read_packet(ByteView datagram) {
  wire::Reader in(datagram);
  TAUT_TRY(const std::uint8_t type, in.u8());
  switch (static_cast<PacketType>(type)) {
    case PacketType::initiation:
      return read_initiation(datagram, in);
    case PacketType::response:
      return read_response(in);
    case PacketType::cookie_reply:
      return read_cookie_reply(in);
    case PacketType::data:
      return read_data(datagram, in);
  }
  return malformed();
}

Bytes write_initiation_body(SessionIndex sender_index, SessionIndex resumes, const link::Hello& hello,
                            ByteView noise_message) {
  Bytes out;
  wire::Writer writer(out);
  writer.u8(static_cast<std::uint8_t>(PacketType::initiation)).u32(sender_index).u32(resumes);
  link::write_hello(out, hello);
  writer.vector(noise_message);
  return out;
}

Bytes write_response(SessionIndex sender_index, SessionIndex receiver_index, ByteView noise_message) {
  return wire::written([&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(PacketType::response)).u32(sender_index).u32(receiver_index);
    out.vector(noise_message);
  });
}

Bytes write_cookie_reply(SessionIndex receiver_index, ByteView nonce, ByteView sealed_cookie) {
  return wire::written([&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(PacketType::cookie_reply)).u32(receiver_index);
    out.raw(nonce).raw(sealed_cookie);
  });
}

void write_data_header(Bytes& out, SessionIndex receiver_index, std::uint64_t number) {
  wire::Writer(out).u8(static_cast<std::uint8_t>(PacketType::data)).u32(receiver_index).u64(number);
}

Bytes datagram_prologue(const link::Hello& hello, const NodeId& responder, SessionIndex resumes) {
  Bytes out;
  wire::Writer writer(out);
  writer.vector(as_bytes("taut 1 datagram")).u32(resumes);
  link::write_hello(out, hello);
  writer.raw(responder.view());
  return out;
}

}  // namespace taut::datagram
