#include "cli/topic_carrier.hpp"

#include <array>

#include "carrier/mqtt_login.hpp"
#include "carrier/reasons.hpp"
#include "cli/link_words.hpp"
#include "crypto/encoding.hpp"
#include "node/topic_keeper.hpp"

namespace taut::cli {
namespace {

constexpr const char* kMqttUserVariable = "TAUT_MQTT_USER";
constexpr const char* kMqttPasswordVariable = "TAUT_MQTT_PASSWORD";
using ClientId = Opaque<struct ClientIdTag, 16>;

struct BrokerWords {
  Reason reason;
  ExitCode exit;
  std::string_view words;
  std::string_view next;
};
constexpr std::array kBrokerWords{
    BrokerWords{reasons::kTlsRefused, ExitCode::identity,
                "its certificate is not for this host, of an unknown authority, or expired",
                "Look at the host name and the clock; name its authority: --ca FILE"},
    BrokerWords{reasons::kBadCa, ExitCode::usage, "the file with certificates cannot be used",
                "Give one with PEM certificates: --ca FILE"},
    BrokerWords{reasons::kLoginRefused, ExitCode::authentication, "it does not know this user or password",
                "Look at the login file: --mqtt-login FILE"},
    BrokerWords{reasons::kNotAuthorised, ExitCode::authentication,
                "it does not let this user read or write the topic",
                "Look at the login file, and at the broker's access list"},
    BrokerWords{reasons::kTakenOver, ExitCode::storage, "another process uses our session there",
                "Two copies of this node are running: stop one"},
    BrokerWords{reasons::kNoMqtt5, ExitCode::usage, "it does not speak MQTT 5", "Take another broker"},
    BrokerWords{reasons::kBrokerBusy, ExitCode::unreachable, "it is busy", "Try again later"},
    BrokerWords{reasons::kBrokerRefuses, ExitCode::unreachable, "it refuses, for a reason of its own",
                "Look into its log"},
};

const BrokerWords* words_about(const Error& error) {
  const auto* const row = std::ranges::find(kBrokerWords, error.reason, &BrokerWords::reason);
  return row == kBrokerWords.end() ? nullptr : row;
}

Outcome<std::optional<carrier::MqttLogin>> login_of(const BrokerAccess& access) {
  if (!access.login) return carrier::mqtt_login_from_environment(kMqttUserVariable, kMqttPasswordVariable);
  auto login = carrier::mqtt_login_from_file(*access.login);
  if (login) return std::optional(*std::move(login));
  return failure_of(
      ExitCode::usage, login.error(),
      "The login file '" + *access.login + "' is not there, others may read it, or its form is wrong",
      "Two lines, user name and password, and: chmod 600 " + *access.login);
}

}  // namespace

std::optional<carrier::MqttUrl> broker_of(std::span<const introduction::Place> places) {
  for (const introduction::Place& place : places) {
    const auto* const url = std::get_if<introduction::Url>(&place);
    if (url == nullptr) continue;
    if (auto broker = carrier::mqtt_url_from_text(url->text)) return *std::move(broker);
  }
  return std::nullopt;
}

Outcome<node::TopicCarrier> broker_carrier(const BrokerAccess& access, Context& context) {
  node::TopicCarrier carrier;
  carrier.kind = node::CarrierKind::broker;
  carrier.client_id = crypto::to_hex(context.random.make<ClientId>().view());
  TAUT_TRY(auto login, login_of(access));
  if (login) {
    carrier.user = std::move(login->user);
    carrier.password = std::move(login->password);
  }
  if (!access.ca) return carrier;
  std::error_code error;
  carrier.ca_file = std::filesystem::absolute(*access.ca, error).string();
  if (!error && std::filesystem::is_regular_file(carrier.ca_file, error)) return carrier;
  return failure(ExitCode::usage, "no_file", "There is no file '" + *access.ca + "'",
                 "Name a file with PEM certificates");
}

CarrierWay way_to_broker(carrier::Loop& loop, Random& random, const node::TopicCarrier& carrier) {
  // A std::function is copied: what it shares holds a password.
  auto shared = std::make_shared<node::TopicCarrier>();
  shared->client_id = carrier.client_id;
  shared->user = carrier.user;
  shared->password = SecretBytes(carrier.password.expose());
  shared->ca_file = carrier.ca_file;
  return [&loop, &random, shared](
             const node::TopicKeeper& keeper,
             run::FrameCarrier::Owner& owner) -> Result<std::unique_ptr<run::FrameCarrier>> {
    const topic::Topic* const topic = keeper.topic();
    const auto broker =
        broker_of(topic != nullptr ? topic->settings().places() : keeper.joining()->link().places);
    if (!broker) return malformed();
    carrier::MqttSettings settings;
    settings.url = *broker;
    settings.client_id = shared->client_id;
    if (!shared->user.empty())
      settings.login = carrier::MqttLogin{shared->user, SecretBytes(shared->password.expose())};
    settings.ca_file = shared->ca_file;
    return run::open_broker(loop, random, std::move(settings), owner);
  };
}

CarrierWay way_through_pipe(carrier::Loop& loop, Random& random, const carrier::PipeSettings& settings) {
  return [&loop, &random, settings](const node::TopicKeeper&, run::FrameCarrier::Owner& owner) {
    return run::open_pipe(loop, random, settings, owner);
  };
}

std::unexpected<Failure> url_failure(const Error& error, const std::string& text) {
  if (error.reason == reasons::kCredentialsInUrl)
    return failure_of(ExitCode::usage, error, "The URL holds a user name or password, which others could see",
                      "Put them into a file: --mqtt-login FILE");
  if (error.reason == reasons::kWildcardTopic || error.reason == reasons::kSystemTopic)
    return failure_of(ExitCode::usage, error, "'" + text + "' names no single topic",
                      "Take one without + and #, that does not begin with $");
  return failure_of(ExitCode::usage, error, "'" + text + "' is no URL of a broker",
                    "Give one like mqtts://broker.example.org/a-random-word");
}

bool is_for_a_person(const Error& error) {
  const BrokerWords* const words = words_about(error);
  return words != nullptr && words->exit != ExitCode::unreachable && words->exit != ExitCode::storage;
}

std::unexpected<Failure> carrier_failure(const Error& error) {
  if (const BrokerWords* const words = words_about(error))
    return failure_of(words->exit, error, "The broker cannot be used: " + std::string(words->words),
                      std::string(words->next));
  return failure_of(ExitCode::unreachable, error, "Cannot reach the topic's broker: " + link_words(error),
                    "Check that it runs, and try again");
}

}  // namespace taut::cli
