#include "run/metrics_server.hpp"

namespace taut::run {

namespace {

constexpr std::size_t kVisitsMax = 16;
constexpr std::size_t kHeadBytesMax = 8192;
constexpr std::chrono::seconds kVisitMax{5};

std::string response(std::string_view status, std::string_view type, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n" + std::string(body);
}

std::string refusal(std::string_view status) {
  return response(status, "text/plain; charset=utf-8", std::string(status) + "\n");
}

}  // namespace

std::string answer_to_http(std::string_view head, const MetricsServer::Text& text) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end ||
      !line.substr(target_end + 1).starts_with("HTTP/1."))
    return refusal("400 Bad Request");
  if (line.substr(0, method_end) != "GET") return refusal("405 Method Not Allowed");
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  if (target.substr(0, target.find('?')) != "/metrics") return refusal("404 Not Found");
  return response("200 OK", "text/plain; version=0.0.4; charset=utf-8", text());
}

/// One request and its answer.
class MetricsServer::Visit final : public carrier::Connection::Handler {
 public:
  Visit(MetricsServer& server, VisitId id, std::shared_ptr<carrier::Connection> connection)
      : server_(server),
        id_(id),
        connection_(std::move(connection)),
        limit_(server.loop_, [this] { server_.end(id_); }) {
    limit_.arm(carrier::Loop::now() + kVisitMax);
    connection_->start(*this);
  }
  ~Visit() override { connection_->close(); }

 private:
  void on_bytes(ByteView bytes) override {
    head_ += as_text(bytes);
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos && head_.size() <= kHeadBytesMax) return;
    connection_->pause_reading();
    const std::string answer = end == std::string::npos
                                   ? refusal("431 Request Header Fields Too Large")
                                   : answer_to_http(std::string_view(head_).substr(0, end), server_.text_);
    connection_->send(to_bytes(as_bytes(answer)));
    server_.end(id_);
  }
  void on_written() override {}
  void on_closed() override { server_.end(id_); }

  MetricsServer& server_;
  VisitId id_;
  std::shared_ptr<carrier::Connection> connection_;
  carrier::Timer limit_;
  std::string head_;
};

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(carrier::Loop& loop, const Place& at,
                                                             Text text) {
  std::unique_ptr<MetricsServer> server(new MetricsServer(loop, std::move(text)));
  TAUT_CHECK(server->listen(at));
  return server;
}

MetricsServer::MetricsServer(carrier::Loop& loop, Text text)
    : loop_(loop), text_(std::move(text)), posts_(loop) {}

MetricsServer::~MetricsServer() = default;

Status MetricsServer::listen(const Place& at) {
  const auto accepted = [this](std::shared_ptr<carrier::Connection> it) { accept(std::move(it)); };
  if (const auto* const file = std::get_if<std::filesystem::path>(&at)) {
    file_ = *file;
    TAUT_TRY(local_, carrier::LocalListener::listen(loop_, file_, accepted));
    return {};
  }
  const auto& address = std::get<carrier::Address>(at);
  if (!carrier::is_loopback(address)) return fail(Errc::misuse, reasons::kMisuse);
  TAUT_TRY(tcp_, carrier::TcpListener::listen(loop_, address, accepted));
  return {};
}

std::string MetricsServer::place() const {
  return tcp_ ? carrier::to_text(tcp_->address()) : "unix:" + file_.string();
}

void MetricsServer::accept(std::shared_ptr<carrier::Connection> connection) {
  if (visits_.size() >= kVisitsMax) return connection->abort();
  const VisitId id = ++last_visit_;
  visits_.emplace(id, std::make_unique<Visit>(*this, id, std::move(connection)));
}

void MetricsServer::end(VisitId visit) {
  posts_.post([this, visit] { visits_.erase(visit); });
}

}  // namespace taut::run
