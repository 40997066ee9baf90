#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kNobodyListens{"nobody_listens"};     ///< the machine is there, and refuses
inline constexpr Reason kNoRoute{"no_route"};                 ///< the network does not lead there
inline constexpr Reason kNameNotFound{"name_not_found"};      ///< the host name has no address
inline constexpr Reason kAddressInUse{"address_in_use"};      ///< another process listens there
inline constexpr Reason kAddressNotOurs{"address_not_ours"};  ///< no such address on this machine
inline constexpr Reason kNotListening{"not_listening"};       ///< a socket from outside that is of no use
inline constexpr Reason kForbidden{"forbidden"};              ///< the system does not let us
inline constexpr Reason kReset{"reset"};                      ///< the peer or the network broke it off

// MQTT: what is wrong with a URL, and what a broker says.
inline constexpr Reason kCredentialsInUrl{
    "credentials_in_url"};                                 ///< they belong in a file or the environment
inline constexpr Reason kWildcardTopic{"wildcard_topic"};  ///< `+` and `#` name many topics, not one
inline constexpr Reason kSystemTopic{"system_topic"};      ///< `$…` is the broker's own
inline constexpr Reason kLoginRefused{"login_refused"};    ///< user name or password
inline constexpr Reason kNotAuthorised{"not_authorised"};  ///< the broker's rules do not let this user
inline constexpr Reason kTakenOver{"taken_over"};          ///< another process uses the same client ID
inline constexpr Reason kBrokerBusy{"broker_busy"};        ///< later, perhaps
inline constexpr Reason kBrokerRefuses{"broker_refuses"};  ///< for a reason of its own
inline constexpr Reason kNoMqtt5{"no_mqtt5"};              ///< speaks older versions only
inline constexpr Reason kTlsRefused{"tls_refused"};        ///< certificate, host name or no TLS there
inline constexpr Reason kBadCa{"bad_ca"};                  ///< the CA file is not there or no CA file
inline constexpr Reason kBadLoginFile{"bad_login_file"};   ///< others may read it, or its form is wrong
}  // namespace taut::reasons
