#pragma once
// Serves one text at /metrics to whoever asks over HTTP, on loopback or a Unix socket: no name and no
// content is in it, but how busy a dispatcher is is not everybody's business.

#include <map>
#include <variant>

#include "carrier/local.hpp"

namespace taut::run {

class MetricsServer {
 public:
  using Place = std::variant<carrier::Address, std::filesystem::path>;
  using Text = std::function<std::string()>;

  /// @param at  a loopback address, or a file
  /// @errors misuse: an address that others reach; as carrier::TcpListener::listen, LocalListener::listen
  static Result<std::unique_ptr<MetricsServer>> listen(carrier::Loop& loop, const Place& at, Text text);
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;
  ~MetricsServer();

  /// Where it listens, with the port that the system chose; a file as its path.
  std::string place() const;

 private:
  class Visit;
  using VisitId = std::uint64_t;

  MetricsServer(carrier::Loop& loop, Text text);
  Status listen(const Place& at);
  void accept(std::shared_ptr<carrier::Connection> connection);
  void end(VisitId visit);

  carrier::Loop& loop_;
  Text text_;
  std::filesystem::path file_;
  std::map<VisitId, std::unique_ptr<Visit>> visits_;
  VisitId last_visit_ = 0;
  std::unique_ptr<carrier::TcpListener> tcp_;
  std::unique_ptr<carrier::LocalListener> local_;
  carrier::Posts posts_;
};

/// What a request (its head, up to the empty line) is answered with, whole.
std::string answer_to_http(std::string_view head, const MetricsServer::Text& text);

}  // namespace taut::run
