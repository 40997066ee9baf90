#pragma once
// Unix sockets: streams between processes of one machine. Whoever may open the file may speak.

#include <filesystem>

#include "carrier/tcp.hpp"

namespace taut::carrier {

/// Listens until it is destroyed, which removes the file.
class LocalListener {
 public:
  /// A socket that a dead process has left there is replaced; anything else stays. The file is for its
  /// owner alone (0600).
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
