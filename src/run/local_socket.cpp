#include "run/local_socket.hpp"

namespace taut::run {

using carrier::Connection;
using carrier::Loop;

namespace {

/// A client that reads nothing is dropped when so much waits for it.
constexpr std::size_t kWaitingBytesMax = 64 * 1024;

}  // namespace

/// Whoever it tells something may let go of it.
class LocalStream final : public std::enable_shared_from_this<LocalStream>, Connection::Handler {
 public:
  using OnLine = std::function<void(std::string_view)>;

  LocalStream(Loop& loop, std::shared_ptr<Connection> connection)
      : loop_(loop), connection_(std::move(connection)) {}
  LocalStream(const LocalStream&) = delete;
  LocalStream& operator=(const LocalStream&) = delete;
  ~LocalStream() override { close(); }

  void start(OnLine on_line, Loop::Task on_closed) {
    on_line_ = std::move(on_line);
    on_closed_ = std::move(on_closed);
    connection_->start(*this);
  }

  void send(std::string_view line) {
    if (!connection_) return;
    if (connection_->waiting_bytes() + line.size() > kWaitingBytesMax) return drop();
    connection_->send(to_bytes(as_bytes(std::string(line) + "\n")));
  }

  /// What was sent before still goes. No call follows.
  void close() {
    on_line_ = nullptr;
    on_closed_ = nullptr;
    if (connection_) std::exchange(connection_, nullptr)->close();
  }

 private:
  void on_bytes(ByteView bytes) override {
    const auto self = shared_from_this();
    line_.append(as_text(bytes));
    for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
      const std::string one = line_.substr(0, end);
      line_.erase(0, end + 1);
      if (const OnLine tell = on_line_) tell(one);
    }
    if (line_.size() > kLocalLineBytesMax) end();
  }
  void on_written() override {}
  void on_closed() override {
    const auto self = shared_from_this();
    end();
  }

  /// Not now: whoever sends to all is in the middle of them.
  void drop() {
    std::exchange(connection_, nullptr)->abort();
    loop_.post([self = shared_from_this()] { self->end(); });
  }

  void end() {
    const Loop::Task closed = std::exchange(on_closed_, nullptr);
    close();
    if (closed) closed();
  }

  Loop& loop_;
  std::shared_ptr<Connection> connection_;
  std::string line_;
  OnLine on_line_;
  Loop::Task on_closed_;
};

Result<std::unique_ptr<LocalServer>> LocalServer::listen(Loop& loop, const std::filesystem::path& file,
                                                         Owner& owner) {
  std::unique_ptr<LocalServer> server(new LocalServer(loop, owner));
  const auto take = [self = server.get()](std::shared_ptr<Connection> it) { self->take(std::move(it)); };
  TAUT_TRY(server->listener_, carrier::LocalListener::listen(loop, file, take));
  return server;
}

LocalServer::~LocalServer() {
  for (const auto& [id, client] : clients_) client->close();
}

void LocalServer::take(std::shared_ptr<Connection> connection) {
  if (clients_.size() >= kLocalClientsMax) return connection->abort();
  const ClientId id = ++last_id_;
  const auto stream = std::make_shared<LocalStream>(loop_, std::move(connection));
  clients_[id] = stream;
  stream->start([this, id](std::string_view line) { owner_.on_line(id, line); }, [this, id] { on_gone(id); });
}

void LocalServer::on_gone(ClientId client) {
  clients_.erase(client);
  owner_.on_gone(client);
}

void LocalServer::send(ClientId client, std::string_view line) {
  if (const auto found = clients_.find(client); found != clients_.end()) found->second->send(line);
}

void LocalServer::send_to_all(std::string_view line) {
  for (const auto& [id, client] : clients_) client->send(line);
}

Result<std::unique_ptr<LocalClient>> LocalClient::connect(Loop& loop, const std::filesystem::path& file,
                                                          Owner& owner) {
  TAUT_TRY(std::shared_ptr<Connection> connection, carrier::connect_local(loop, file));
  const auto stream = std::make_shared<LocalStream>(loop, std::move(connection));
  stream->start([&owner](std::string_view line) { owner.on_line(line); }, [&owner] { owner.on_closed(); });
  return std::unique_ptr<LocalClient>(new LocalClient(stream));
}

LocalClient::~LocalClient() { stream_->close(); }

void LocalClient::send(std::string_view line) { stream_->send(line); }

}  // namespace taut::run
