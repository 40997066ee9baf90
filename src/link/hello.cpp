#include "link/hello.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::link {
namespace {

constexpr std::string_view kMagic = "taut";
constexpr std::string_view kPrologueLabel = "taut 1 link";
constexpr std::size_t kFixedBytes = 4 + 2 + 1 + 1;  // up to and with the name's length, one byte below 64
constexpr std::size_t kNameBytesMax = 63;

}  // namespace

Result<std::optional<HelloRead>> read_hello(ByteView in) {
  const std::size_t compared = std::min(in.size(), kMagic.size());
  if (!equal(in.first(compared), as_bytes(kMagic).first(compared)))
    return fail(Errc::malformed, reasons::kNotTaut);
  if (in.size() < kFixedBytes) return std::nullopt;
  const std::size_t name_size = in[kFixedBytes - 1];
  if (name_size == 0 || name_size > kNameBytesMax) return malformed();
  if (in.size() < kFixedBytes + name_size) return std::nullopt;

  wire::Reader reader(in.subspan(kMagic.size()));
  TAUT_TRY(const std::uint16_t version, reader.u16());
  TAUT_TRY(const std::uint8_t purpose, reader.u8());
  TAUT_TRY(const ByteView name, reader.vector(kNameBytesMax));
  return HelloRead{{version, purpose, std::string(as_text(name))}, kFixedBytes + name_size};
}

void write_hello(Bytes& out, const Hello& hello) {
  wire::Writer(out)
      .raw(as_bytes(kMagic))
      .u16(hello.version)
      .u8(hello.purpose)
      .vector(as_bytes(hello.noise_name));
}

Bytes prologue(const Hello& hello, const std::optional<NodeId>& responder) {
  Bytes out;
  wire::Writer writer(out);
  writer.vector(as_bytes(kPrologueLabel));
  write_hello(out, hello);
  writer.present(responder.has_value());
  if (responder) writer.raw(responder->view());
  return out;
}

Error error_of(std::uint8_t refusal) {
  switch (static_cast<Refusal>(refusal)) {
    case Refusal::version:
      return {Errc::incompatible, reasons::kVersionRefused};
    case Refusal::suite:
      return {Errc::incompatible, reasons::kSuiteRefused};
    case Refusal::purpose:
      return {Errc::incompatible, reasons::kPurposeRefused};
    case Refusal::handshake:
      break;
  }
  // Whoever answers could not read what was meant for our peer, or would not have us: not the one we
  // wanted, as far as anybody can tell. A number from a later version means no more.
  return {Errc::unauthentic, reasons::kIdentityMismatch};
}

}  // namespace taut::link
