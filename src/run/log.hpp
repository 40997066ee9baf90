#pragma once
// What happens, for who runs it: lines on stderr, and only when asked for. Never a key, never a text, and
// of a node ID only its beginning.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/ids.hpp"

namespace taut::run {

void log_to_stderr();

/// `session_open node=taut1qqq… source=192.0.2.7:3333`; costs a comparison when nobody asked.
void log(std::string_view event, std::initializer_list<std::pair<std::string_view, std::string_view>> fields);
bool is_logging();

/// Enough to tell nodes apart in one log.
std::string short_id(const NodeId& node);

}  // namespace taut::run
