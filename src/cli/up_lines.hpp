#pragma once
// What a node that stays up and commands beside it say to each other (run/local_socket.hpp), one word a line.

#include <string_view>

namespace taut::cli {

inline constexpr std::string_view kUpAsk = "ask";      ///< to it: fetch what is there now, then say drained
inline constexpr std::string_view kUpItems = "items";  ///< from it: the store holds more to show
inline constexpr std::string_view kUpDrained = "drained";  ///< everything that was there when asked has come
inline constexpr std::string_view kUpAway = "away";        ///< no dispatcher can be reached

}  // namespace taut::cli
