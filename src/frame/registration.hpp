#pragma once
// Becoming one of a dispatcher's nodes.

#include "base/ids.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// struct {
///   uint32 request;
///   opaque token<V>;       an enrolment token, or empty where the policy is open
///   opaque card<V>;        the node's own; published when it is registered
///   opaque proof<V>;       the card's signature key over RegistrationTBS, label kRegistrationLabel
///   Extension extensions<V>;
/// } Register;              node → dispatcher; answered by an Answer
struct Register {
  static constexpr Type type = Type::register_node;

  RequestId request = 0;
  ByteView token;
  ByteView card;
  ByteView proof;
  wire::Extensions extensions;

  static Result<Register> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

inline constexpr std::string_view kRegistrationLabel = "Registration";

/// struct { opaque dispatcher[32]; opaque session[16]; opaque token<V>; } RegistrationTBS;
/// Names the link, so that a proof is good on no other.
Bytes registration_tbs(const NodeId& dispatcher, const SessionId& session, ByteView token);

}  // namespace taut::frame
