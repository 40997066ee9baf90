#pragma once
// The four datagrams of a link (docs/protocol/datagram.md, "Packets").

#include <variant>

#include "base/secret.hpp"
#include "link/hello.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::datagram {

enum class PacketType : std::uint8_t { initiation = 1, response = 2, cookie_reply = 3, data = 4 };

/// Which of the receiver's sessions or handshakes a packet belongs to: random, chosen by the receiver.
using SessionIndex = std::uint32_t;
using Mac = Opaque<struct MacTag, 16>;

/// struct {
///   PacketType type = initiation;
///   uint32 sender_index;
///   uint32 resumes;              the responder's index of the session whose keys are renewed; 0: none
///   Hello hello;                 link/hello.hpp
///   opaque noise_message<V>;
///   opaque mac1[16];             keyed by the responder's link key: whoever wrote this knows whom he calls
///   opaque mac2[16];             keyed by a cookie; zeros without one
/// } Initiation;
struct Initiation {
  SessionIndex sender_index = 0;
  SessionIndex resumes = 0;
  link::Hello hello;
  ByteView noise_message;
  Mac mac1;
  Mac mac2;
  ByteView before_macs;  ///< what mac1 covers; mac2 covers mac1 as well

  std::size_t size_bytes() const { return before_macs.size() + 2 * Mac::size_bytes; }
};

/// struct { PacketType type; uint32 sender_index; uint32 receiver_index; opaque noise_message<V>; } Response;
struct Response {
  SessionIndex sender_index = 0;
  SessionIndex receiver_index = 0;
  ByteView noise_message;
};

/// struct { PacketType type; uint32 receiver_index; opaque nonce[24]; opaque sealed_cookie[32]; }
/// CookieReply;
struct CookieReply {
  SessionIndex receiver_index = 0;
  ByteView nonce;
  ByteView sealed_cookie;
};
inline constexpr std::size_t kCookieNonceBytes = 24;
inline constexpr std::size_t kSealedCookieBytes = 32;

/// struct { PacketType type; uint32 receiver_index; uint64 number; opaque ciphertext[]; } Data;
///
/// The first 13 bytes are the ciphertext's associated data.
struct Data {
  SessionIndex receiver_index = 0;
  std::uint64_t number = 0;
  ByteView header;
  ByteView ciphertext;
};
inline constexpr std::size_t kDataHeaderBytes = 1 + 4 + 8;

using Packet = std::variant<Initiation, Response, CookieReply, Data>;

/// Views point into `datagram`.
/// @errors malformed: type, sizes, trailing bytes
Result<Packet> read_packet(ByteView datagram);

/// Everything before the macs.
Bytes write_initiation_body(SessionIndex sender_index, SessionIndex resumes, const link::Hello& hello,
                            ByteView noise_message);
Bytes write_response(SessionIndex sender_index, SessionIndex receiver_index, ByteView noise_message);
Bytes write_cookie_reply(SessionIndex receiver_index, ByteView nonce, ByteView sealed_cookie);
void write_data_header(Bytes& out, SessionIndex receiver_index, std::uint64_t number);

/// What the handshake's prologue binds for a datagram link: struct { opaque label<V> = "taut 1 datagram";
/// uint32 resumes; Hello hello; NodeId responder; }
Bytes datagram_prologue(const link::Hello& hello, const NodeId& responder, SessionIndex resumes);

}  // namespace taut::datagram
