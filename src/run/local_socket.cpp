#include "run/local_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "carrier/asio.hpp"
#include "carrier/reasons.hpp"

namespace taut::run {

namespace asio = boost::asio;
using carrier::Loop;
using Protocol = asio::local::stream_protocol;

namespace {

/// A client that reads nothing is dropped when so much waits for it.
constexpr std::size_t kWaitingBytesMax = 64 * 1024;

bool fits(const std::filesystem::path& file) { return file.native().size() < sizeof(sockaddr_un{}.sun_path); }

/// The folder keeps others out; whoever is in it all the same is asked who he is.
bool is_ours(Protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

}  // namespace

class LocalStream : public std::enable_shared_from_this<LocalStream> {
 public:
  using OnLine = std::function<void(std::string_view)>;

  explicit LocalStream(Protocol::socket socket) : socket_(std::move(socket)) {}

  void start(OnLine on_line, Loop::Task on_closed) {
    on_line_ = std::move(on_line);
    on_closed_ = std::move(on_closed);
    read();
  }

  void send(std::string_view line) {
    if (waiting_.size() + line.size() > kWaitingBytesMax) return close();
    waiting_.append(line).append("\n");
    if (!is_writing_) write();
  }

  /// No call follows.
  void close() {
    on_line_ = nullptr;
    on_closed_ = nullptr;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](auto error, std::size_t size) {
      if (error) return self->end();
      self->line_.append(self->piece_.data(), size);
      self->take_lines();
      if (self->line_.size() > kLocalLineBytesMax) return self->end();
      if (self->on_line_) self->read();
    });
  }

  void take_lines() {
    for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
      const std::string one = line_.substr(0, end);
      line_.erase(0, end + 1);
      if (on_line_) on_line_(one);
    }
  }

  void write() {
    is_writing_ = true;
    written_ = std::exchange(waiting_, {});
    asio::async_write(socket_, asio::buffer(written_), [self = shared_from_this()](auto error, std::size_t) {
      self->is_writing_ = false;
      if (!error && !self->waiting_.empty()) self->write();
    });
  }

  void end() {
    const Loop::Task closed = std::exchange(on_closed_, nullptr);
    close();
    if (closed) closed();
  }

  Protocol::socket socket_;
  std::array<char, 512> piece_{};
  std::string line_;
  std::string waiting_;
  std::string written_;
  bool is_writing_ = false;
  OnLine on_line_;
  Loop::Task on_closed_;
};

struct LocalServer::State : std::enable_shared_from_this<LocalServer::State> {
  State(Loop& loop, std::filesystem::path its_file, Owner& its_owner)
      : acceptor(loop.state().context), file(std::move(its_file)), owner(its_owner) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](auto error, Protocol::socket socket) {
      if (error == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (!error) self->take(std::move(socket));
      self->accept();
    });
  }

  void take(Protocol::socket socket) {
    if (clients.size() >= kLocalClientsMax || !is_ours(socket)) return;
    const ClientId id = ++last_id;
    const auto stream = std::make_shared<LocalStream>(std::move(socket));
    clients[id] = stream;
    stream->start([this, id](std::string_view line) { owner.on_line(id, line); },
                  [this, id] {
                    clients.erase(id);
                    owner.on_gone(id);
                  });
  }

  Protocol::acceptor acceptor;
  std::filesystem::path file;
  Owner& owner;
  std::map<ClientId, std::shared_ptr<LocalStream>> clients;
  ClientId last_id = 0;
};

Result<std::unique_ptr<LocalServer>> LocalServer::listen(Loop& loop, const std::filesystem::path& file,
                                                         Owner& owner) {
  if (!fits(file)) return fail(Errc::misuse, reasons::kPathTooLong);
  const auto state = std::make_shared<State>(loop, file, owner);
  ::unlink(file.c_str());
  boost::system::error_code error;
  state->acceptor.open(Protocol(), error);
  if (!error) state->acceptor.bind(Protocol::endpoint(file.native()), error);
  if (!error) state->acceptor.listen(static_cast<int>(kLocalClientsMax), error);
  if (error || ::chmod(file.c_str(), 0600) != 0) return fail(Errc::unavailable, reasons::kForbidden);
  state->accept();
  return std::unique_ptr<LocalServer>(new LocalServer(state));
}

LocalServer::~LocalServer() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  for (const auto& [id, client] : state_->clients) client->close();
  state_->clients.clear();
  ::unlink(state_->file.c_str());
}

void LocalServer::send(ClientId client, std::string_view line) {
  if (const auto found = state_->clients.find(client); found != state_->clients.end())
    found->second->send(line);
}

void LocalServer::send_to_all(std::string_view line) {
  for (const auto& [id, client] : state_->clients) client->send(line);
}

bool is_running(const std::filesystem::path& file) {
  if (!fits(file)) return false;
  asio::io_context context;
  Protocol::socket socket(context);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(file.native()), error);
  return !error;
}

Result<std::unique_ptr<LocalClient>> LocalClient::connect(Loop& loop, const std::filesystem::path& file,
                                                          Owner& owner) {
  if (!fits(file)) return fail(Errc::misuse, reasons::kPathTooLong);
  Protocol::socket socket(loop.state().context);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(file.native()), error);
  if (error || !is_ours(socket)) return fail(Errc::unavailable, reasons::kNotRunning);
  const auto stream = std::make_shared<LocalStream>(std::move(socket));
  stream->start([&owner](std::string_view line) { owner.on_line(line); }, [&owner] { owner.on_closed(); });
  return std::unique_ptr<LocalClient>(new LocalClient(stream));
}

LocalClient::~LocalClient() { stream_->close(); }

void LocalClient::send(std::string_view line) { stream_->send(line); }

}  // namespace taut::run
