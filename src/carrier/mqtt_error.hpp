#pragma once
// What a broker's reason codes and libmosquitto's return codes mean to a caller.

#include "base/result.hpp"

namespace taut::carrier {

/// @param code  0x80 and up: refused (MQTT 5 §2.4)
Error error_of_mqtt_reason(int code);
/// @param code  MOSQ_ERR_…, not MOSQ_ERR_SUCCESS
Error error_of_mosquitto(int code);

}  // namespace taut::carrier
