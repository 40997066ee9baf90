#include "dispatcher/line.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dispatcher/process.hpp"

namespace taut::bench {
namespace {

constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};

template <class T>
T value_of(Result<T> result, const char* what) {
  if (!result) give_up(std::string(what) + ": " + std::string(result.error().reason.name));
  return *std::move(result);
}

link::Limits limits() {
  link::Limits limits;
  limits.queue_bytes_max = std::size_t{8} << 20;
  return limits;
}

link::Remote remote_of(const Person& person, const identity::Card& dispatcher, Named named) {
  if (named == Named::yes)
    return value_of(link::remote_of(dispatcher, person.identity), "the dispatcher's card");
  const identity::Dispatcher short_form{dispatcher.node_id(), dispatcher.link_keys.front(),
                                        dispatcher.serves_at};
  return value_of(link::anonymous_remote_of(short_form), "the dispatcher's card");
}

link::StreamLink dial(const Person& person, const identity::Card& dispatcher, Named named) {
  const link::Remote remote = remote_of(person, dispatcher, named);
  return value_of(link::StreamLink::dial(person.local, remote, link::Purpose::dispatcher, now(), wall()),
                  "dialling");
}

}  // namespace

void Lottery::fill(MutableByteView out) {
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t size = ::getrandom(out.data() + done, std::min<std::size_t>(out.size() - done, 256), 0);
    if (size > 0) done += static_cast<std::size_t>(size);
  }
}

Instant now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<Duration>(since)};
}

WallTime wall() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return WallTime{
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count())};
}

Person::Person()
    : identity(value_of(identity::Identity::create(kSuites, wall(), random), "identity")),
      local{.identity = identity, .random = random, .limits = limits()} {}

Line::Line(const Person& person, const identity::Card& dispatcher, Hear hear, Named named)
    : hear_(std::move(hear)),
      link_(dial(person, dispatcher, named)),
      session_(now()),
      in_(1 << 17),
      out_(1 << 17) {
  connect(dispatcher.serves_at.front());
  flush();
  while (!session_.is_ready()) hear_some();
}

Line::~Line() { ::close(socket_); }

void Line::connect(const identity::Address& address) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(address.port);
  ::inet_pton(AF_INET, address.host.c_str(), &at.sin_addr);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) give_up("cannot connect");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Line::flush() {
  for (const Bytes& frame : session_.take_frames(now()))
    if (!link_.send(frame)) give_up("a frame was not taken");
  while (link_.wants_flush()) {
    const std::size_t size = value_of(link_.flush(out_, now()), "sealing a record");
    for (std::size_t done = 0; done < size;) {
      const ssize_t sent = ::send(socket_, out_.data() + done, size - done, MSG_NOSIGNAL);
      if (sent <= 0) give_up("the dispatcher has gone");
      done += static_cast<std::size_t>(sent);
    }
  }
}

void Line::hear_some() {
  const ssize_t size = ::recv(socket_, in_.data(), in_.size(), 0);
  if (size <= 0) give_up("the dispatcher has ended the link");
  received_bytes_ += static_cast<std::uint64_t>(size);
  link_.receive(ByteView(in_).first(static_cast<std::size_t>(size)), now(), events_);
  for (const link::Event& event : events_) {
    if (const auto* known = std::get_if<link::PeerAuthenticated>(&event))
      session_id_ = known->peer.session_id;
    if (const auto* received = std::get_if<link::FrameReceived>(&event)) on_frame(received->frame);
    if (const auto* closed = std::get_if<link::Closed>(&event))
      give_up("the link ended: " + std::string(closed->error.reason.name));
  }
  events_.clear();
  flush();
}

void Line::on_frame(ByteView frame) {
  auto event = value_of(session_.receive(frame, now()), "a frame");
  if (event && !std::holds_alternative<node::SessionReady>(*event)) hear_(*event);
}

void serve(const std::vector<Line*>& lines, const std::function<bool()>& is_done) {
  std::vector<pollfd> sockets;
  for (const Line* line : lines) sockets.push_back({line->socket(), POLLIN, 0});
  while (!is_done()) {
    if (::poll(sockets.data(), sockets.size(), 30'000) <= 0) give_up("the dispatcher says nothing");
    for (std::size_t index = 0; index < lines.size(); ++index)
      if (sockets[index].revents != 0) lines[index]->hear_some();
  }
}

}  // namespace taut::bench
