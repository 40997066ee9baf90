#include "carrier/stream_connection.hpp"

#include "carrier/tcp.hpp"

namespace taut::carrier {
namespace {

/// How many waiting pieces one system call takes.
constexpr std::size_t kPiecesMax = 64;

/// A buffer sequence that is cheap to copy, as Asio does.
class Pieces {
 public:
  explicit Pieces(const std::list<Bytes>& waiting, std::size_t first_written) {
    for (const Bytes& bytes : waiting) {
      if (size_ == kPiecesMax) break;
      pieces_[size_++] = asio::buffer(bytes);
    }
    pieces_.front() += first_written;
  }
  const asio::const_buffer* begin() const { return pieces_.data(); }
  const asio::const_buffer* end() const { return pieces_.data() + size_; }

 private:
  std::array<asio::const_buffer, kPiecesMax> pieces_;
  std::size_t size_ = 0;
};

}  // namespace

StreamConnection::StreamConnection(Loop& loop, Socket socket, Address remote)
    : loop_(loop), socket_(std::move(socket)), remote_(std::move(remote)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void StreamConnection::start(Handler& handler) {
  handler_ = &handler;
  read_on();
}

void StreamConnection::send(Bytes bytes) {
  if (phase_ != Phase::open || bytes.empty()) return;
  if (waiting_bytes_ == 0) last_taken_ = Loop::now();
  waiting_bytes_ += bytes.size();
  waiting_.push_back(std::move(bytes));
  if (is_writing_) return;
  is_writing_ = true;
  asio::co_spawn(socket_.get_executor(), write_what_waits(shared_from_this()), asio::detached);
}

std::optional<Instant> StreamConnection::stalled_since() const {
  if (waiting_bytes_ == 0) return std::nullopt;
  return last_taken_;
}

void StreamConnection::resume_reading() {
  is_paused_ = false;
  read_on();
}

void StreamConnection::read_on() {
  if (is_reading_ || is_paused_ || phase_ == Phase::closed) return;
  is_reading_ = true;
  // No coroutine: its frames would be a good part of what an idle connection costs.
  socket_.async_wait(asio::socket_base::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       self->is_reading_ = false;
                       self->on_readable(error);
                     });
}

void StreamConnection::on_readable(const boost::system::error_code& error) {
  if (phase_ == Phase::closed) return;
  if (error) return broke();
  if (!is_paused_) read_once();
  read_on();
}

void StreamConnection::read_once() {
  if (phase_ == Phase::closed) return;
  auto& buffer = loop_.state().read_buffer;
  boost::system::error_code error;
  const std::size_t size = socket_.read_some(asio::buffer(buffer), error);
  if (error == asio::error::would_block || error == asio::error::try_again) return;
  if (error) return broke();
  if (handler_ != nullptr) handler_->on_bytes(ByteView(buffer).first(size));
}

asio::awaitable<void> StreamConnection::write_what_waits(std::shared_ptr<StreamConnection> self) {
  // Whatever else this turn of the loop sends goes into the same call.
  co_await asio::post(kAwait);
  while (self->phase_ != Phase::closed && !self->waiting_.empty()) {
    const Pieces pieces(self->waiting_, self->first_written_);
    const auto [error, written] = co_await self->socket_.async_write_some(pieces, kAwait);
    if (error) self->broke();
    if (!error) self->took(written);
  }
  self->is_writing_ = false;
  self->finish_if_written();
}

void StreamConnection::took(std::size_t written) {
  if (phase_ == Phase::closed) return;
  last_taken_ = Loop::now();
  waiting_bytes_ -= written;
  first_written_ += written;
  while (!waiting_.empty() && first_written_ >= waiting_.front().size()) {
    first_written_ -= waiting_.front().size();
    waiting_.pop_front();
  }
  if (waiting_bytes_ == 0 && handler_ != nullptr) handler_->on_written();
}

void StreamConnection::close() {
  if (phase_ != Phase::open) return;
  phase_ = Phase::finishing;
  handler_ = nullptr;
  linger_ = std::make_unique<Timer>(loop_, [this] { abort(); });
  linger_->arm(Loop::now() + kLinger);
  finish_if_written();
}

void StreamConnection::finish_if_written() {
  if (phase_ != Phase::finishing || is_writing_) return;
  boost::system::error_code error;
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  // Unread bytes at close() would turn into a reset, which may overtake what was sent: read them.
  is_paused_ = false;
  read_on();
}

void StreamConnection::abort() {
  phase_ = Phase::closed;
  handler_ = nullptr;
  if (linger_) linger_->arm(std::nullopt);
  waiting_.clear();
  waiting_bytes_ = 0;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void StreamConnection::broke() {
  Handler* const told = std::exchange(handler_, nullptr);
  abort();
  if (told != nullptr) told->on_closed();
}

}  // namespace taut::carrier
