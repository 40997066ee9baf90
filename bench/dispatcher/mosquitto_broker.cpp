#include "dispatcher/mosquitto_broker.hpp"

#include <arpa/inet.h>
#include <mosquitto.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <functional>

namespace taut::bench {
namespace {

constexpr int kInFlight = 1000;
constexpr int kAtLeastOnce = 1;
constexpr const char* kTopic = "bench";
constexpr const char* kSubscriber = "recipient";

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ::bind(socket, reinterpret_cast<const sockaddr*>(&at), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size);
  ::close(socket);
  return ntohs(at.sin_port);
}

/// One connection; `answered` counts what was acknowledged to it, `received` what was delivered.
class Client {
 public:
  Client(const char* id, bool is_clean, const std::string& certificate, int port)
      : client_(mosquitto_new(id, is_clean, this)) {
    mosquitto_tls_set(client_, certificate.c_str(), nullptr, nullptr, nullptr, nullptr);
    mosquitto_tls_insecure_set(client_, true);  // the certificate is made for this run alone
    mosquitto_max_inflight_messages_set(client_, kInFlight);
    mosquitto_connect_callback_set(client_,
                                   [](mosquitto*, void* self, int) { at(self).is_connected = true; });
    mosquitto_subscribe_callback_set(
        client_, [](mosquitto*, void* self, int, int, const int*) { ++at(self).answered; });
    mosquitto_publish_callback_set(client_, [](mosquitto*, void* self, int) { ++at(self).answered; });
    mosquitto_message_callback_set(
        client_, [](mosquitto*, void* self, const mosquitto_message*) { ++at(self).received; });
    int tries = 0;
    while (mosquitto_connect(client_, "127.0.0.1", port, 600) != MOSQ_ERR_SUCCESS) {
      if (++tries == 100) give_up("mosquitto does not start");
      ::usleep(50'000);
    }
    serve([this] { return is_connected; });
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    mosquitto_disconnect(client_);
    mosquitto_loop(client_, 0, 1);
    mosquitto_destroy(client_);
  }

  void subscribe() {
    mosquitto_subscribe(client_, nullptr, kTopic, kAtLeastOnce);
    serve([this] { return answered == 1; });
  }
  void publish(const std::string& content) {
    const auto size = static_cast<int>(content.size());
    if (mosquitto_publish(client_, nullptr, kTopic, size, content.data(), kAtLeastOnce, false) != 0)
      give_up("mosquitto takes nothing");
  }
  void serve(const std::function<bool()>& is_done) {
    while (!is_done())
      if (mosquitto_loop(client_, 1000, 1) != MOSQ_ERR_SUCCESS) give_up("the link to mosquitto ended");
  }

  bool is_connected = false;
  std::size_t answered = 0;
  std::size_t received = 0;

 private:
  static Client& at(void* self) { return *static_cast<Client*>(self); }
  mosquitto* client_;
};

bool is_installed() { return std::system("command -v mosquitto openssl >/dev/null 2>&1") == 0; }

}  // namespace

std::unique_ptr<MosquittoBroker> MosquittoBroker::start() {
  if (!is_installed()) return nullptr;
  return std::unique_ptr<MosquittoBroker>(new MosquittoBroker);
}

MosquittoBroker::MosquittoBroker() : port_(free_port()) {
  const std::string at = scratch_.path();
  const Words self_signed{"openssl",
                          "req",
                          "-x509",
                          "-newkey",
                          "ec",
                          "-pkeyopt",
                          "ec_paramgen_curve:P-256",
                          "-nodes",
                          "-days",
                          "1",
                          "-subj",
                          "/CN=localhost",
                          "-keyout",
                          at + "/key",
                          "-out",
                          at + "/certificate"};
  Process(self_signed, {}, Process::Talk::hidden).wait();
  std::ofstream settings(at + "/mosquitto.conf");
  settings << "listener " << port_ << " 127.0.0.1\n"
           << "cafile " << at << "/certificate\ncertfile " << at << "/certificate\nkeyfile " << at << "/key\n"
           << "allow_anonymous true\nlog_type error\n"
           << "persistence true\npersistence_location " << at << "/\n"
           << "max_queued_messages 0\nmax_inflight_messages " << kInFlight << "\n";
  if (::geteuid() == 0) settings << "user root\n";
  settings.close();
  process_ = std::make_unique<Process>(Words{"mosquitto", "-c", at + "/mosquitto.conf"}, Words{},
                                       Process::Talk::hidden);
  mosquitto_lib_init();
  Client(kSubscriber, false, at + "/certificate", port_).subscribe();
}

Figures MosquittoBroker::run(const Load& load) {
  const std::string certificate = scratch_.path() + "/certificate";
  const std::string content(load.content_bytes, 'x');
  const auto count = static_cast<double>(load.messages);
  Figures figures;
  const double cpu_before = process_->cpu_s();
  const double start = now_s();
  {
    Client sender("sender", true, certificate, port_);
    for (std::size_t i = 0; i < load.messages; ++i) sender.publish(content);
    sender.serve([&] { return sender.answered == load.messages; });
  }
  const double between = now_s();
  const double cpu_between = process_->cpu_s();
  {
    Client recipient(kSubscriber, false, certificate, port_);
    recipient.serve([&] { return recipient.received == load.messages; });
  }
  figures.stored_per_s = count / (between - start);
  figures.drained_per_s = count / (now_s() - between);
  figures.stored_cpu_us = (cpu_between - cpu_before) / count * 1e6;
  figures.drained_cpu_us = (process_->cpu_s() - cpu_between) / count * 1e6;
  return figures;
}

}  // namespace taut::bench
