#pragma once
// The first bytes of a link, in clear: what is wanted. The prologue binds them all.
//
//   struct {
//     opaque magic[4] = "taut";
//     uint16 version;
//     Purpose purpose;               uint8
//     opaque noise_name<V>;          1..63 bytes
//   } Hello;
//
//   struct {
//     opaque label<V> = "taut 1 link";
//     Hello hello;
//     optional<NodeId> responder;    present wherever the pattern's initiator knows it
//   } Prologue;

#include <optional>
#include <string>

#include "link/peer.hpp"
#include "link/reasons.hpp"

namespace taut::link {

struct Hello {
  std::uint16_t version = 0;
  std::uint8_t purpose = 0;  ///< may hold a number that we do not know
  std::string noise_name;
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct HelloRead {
  Hello hello;
  std::size_t size;
};

/// Reads what has come so far of a Hello.
/// @return  none: more bytes are needed
/// @errors  malformed (not_taut): refused at the first byte that cannot be right; (bad_frame)
Result<std::optional<HelloRead>> read_hello(ByteView in);
void write_hello(Bytes& out, const Hello& hello);

Bytes prologue(const Hello& hello, const std::optional<NodeId>& responder);

/// Why a responder will not go on. A block of this one byte stands where a Noise message would; nobody
/// vouches for it, so it ends the attempt and changes nothing else.
enum class Refusal : std::uint8_t {
  version = 1,    ///< this version is not spoken
  suite = 2,      ///< this Noise name is not offered
  purpose = 3,    ///< this purpose is not served
  handshake = 4,  ///< everything else, without a hint
};
/// What a refusal means to the initiator.
Error error_of(std::uint8_t refusal);

}  // namespace taut::link
