#include "carrier/mqtt_gate.hpp"

#include <optional>

#include "wire/reader.hpp"

namespace taut::carrier {
namespace {

using wire::Reader;

/// Control packet types (MQTT 5 §2.1.2) that a server sends.
enum class Type : std::uint8_t {
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  suback = 9,
  unsuback = 11,
  pingresp = 13,
  disconnect = 14,
  auth = 15,
};

std::unexpected<Error> not_asked_for() { return fail(Errc::violation, reasons::kNotNow); }

/// Variable byte integer (MQTT 5 §1.5.5). nullopt: its end has not come.
Result<std::optional<std::size_t>> varint(Reader& in) {
  std::size_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    if (in.empty()) return std::nullopt;
    TAUT_TRY(const std::uint8_t byte, in.u8());
    value |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return malformed();
}

Status whole_varint(Reader& in) {
  TAUT_TRY(const std::optional<std::size_t> value, varint(in));
  if (!value) return malformed();
  return {};
}

/// UTF-8 or binary data (MQTT 5 §1.5.4, §1.5.6).
Status string(Reader& in) {
  TAUT_TRY(const std::uint16_t size, in.u16());
  TAUT_CHECK(in.take(size));
  return {};
}

Status skip(Reader& in, std::size_t size) {
  TAUT_CHECK(in.take(size));
  return {};
}

/// MQTT 5 §2.2.2.2.
Status property(Reader& in) {
  TAUT_TRY(const std::uint8_t identifier, in.u8());
  switch (identifier) {
    case 0x01:
    case 0x17:
    case 0x19:
    case 0x24:
    case 0x25:
    case 0x28:
    case 0x29:
    case 0x2a:
      return skip(in, 1);
    case 0x13:
    case 0x21:
    case 0x22:
    case 0x23:
      return skip(in, 2);
    case 0x02:
    case 0x11:
    case 0x18:
    case 0x27:
      return skip(in, 4);
    case 0x0b:
      return whole_varint(in);
    case 0x03:
    case 0x08:
    case 0x09:
    case 0x12:
    case 0x15:
    case 0x16:
    case 0x1a:
    case 0x1c:
    case 0x1f:
      return string(in);
    case 0x26:
      TAUT_CHECK(string(in));
      return string(in);
    default:
      return malformed();
  }
}

Status properties(Reader& in) {
  TAUT_TRY(const std::optional<std::size_t> size, varint(in));
  if (!size) return malformed();
  TAUT_TRY(const ByteView all, in.take(*size));
  for (Reader rest(all); !rest.empty();) TAUT_CHECK(property(rest));
  return {};
}

/// A reason code and properties, of which the end may be left out.
Status reason_and_properties(Reader& in) {
  if (in.empty()) return {};
  TAUT_CHECK(in.u8());
  if (in.empty()) return {};
  TAUT_CHECK(properties(in));
  return in.finish();
}

Status check_connack(Reader& in) {
  TAUT_CHECK(in.u8());
  TAUT_TRY(const std::uint8_t code, in.u8());
  if (in.empty() && code != 0) return {};  // as before MQTT 5
  TAUT_CHECK(properties(in));
  return in.finish();
}

Status check_publish(Reader& in, unsigned flags) {
  const unsigned qos = flags >> 1 & 3;
  if (qos == 3) return malformed();
  if (qos == 2) return not_asked_for();
  TAUT_CHECK(string(in));
  if (qos == 1) TAUT_CHECK(in.u16());
  return properties(in);
}

Status check_body(Type type, unsigned flags, Reader in) {
  switch (type) {
    case Type::connack:
      return check_connack(in);
    case Type::publish:
      return check_publish(in, flags);
    case Type::puback:
      TAUT_CHECK(in.u16());
      return reason_and_properties(in);
    case Type::suback:
    case Type::unsuback:
      TAUT_CHECK(in.u16());
      return properties(in);
    case Type::pingresp:
      return in.finish();
    case Type::disconnect:
      return reason_and_properties(in);
    default:
      return malformed();
  }
}

/// What can be told from the first byte.
Status check_first(Type type, unsigned flags) {
  switch (type) {
    case Type::publish:
      return {};
    case Type::pubrec:
    case Type::pubcomp:
    case Type::auth:
      if (flags != 0) return malformed();
      return not_asked_for();
    case Type::pubrel:
      if (flags != 2) return malformed();
      return not_asked_for();
    default:
      if (flags != 0) return malformed();
      return {};
  }
}

}  // namespace

Status MqttGate::take(ByteView bytes, std::vector<Bytes>& packets) {
  append(waiting_, bytes);
  ByteView rest = waiting_;
  while (!rest.empty()) {
    Reader in(rest);
    TAUT_TRY(const std::uint8_t first, in.u8());
    const auto type = static_cast<Type>(first >> 4);
    const unsigned flags = first & 0x0f;
    TAUT_CHECK(check_first(type, flags));
    TAUT_TRY(const std::optional<std::size_t> body_size, varint(in));
    if (!body_size) break;
    if (*body_size > packet_bytes_max_) return fail(Errc::exhausted, reasons::kTooLarge);
    if (in.rest().size() < *body_size) break;
    const std::size_t head_size = rest.size() - in.rest().size();
    TAUT_CHECK(check_body(type, flags, Reader(in.rest().first(*body_size))));
    packets.push_back(to_bytes(rest.first(head_size + *body_size)));
    rest = rest.subspan(head_size + *body_size);
  }
  waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  return {};
}

}  // namespace taut::carrier
