#pragma once
// User name and password for a broker: from a file or the environment, never from an argument or a URL, which
// other users of the machine can see.

#include "carrier/mqtt.hpp"

namespace taut::carrier {

/// Two lines: user name, password. The file is its owner's alone (0600 or less).
/// @errors unavailable: bad_login_file
Result<MqttLogin> mqtt_login_from_file(const std::filesystem::path& file);

/// From the environment variables that the caller's configuration names; nullopt where the first is not set.
std::optional<MqttLogin> mqtt_login_from_environment(const char* user_variable,
                                                     const char* password_variable);

}  // namespace taut::carrier
