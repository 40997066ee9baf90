#include "topic/said.hpp"

#include "mls/record.hpp"

namespace taut::topic {

namespace {

enum class What : std::uint8_t { said = 1, acknowledgement = 2 };
constexpr std::size_t kSaidFieldsBytesMax = 128;

Result<Said> read_said_fields(wire::Reader& in) {
  Said said;
  TAUT_TRY(said.message_id, in.value<MessageId>());
  TAUT_TRY(said.counter, in.u64());
  TAUT_TRY(said.said_in, in.u64());
  TAUT_TRY(const bool has_previous, in.present());
  if (has_previous) {
    TAUT_TRY(said.previous_said_in, in.u64());
  }
  TAUT_TRY(const std::uint64_t time, in.u64());
  if (time != 0) said.time = WallTime{time};
  TAUT_TRY(const std::uint32_t expires_s, in.u32());
  said.expires = std::chrono::seconds(expires_s);
  TAUT_TRY(const std::uint16_t type, in.u16());
  said.type = static_cast<ContentType>(type);
  TAUT_TRY(const ByteView body, in.vector(kContentBytesMax));
  said.body = to_bytes(body);
  TAUT_CHECK(wire::read_extensions(in, {}));
  TAUT_CHECK(in.finish());
  const bool is_ordered = said.previous_said_in.value_or(0) <= said.said_in;
  if (!is_ordered || said.previous_said_in.has_value() != (said.counter != 0)) return malformed();
  return said;
}

Result<Arrived> read_arrived(wire::Reader& in) {
  Arrived arrived;
  TAUT_TRY(arrived.sender, in.value<NodeId>());
  TAUT_TRY(arrived.sequence, in.u64());
  TAUT_TRY(arrived.next, in.u64());
  TAUT_TRY(arrived.beyond, in.u64());
  return arrived;
}

}  // namespace

SecretBytes Said::encode() const {
  return mls::secret_written(body.size() + kSaidFieldsBytesMax, [&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(What::said)).raw(message_id.view()).u64(counter).u64(said_in);
    out.present(previous_said_in.has_value());
    if (previous_said_in) out.u64(*previous_said_in);
    out.u64(time ? time->unix_ms : 0).u32(static_cast<std::uint32_t>(expires.count()));
    out.u16(static_cast<std::uint16_t>(type)).vector(body);
    wire::write_extensions(out, {});
  });
}

bool Arrived::has(std::uint64_t counter) const {
  if (counter <= next) return counter < next;
  const std::uint64_t bit = counter - next - 1;
  return bit < 64 && (beyond >> bit & 1) != 0;
}

Bytes Acknowledgement::encode() const {
  return wire::written([&](wire::Writer& out) {
    out.u8(static_cast<std::uint8_t>(What::acknowledgement));
    out.list(arrived, [](wire::Writer& inner, const Arrived& one) {
      inner.raw(one.sender.view()).u64(one.sequence).u64(one.next).u64(one.beyond);
    });
  });
}

Result<std::variant<Said, Acknowledgement>> read_inside(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t what, in.u8());
  if (what == static_cast<std::uint8_t>(What::said)) {
    TAUT_TRY(Said said, read_said_fields(in));
    return said;
  }
  if (what != static_cast<std::uint8_t>(What::acknowledgement)) return malformed();
  Acknowledgement acknowledgement;
  TAUT_TRY(acknowledgement.arrived, in.list(read_arrived, mls::kListCountMax));
  TAUT_CHECK(in.finish());
  return acknowledgement;
}

Result<Said> read_said(ByteView bytes) {
  TAUT_TRY(auto inside, read_inside(bytes));
  auto* said = std::get_if<Said>(&inside);
  if (said == nullptr) return malformed();
  return std::move(*said);
}

}  // namespace taut::topic
