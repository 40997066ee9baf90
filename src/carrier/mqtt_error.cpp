#include "carrier/mqtt_error.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "carrier/reasons.hpp"

namespace taut::carrier {

Error error_of_mqtt_reason(int code) {
  switch (code) {
    case 1:  // a broker of before MQTT 5 says this about our version (MQTT 3.1.1 §3.2.2.3)
    case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION:
    case MQTT_RC_QOS_NOT_SUPPORTED:
      return {Errc::incompatible, reasons::kNoMqtt5};
    case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
    case MQTT_RC_BAD_AUTHENTICATION_METHOD:
      return {Errc::unavailable, reasons::kLoginRefused};
    case MQTT_RC_NOT_AUTHORIZED:
    case MQTT_RC_BANNED:
      return {Errc::unavailable, reasons::kNotAuthorised};
    case MQTT_RC_SESSION_TAKEN_OVER:
      return {Errc::unavailable, reasons::kTakenOver};
    case MQTT_RC_SERVER_UNAVAILABLE:
    case MQTT_RC_SERVER_BUSY:
    case MQTT_RC_SERVER_SHUTTING_DOWN:
    case MQTT_RC_CONNECTION_RATE_EXCEEDED:
    case MQTT_RC_MESSAGE_RATE_TOO_HIGH:
      return {Errc::unavailable, reasons::kBrokerBusy};
    case MQTT_RC_PACKET_TOO_LARGE:
      return {Errc::exhausted, reasons::kTooLarge};
    case MQTT_RC_QUOTA_EXCEEDED:
    case MQTT_RC_RECEIVE_MAXIMUM_EXCEEDED:
      return {Errc::exhausted, reasons::kQuota};
    case MQTT_RC_KEEP_ALIVE_TIMEOUT:
      return {Errc::unavailable, reasons::kDeadline};
    default:
      return {Errc::unavailable, reasons::kBrokerRefuses};
  }
}

Error error_of_mosquitto(int code) {
  switch (code) {
    case MOSQ_ERR_PROTOCOL:
    case MOSQ_ERR_MALFORMED_PACKET:
    case MOSQ_ERR_MALFORMED_UTF8:
    case MOSQ_ERR_DUPLICATE_PROPERTY:
    case MOSQ_ERR_TOPIC_ALIAS_INVALID:
      return {Errc::malformed, reasons::kBadFrame};
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
      return {Errc::exhausted, reasons::kTooLarge};
    case MOSQ_ERR_QOS_NOT_SUPPORTED:
      return {Errc::incompatible, reasons::kNoMqtt5};
    case MOSQ_ERR_KEEPALIVE:
      return {Errc::unavailable, reasons::kDeadline};
    case MOSQ_ERR_NOMEM:
      return {Errc::exhausted, reasons::kQuota};
    default:
      return {Errc::unavailable, reasons::kReset};
  }
}

}  // namespace taut::carrier
