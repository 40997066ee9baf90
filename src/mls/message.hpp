#pragma once

#include "mls/framing.hpp"
#include "mls/group_info.hpp"
#include "mls/welcome.hpp"

namespace taut::mls {

/// struct {
///     ProtocolVersion version = mls10;
///     WireFormat wire_format;
///     select (MLSMessage.wire_format) {
///         case mls_public_message:  PublicMessage public_message;
///         case mls_private_message: PrivateMessage private_message;
///         case mls_welcome:         Welcome welcome;
///         case mls_group_info:      GroupInfo group_info;
///         case mls_key_package:     KeyPackage key_package;
///     };
/// } MLSMessage;                                                                  RFC 9420 §6
struct MlsMessage {
  std::variant<PublicMessage, PrivateMessage, Welcome, GroupInfo, KeyPackage> value;

  WireFormat wire_format() const { return static_cast<WireFormat>(value.index() + 1); }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }

  /// @errors malformed; kUnsupportedVersion: of the message, or of a KeyPackage inside that differs
  static Result<MlsMessage> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const MlsMessage&, const MlsMessage&) = default;
};

}  // namespace taut::mls
