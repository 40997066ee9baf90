#pragma once
// What a TCP socket becomes when it is connected; for listener and dialler only.

#include "carrier/asio.hpp"
#include "carrier/connection.hpp"

namespace taut::carrier {

std::shared_ptr<Connection> connection_over(Loop& loop, tcp::socket socket);
Address address_of(const tcp::endpoint& endpoint);
/// What an error of the system means to a caller.
Error error_of(const boost::system::error_code& error);

}  // namespace taut::carrier
