#include "carrier/local.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include <boost/asio/local/stream_protocol.hpp>

#include "carrier/local_path.hpp"
#include "carrier/stream_acceptor.hpp"
#include "carrier/stream_connection.hpp"
#include "carrier/tcp_connection.hpp"

namespace taut::carrier {

namespace {

using Local = asio::local::stream_protocol;

/// Which file this is; nothing: no socket.
std::optional<std::pair<dev_t, ino_t>> socket_file(const std::string& name) {
  struct stat found{};
  if (::lstat(name.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return std::nullopt;
  return std::pair(found.st_dev, found.st_ino);
}

/// A socket that nobody listens at any more.
bool is_left_over(const std::string& name) {
  if (!socket_file(name)) return false;
  asio::io_context context;
  Local::socket probe(context);
  boost::system::error_code error;
  probe.connect(Local::endpoint(name), error);
  return error == asio::error::connection_refused;
}

/// Files made meanwhile are their owner's alone.
class OwnerOnly {
 public:
  OwnerOnly() : before_(::umask(0177)) {}
  OwnerOnly(const OwnerOnly&) = delete;
  OwnerOnly& operator=(const OwnerOnly&) = delete;
  ~OwnerOnly() { ::umask(before_); }

 private:
  mode_t before_;
};

/// The folder keeps others out; whoever is in it all the same is asked who he is. Root is everybody.
bool is_ours(Local::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

/// nullptr: another user's.
std::shared_ptr<Connection> connection_over_local(Loop& loop, Local::socket socket) {
  if (!is_ours(socket)) return nullptr;
  return std::make_shared<StreamConnection>(loop, std::move(socket), Address{"localhost", 0});
}

}  // namespace

struct LocalListener::State : StreamAcceptor<Local> {
  State(Loop& its_loop, const std::filesystem::path& at, Accept on_accept)
      : StreamAcceptor(its_loop, connection_over_local, std::move(on_accept)), file(at) {}

  Status open();

  std::filesystem::path file;
  std::optional<std::pair<dev_t, ino_t>> made;
};

Status LocalListener::State::open() {
  const LocalPath path(file);
  if (!path.is_there()) return fail(Errc::unavailable, reasons::kNoRoute);
  if (is_left_over(path.name())) ::unlink(path.name().c_str());
  boost::system::error_code error;
  const OwnerOnly owner_only;
  acceptor.open(Local(), error);
  if (!error) acceptor.bind(Local::endpoint(path.name()), error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return std::unexpected(error_of(error));
  made = socket_file(path.name());
  return {};
}

LocalListener::LocalListener(std::shared_ptr<State> state) : state_(std::move(state)) {}

LocalListener::~LocalListener() {
  state_->close();
  const LocalPath path(state_->file);
  if (state_->made && socket_file(path.name()) == state_->made) ::unlink(path.name().c_str());
}

Result<std::shared_ptr<Connection>> connect_local(Loop& loop, const std::filesystem::path& file) {
  const LocalPath path(file);
  if (!path.is_there()) return fail(Errc::unavailable, reasons::kNoRoute);
  Local::socket socket(loop.state().context);
  boost::system::error_code error;
  socket.connect(Local::endpoint(path.name()), error);
  if (error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory)
    return fail(Errc::unavailable, reasons::kNobodyListens);
  if (error) return std::unexpected(error_of(error));
  auto connection = connection_over_local(loop, std::move(socket));
  if (connection == nullptr) return fail(Errc::unavailable, reasons::kForbidden);
  return connection;
}

bool is_listened_at(const std::filesystem::path& file) {
  const LocalPath path(file);
  asio::io_context context;
  Local::socket probe(context);
  boost::system::error_code error;
  if (path.is_there()) probe.connect(Local::endpoint(path.name()), error);
  return path.is_there() && !error;
}

Result<std::unique_ptr<LocalListener>> LocalListener::listen(Loop& loop, const std::filesystem::path& file,
                                                             Accept accept) {
  auto state = std::make_shared<State>(loop, std::filesystem::absolute(file), std::move(accept));
  TAUT_CHECK(state->open());
  asio::co_spawn(loop.state().context, State::accept_all(state), asio::detached);
  return std::unique_ptr<LocalListener>(new LocalListener(std::move(state)));
}

}  // namespace taut::carrier
