#pragma once
// What systemd and its likes give a service, and want to hear from it (sd_notify(3), sd_listen_fds(3)).

#include <string_view>
#include <vector>

namespace taut::run {

/// Says "READY=1", "STOPPING=1" … to who waits for it; nobody may.
void tell_service_manager(std::string_view state);

/// Sockets that the manager has opened for us, of this kind (SOCK_STREAM, SOCK_DGRAM), listening or bound.
/// They are ours to close. Each is given once.
std::vector<int> take_inherited_sockets(int kind);

}  // namespace taut::run
