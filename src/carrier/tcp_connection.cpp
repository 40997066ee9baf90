#include "carrier/tcp_connection.hpp"

#include "carrier/stream_connection.hpp"

namespace taut::carrier {

std::shared_ptr<Connection> connection_over(Loop& loop, tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  Address remote = address_of(socket.remote_endpoint(ignored));
  return std::make_shared<StreamConnection>(loop, std::move(socket), std::move(remote));
}

Address address_of(const tcp::endpoint& endpoint) {
  return {endpoint.address().to_string(), endpoint.port()};
}

Error error_of(const boost::system::error_code& error) {
  namespace e = asio::error;
  const auto unavailable = [](Reason reason) { return Error{Errc::unavailable, reason}; };
  if (error == e::connection_refused) return unavailable(reasons::kNobodyListens);
  if (error == e::network_unreachable || error == e::host_unreachable || error == e::network_down)
    return unavailable(reasons::kNoRoute);
  if (error == e::host_not_found || error == e::host_not_found_try_again || error == e::no_data)
    return unavailable(reasons::kNameNotFound);
  if (error == e::address_in_use) return unavailable(reasons::kAddressInUse);
  if (error == boost::system::errc::address_not_available) return unavailable(reasons::kAddressNotOurs);
  if (error == e::access_denied || error == boost::system::errc::operation_not_permitted)
    return unavailable(reasons::kForbidden);
  if (error == e::timed_out) return unavailable(reasons::kDeadline);
  return unavailable(reasons::kReset);
}

}  // namespace taut::carrier
