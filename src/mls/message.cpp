#include "mls/message.hpp"

namespace taut::mls {
namespace {

template <class T>
Result<MlsMessage> read_message(wire::Reader& in) {
  TAUT_TRY(T value, T::read(in));
  return MlsMessage{std::move(value)};
}

}  // namespace

Result<MlsMessage> MlsMessage::read(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t version, in.u16());
  if (version != static_cast<std::uint16_t>(ProtocolVersion::mls10))
    return refuse(errors::kUnsupportedVersion);
  TAUT_TRY(const std::uint16_t wire_format, in.u16());
  switch (static_cast<WireFormat>(wire_format)) {
    case WireFormat::public_message:
      return read_message<PublicMessage>(in);
    case WireFormat::private_message:
      return read_message<PrivateMessage>(in);
    case WireFormat::welcome:
      return read_message<Welcome>(in);
    case WireFormat::group_info:
      return read_message<GroupInfo>(in);
    case WireFormat::key_package: {
      TAUT_TRY(MlsMessage message, read_message<KeyPackage>(in));
      if (message.as<KeyPackage>()->version != ProtocolVersion::mls10)  // RFC 9420 §10
        return refuse(errors::kUnsupportedVersion);
      return message;
    }
  }
  return malformed();
}

void MlsMessage::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(ProtocolVersion::mls10)).u16(static_cast<std::uint16_t>(wire_format()));
  std::visit([&](const auto& one) { one.write(out); }, value);
}

}  // namespace taut::mls
