#pragma once
// Lines of text between a node that stays up and commands beside it, over a Unix socket in the node's own
// folder: whoever may open the folder is its owner, and who is there all the same is turned away.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "carrier/local.hpp"

namespace taut::run {

inline constexpr std::size_t kLocalLineBytesMax = 1024;
inline constexpr std::size_t kLocalClientsMax = 64;

/// One end of a connection. All calls from and to the loop's thread.
class LocalStream;

class LocalServer {
 public:
  using ClientId = std::uint64_t;
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_line(ClientId client, std::string_view line) = 0;
    virtual void on_gone(ClientId) {}
  };

  /// @errors as carrier::LocalListener::listen
  static Result<std::unique_ptr<LocalServer>> listen(carrier::Loop& loop, const std::filesystem::path& file,
                                                     Owner& owner);
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;
  ~LocalServer();

  /// Lost when the client is gone, or takes nothing.
  void send(ClientId client, std::string_view line);
  void send_to_all(std::string_view line);

 private:
  LocalServer(carrier::Loop& loop, Owner& owner) : loop_(loop), owner_(owner) {}
  void take(std::shared_ptr<carrier::Connection> connection);
  void on_gone(ClientId client);

  carrier::Loop& loop_;
  Owner& owner_;
  std::map<ClientId, std::shared_ptr<LocalStream>> clients_;
  ClientId last_id_ = 0;
  std::unique_ptr<carrier::LocalListener> listener_;
};

class LocalClient {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_line(std::string_view line) = 0;
    /// The other end is gone. The last call.
    virtual void on_closed() = 0;
  };

  /// @errors as carrier::connect_local
  static Result<std::unique_ptr<LocalClient>> connect(carrier::Loop& loop, const std::filesystem::path& file,
                                                      Owner& owner);
  LocalClient(const LocalClient&) = delete;
  LocalClient& operator=(const LocalClient&) = delete;
  ~LocalClient();

  void send(std::string_view line);

 private:
  explicit LocalClient(std::shared_ptr<LocalStream> stream) : stream_(std::move(stream)) {}
  std::shared_ptr<LocalStream> stream_;
};

}  // namespace taut::run
