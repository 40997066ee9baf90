#include "run/operator_server.hpp"

#include "dispatcher/operator_wire.hpp"
#include "run/sized_message.hpp"

namespace taut::run {

namespace {
/// Who asks more at a time waits for others to end: the newest is refused.
constexpr std::size_t kTalksMax = 16;
}  // namespace

/// One connection: questions one after the other.
class OperatorServer::Talk final : public carrier::Connection::Handler {
 public:
  Talk(OperatorServer& server, TalkId id, std::shared_ptr<carrier::Connection> connection)
      : server_(server), id_(id), connection_(std::move(connection)) {
    connection_->start(*this);
  }
  ~Talk() override { connection_->close(); }

  void say(ByteView answer) {
    connection_->send(sized(answer));
    is_asking_ = false;
    connection_->resume_reading();
    ask_next();
  }

 private:
  void on_bytes(ByteView bytes) override {
    append(heard_, bytes);
    ask_next();
  }
  void on_written() override {}
  void on_closed() override { server_.end(id_); }

  void ask_next() {
    if (is_asking_) return;
    const auto message = take_sized(heard_, dispatcher::kOperatorBytesMax);
    if (!message) return server_.end(id_);
    if (!*message) return;
    const auto request = dispatcher::parse_operator_request(**message);
    if (!request) return server_.end(id_);
    is_asking_ = true;
    connection_->pause_reading();
    server_.ask_(*request, [&server = server_, alive = server_.alive_, id = id_](auto value) {
      if (*alive) server.answer(id, value);
    });
  }

  OperatorServer& server_;
  TalkId id_;
  std::shared_ptr<carrier::Connection> connection_;
  Bytes heard_;
  bool is_asking_ = false;
};

Result<std::unique_ptr<OperatorServer>> OperatorServer::listen(carrier::Loop& loop,
                                                               const std::filesystem::path& file, Ask ask) {
  std::unique_ptr<OperatorServer> server(new OperatorServer(loop, std::move(ask)));
  const auto accepted = [self = server.get()](std::shared_ptr<carrier::Connection> it) {
    self->accept(std::move(it));
  };
  TAUT_TRY(server->listener_, carrier::LocalListener::listen(loop, file, accepted));
  return server;
}

OperatorServer::OperatorServer(carrier::Loop& loop, Ask ask) : ask_(std::move(ask)), posts_(loop) {}

OperatorServer::~OperatorServer() { *alive_ = false; }

void OperatorServer::accept(std::shared_ptr<carrier::Connection> connection) {
  if (talks_.size() >= kTalksMax) return connection->abort();
  const TalkId id = ++last_talk_;
  talks_.emplace(id, std::make_unique<Talk>(*this, id, std::move(connection)));
}

// The talk may be what is calling.
void OperatorServer::answer(TalkId talk, const Result<dispatcher::OperatorValue>& value) {
  posts_.post([this, talk, bytes = dispatcher::encode(value)] {
    if (const auto found = talks_.find(talk); found != talks_.end()) found->second->say(bytes);
  });
}

void OperatorServer::end(TalkId talk) {
  posts_.post([this, talk] { talks_.erase(talk); });
}

}  // namespace taut::run
