#pragma once
// Unix sockets: streams between processes of one machine. Only one's own, and root's.

#include <filesystem>

#include "carrier/tcp.hpp"

namespace taut::carrier {

/// Connects at once.
/// @errors unavailable: nobody_listens, forbidden (also: another user listens), no_route (no such folder)
Result<std::shared_ptr<Connection>> connect_local(Loop& loop, const std::filesystem::path& file);
/// Whether a process listens there, and we may speak to it.
bool is_listened_at(const std::filesystem::path& file);

/// Listens until it is destroyed, which removes the file if it is still the same.
class LocalListener {
 public:
  /// A socket that a dead process has left there is replaced; anything else stays. The file is for its
  /// owner alone (0600), and another user's connections are closed unseen.
  /// @errors unavailable: address_in_use (somebody listens there, or it is no socket), forbidden, no_route
  ///         (no such folder)
  static Result<std::unique_ptr<LocalListener>> listen(Loop& loop, const std::filesystem::path& file,
                                                       Accept accept);
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;
  ~LocalListener();

 private:
  struct State;
  explicit LocalListener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace taut::carrier
