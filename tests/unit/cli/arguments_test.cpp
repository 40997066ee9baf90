#include "cli/arguments.hpp"

#include <doctest/doctest.h>

namespace taut::cli {
namespace {

using Words = std::vector<std::string>;

template <class R>
R request(const Words& words) {
  auto parsed = parse_arguments(words);
  if (!parsed) FAIL(parsed.error().what);
  REQUIRE(std::holds_alternative<R>(parsed->request));
  return std::get<R>(parsed->request);
}

Failure refusal(const Words& words) {
  const auto parsed = parse_arguments(words);
  REQUIRE_FALSE(parsed);
  return parsed.error();
}

Globals globals(const Words& words) {
  const auto parsed = parse_arguments(words);
  REQUIRE(parsed);
  return parsed->globals;
}

TEST_CASE("every command of the manual page parses") {
  CHECK(request<InitRequest>({"init", "--name", "bob"}).name == "bob");
  request<IdRequest>({"id", "--json"});
  request<StatusRequest>({"status"});
  request<DoctorRequest>({"doctor"});
  request<VersionRequest>({"version"});
  request<VersionRequest>({"--version"});
  CHECK(request<ContactAddRequest>({"contact", "add", "bob", "taut:xyz"}).link == "taut:xyz");
  request<ContactListRequest>({"contact", "list"});
  CHECK(request<ContactShowRequest>({"contact", "show", "bob"}).petname == "bob");
  CHECK(request<ContactRenameRequest>({"contact", "rename", "bob", "rob"}).new_petname == "rob");
  CHECK(request<ContactRemoveRequest>({"contact", "remove", "bob"}).petname == "bob");
  CHECK(request<ContactVerifyRequest>({"contact", "verify", "bob"}).number == std::nullopt);
  CHECK(request<ContactVerifyRequest>({"contact", "verify", "bob", "--number", "1 2"}).number == "1 2");
  CHECK(request<DispatcherUseRequest>({"dispatcher", "use", "taut:xyz"}).link == "taut:xyz");
  CHECK(request<DispatcherForgetRequest>({"dispatcher", "forget", "post"}).which == "post");
  request<DispatcherListRequest>({"dispatcher", "list"});
  request<OutboxRequest>({"outbox"});
  request<OutboxRetryRequest>({"outbox", "retry", "--json"});
  CHECK(request<OutboxDropRequest>({"outbox", "drop", "0a"}).message == "0a");
}

TEST_CASE("an identity's own commands parse, and refuse what contradicts itself") {
  CHECK(request<InitRequest>({"init", "--name", "bob", "--revocation", "r.txt"}).revocation == "r.txt");
  CHECK(request<RevokeRequest>({"revoke", "r.txt"}).at.empty());
  CHECK(request<RevokeRequest>({"revoke", "-", "--at", "taut:a", "--at", "taut:b"}).at ==
        Words{"taut:a", "taut:b"});
  CHECK(request<RevokeMakeRequest>({"revoke", "--make", "r.txt"}).successor == std::nullopt);
  CHECK(request<RevokeMakeRequest>({"revoke", "--make", "r.txt", "--successor", "taut:a"}).successor ==
        "taut:a");
  CHECK(request<BackupRequest>({"backup", "b", "--passphrase", "-"}).passphrase == "-");
  CHECK(request<RestoreRequest>({"restore", "b"}).file == "b");
  CHECK(request<ContactSucceedRequest>({"contact", "succeed", "bob"}).petname == "bob");
  CHECK_FALSE(request<UpRequest>({"up"}).dispatch.has_value());
  const auto up = request<UpRequest>({"up", "--dispatch", "[::1]:0", "--policy", "open"});
  CHECK(up.dispatch->listen == carrier::Address{"::1", 0});
  for (const Words& words : std::vector<Words>{{"revoke", "r", "--successor", "taut:a"},
                                               {"revoke", "r", "--make", "--at", "taut:a"},
                                               {"up", "--policy", "open"},
                                               {"up", "--dispatch", "nowhere"},
                                               {"send", "bob", "x", "--all", "--one"},
                                               {"send", "bob", "x", "--wait", "read"},
                                               {"send", "bob", "x", "--timeout", "3"},
                                               {"send", "bob", "x", "--expires", "0s"},
                                               {"send", "bob", "x", "--expires", "15d"},
                                               {"send", "bob", "x", "--expires", "1w"},
                                               {"send", "bob", "x", "--expires", "10"}}) {
    CAPTURE(words.back());
    CHECK(parse_arguments(words).error().exit == ExitCode::usage);
  }
}

TEST_CASE("send takes what becomes of a message") {
  const auto plain = request<SendRequest>({"send", "bob", "x"});
  CHECK(plain.copies == Copies::two);
  CHECK(plain.wait == WaitFor::stored);
  CHECK_FALSE(plain.expires);
  CHECK(request<SendRequest>({"send", "bob", "x", "--all"}).copies == Copies::all);
  CHECK(request<SendRequest>({"send", "bob", "x", "--one"}).copies == Copies::one);
  const auto full = request<SendRequest>(
      {"send", "bob", "x", "--wait", "released", "--timeout", "1.5", "--expires", "14d", "--online-only"});
  CHECK(full.wait == WaitFor::released);
  CHECK(full.timeout == std::chrono::milliseconds(1500));
  CHECK(full.expires == std::chrono::days(14));
  CHECK(full.online_only);
  CHECK(request<SendRequest>({"send", "bob", "x", "--expires", "90s"}).expires == std::chrono::seconds(90));
  CHECK(request<SendRequest>({"send", "bob", "x", "--expires", "2h"}).expires == std::chrono::hours(2));
}

TEST_CASE("dispatcher run takes addresses and a policy") {
  const auto plain = request<DispatcherRunRequest>({"dispatcher", "run"});
  CHECK(plain.listen == carrier::Address{"127.0.0.1", 7420});
  CHECK_FALSE(plain.policy);
  const auto full = request<DispatcherRunRequest>(
      {"dispatcher", "run", "--listen", "[::]:0", "--advertise", "post.example:7420", "--policy", "open"});
  CHECK(full.listen == carrier::Address{"::", 0});
  CHECK(full.advertise == carrier::Address{"post.example", 7420});
  CHECK(full.policy == DispatcherPolicy::open);
  CHECK(request<DispatcherRunRequest>({"dispatcher", "run", "--policy", "closed"}).policy ==
        DispatcherPolicy::closed);
  const auto measured = request<DispatcherRunRequest>({"dispatcher", "run", "--metrics", "[::1]:0"});
  CHECK(measured.metrics == MetricsPlace(carrier::Address{"::1", 0}));
  CHECK(request<DispatcherRunRequest>({"dispatcher", "run", "--metrics", "unix:/run/m.sock"}).metrics ==
        MetricsPlace(std::filesystem::path("/run/m.sock")));
}

TEST_CASE("a dispatcher's operator enrols, revokes and looks") {
  const auto plain = request<DispatcherEnrollRequest>({"dispatcher", "enroll"});
  CHECK(plain.uses == 1);
  CHECK(plain.lifetime == std::chrono::hours(24));
  const auto full =
      request<DispatcherEnrollRequest>({"dispatcher", "enroll", "--uses", "12", "--expires", "30d"});
  CHECK(full.uses == 12);
  CHECK(full.lifetime == std::chrono::days(30));
  CHECK(request<DispatcherRevokeRequest>({"dispatcher", "revoke", "taut1x"}).node == "taut1x");
  request<DispatcherDevicesRequest>({"dispatcher", "devices", "--json"});
  request<DispatcherStatsRequest>({"dispatcher", "stats"});
}

TEST_CASE("devices stands alone, or lets contacts see") {
  request<DevicesRequest>({"devices", "--json"});
  CHECK(request<DevicesAllowRequest>({"devices", "allow", "bob"}).who == "bob");
  CHECK(request<DevicesDenyRequest>({"devices", "deny", "bob"}).who == "bob");
}

TEST_CASE("a duration is a number and a unit") {
  const auto lifetime = [](const std::string& typed) {
    return request<DispatcherEnrollRequest>({"dispatcher", "enroll", "--expires", typed}).lifetime;
  };
  CHECK(lifetime("90s") == std::chrono::seconds(90));
  CHECK(lifetime("15m") == std::chrono::minutes(15));
  CHECK(lifetime("3650d") == std::chrono::days(3650));
  for (const char* typed : {"", "h", "24", "0h", "-1h", "1.5h", "24 h", "24hours", "3651d",
                            "9999999999999999999d", "9223372036854775807d", "1w"}) {
    CAPTURE(typed);
    CHECK(refusal({"dispatcher", "enroll", "--expires", typed}).reason == "bad_duration");
  }
}

TEST_CASE("a token comes on standard input, never as a word") {
  const auto use = request<DispatcherUseRequest>({"dispatcher", "use", "taut:xyz", "--token", "-"});
  CHECK(use.token == "-");
  CHECK(refusal({"dispatcher", "use", "taut:xyz", "--token", "tautenrol1x"}).reason == "secret_in_argument");
  CHECK(refusal({"dispatcher", "use", "-", "--token", "-"}).reason == "standard_input_twice");
}

TEST_CASE("a folder for a device") {
  const auto here = request<InitDeviceRequest>({"init", "--for-device", "lamp", "--out", "lamp.taut"});
  CHECK(here.name == "lamp");
  CHECK(here.out == "lamp.taut");
  CHECK_FALSE(here.dispatcher);
  const auto there = request<InitDeviceRequest>(
      {"init", "--for-device", "lamp", "--out", "x", "--dispatcher", "taut:xyz", "--token", "-"});
  CHECK(there.dispatcher == "taut:xyz");
  CHECK(there.token == "-");
  CHECK(refusal({"init", "--for-device", "lamp"}).reason == "missing_word");
  CHECK(refusal({"init", "--for-device", "lamp", "--name", "x", "--out", "y"}).reason == "wrong_usage");
  CHECK(refusal({"init", "--name", "x", "--out", "y"}).reason == "wrong_usage");
  CHECK(refusal({"init", "--for-device", "lamp", "--out", "y", "--token", "-"}).reason == "missing_word");
  CHECK(refusal({"init"}).reason == "missing_word");
}

TEST_CASE("metrics are for this machine alone") {
  for (const char* typed : {"0.0.0.0:9420", "192.0.2.1:9420", "[::]:1", "post.example:1"}) {
    CAPTURE(typed);
    CHECK(refusal({"dispatcher", "run", "--metrics", typed}).reason == "not_loopback");
  }
  CHECK(refusal({"dispatcher", "run", "--metrics", "unix:"}).reason == "bad_address");
  CHECK(refusal({"dispatcher", "run", "--policy", "ajar"}).reason == "bad_policy");
}

TEST_CASE("a message's text is taken as it is") {
  for (const char* text : {"hello", "", "status", "a b\nc", "-", "[x]", "{}", "\"q\"", "-5", "\xff\xfe",
                           "ünï", "a=b", "%TEXT%"}) {
    CAPTURE(text);
    const auto send = request<SendRequest>({"send", "bob", text});
    CHECK(send.who == "bob");
    CHECK(send.text == text);
    CHECK_FALSE(send.lines);
  }
  CHECK(request<SendRequest>({"send", "bob", "--", "--json"}).text == "--json");
  CHECK(request<SendRequest>({"send", "bob", "--lines", "-"}).lines);
  CHECK(request<SendRequest>({"send", "--lines", "bob", "-"}).lines);
}

TEST_CASE("recv takes a count, a time and --follow") {
  const auto drain = request<RecvRequest>({"recv"});
  CHECK_FALSE(drain.count);
  CHECK_FALSE(drain.timeout);
  CHECK_FALSE(drain.follow);
  const auto recv = request<RecvRequest>({"recv", "--json", "--count", "1", "--timeout", "10"});
  CHECK(recv.count == 1);
  CHECK(recv.timeout == std::chrono::seconds(10));
  CHECK(request<RecvRequest>({"recv", "--timeout", "0.5"}).timeout == std::chrono::milliseconds(500));
  CHECK(request<RecvRequest>({"recv", "--timeout", "1.025"}).timeout == std::chrono::milliseconds(1025));
  CHECK(request<RecvRequest>({"recv", "--follow"}).follow);
}

TEST_CASE("a topic is at a dispatcher, at a broker, or on pipes") {
  CHECK_FALSE(request<TopicCreateRequest>({"topic", "create", "tea"}).mqtt);
  const auto at_broker = request<TopicCreateRequest>(
      {"topic", "create", "tea", "--mqtt", "mqtts://h/t", "--mqtt-login", "l", "--ca", "c"});
  CHECK(at_broker.mqtt == "mqtts://h/t");
  CHECK(at_broker.access.login == "l");
  CHECK(at_broker.access.ca == "c");
  CHECK(request<TopicCreateRequest>({"topic", "create", "tea", "--pipe"}).pipe);
  CHECK(refusal({"topic", "create", "tea", "--pipe", "--mqtt", "mqtt://h/t"}).exit == ExitCode::usage);
  CHECK(refusal({"topic", "create", "tea", "--ca", "c"}).exit == ExitCode::usage);
  CHECK(request<TopicJoinRequest>({"topic", "join", "link", "--mqtt-login", "l"}).access.login == "l");
  CHECK_FALSE(request<TopicFilterRequest>({"topic", "filter", "tea"}).frames);
  CHECK(request<TopicFilterRequest>({"topic", "filter", "tea", "--frames"}).frames);
  CHECK(request<TopicSetRequest>({"topic", "set", "tea", "committers=a,b"}).committers == Words{"a", "b"});
  CHECK(request<TopicUnbarRequest>({"topic", "unbar", "tea", "eve"}).who == "eve");
}

TEST_CASE("global flags stand before or after the command") {
  const Words cases[] = {{"--json", "--home", "d", "-v", "contact", "list"},
                         {"contact", "--json", "-v", "--home", "d", "list"},
                         {"contact", "list", "--verbose", "--json", "--home=d"}};
  for (const auto& words : cases) {
    const Globals found = globals(words);
    CHECK(found.json);
    CHECK(found.verbose);
    CHECK(found.home == "d");
  }
  CHECK_FALSE(globals({"contact", "list"}).json);
}

TEST_CASE("help is a request, not a failure") {
  CHECK(request<HelpRequest>({"--help"}).text.find("send") != std::string::npos);
  CHECK(request<HelpRequest>({"help"}).text.find("send") != std::string::npos);
  CHECK(request<HelpRequest>({"send", "--help"}).text.find("--lines") != std::string::npos);
  CHECK(request<HelpRequest>({"help", "recv"}).text.find("--follow") != std::string::npos);
  CHECK(request<HelpRequest>({"help", "contact", "add"}).text.find("LINK") != std::string::npos);
}

struct Wrong {
  Words words;
  std::string reason;
  std::string said;  ///< part of what is said
};

TEST_CASE("wrong usage is exit code 2, and says what is wrong and what is near") {
  const std::string long_word(5000, 'x');
  const Wrong cases[] = {
      {{}, "no_command", "taut needs a command: "},
      {{"snd"}, "unknown_command", "'snd'; did you mean 'send'?"},
      {{"rcev", "--json"}, "unknown_command", "'rcev'; did you mean 'recv'?"},
      {{"zzzzzz"}, "unknown_command", "has no command 'zzzzzz'"},
      {{long_word}, "unknown_command", "has no command"},
      {{"contact"}, "no_command", "taut contact needs a command: add"},
      {{"contact", "ad", "bob", "x"},
       "unknown_command",
       "taut contact has no command 'ad'; did you mean 'add'?"},
      {{"recv", "--folow"}, "unknown_flag", "taut recv has no flag '--folow'; did you mean '--follow'?"},
      {{"recv", "--jsn"}, "unknown_flag", "did you mean '--json'?"},
      {{"--jsom", "recv"}, "unknown_flag", "taut has no flag '--jsom'; did you mean '--json'?"},
      {{"send", "--linse", "bob", "-"}, "unknown_flag", "did you mean '--lines'?"},
      {{"send", "--linse"}, "unknown_flag", "did you mean '--lines'?"},
      {{"recv", "--timeout=1", "--cuont=3"}, "unknown_flag", "'--cuont'; did you mean '--count'?"},
      {{"send"}, "missing_word", "taut send needs WHO"},
      {{"send", "bob"}, "no_text", "needs a text"},
      {{"send", "bob", "hello", "you"}, "unexpected_word", "'you'"},
      {{"send", "bob", "hello", "--lines"}, "wrong_usage", "--lines reads stdin"},
      {{"init"}, "missing_word", "taut init needs --name"},
      {{"init", "--name"}, "wrong_usage", "--name needs a value"},
      {{"init", "--name", "a", "--name", "b"}, "wrong_usage", "--name is given twice"},
      {{"recv", "--count", "0"}, "bad_number", "--count takes no '0'"},
      {{"recv", "--count", "-1"}, "bad_number", "--count takes no '-1'"},
      {{"recv", "--count", "1e3"}, "bad_number", "--count takes no '1e3'"},
      {{"recv", "--count", ""}, "bad_number", "--count takes no ''"},
      {{"recv", "--count", "99999999999"}, "bad_number", "--count"},
      {{"recv", "--timeout", "nan"}, "bad_number", "--timeout takes no 'nan'"},
      {{"recv", "--timeout", "-1"}, "bad_number", "--timeout takes no '-1'"},
      {{"recv", "--timeout", "1."}, "bad_number", "--timeout"},
      {{"recv", "--timeout", "1.0001"}, "bad_number", "--timeout"},
      {{"recv", "--follow=no"}, "wrong_usage", "--follow takes no value"},
      {{"--home"}, "wrong_usage", "--home needs a value"},
      {{"dispatcher", "run", "--listen", "127.0.0.1"}, "bad_address", "--listen takes no '127.0.0.1'"},
      {{"dispatcher", "run", "--listen", "h:65536"}, "bad_address", "--listen"},
      {{"dispatcher", "run", "--listen", "h:８０"}, "bad_address", "--listen"},
      {{"dispatcher", "run", "--policy", "closed?"}, "bad_policy", "closed?"},
      {{"help", "sned"}, "unknown_command", "did you mean 'send'?"},
  };
  for (const auto& wrong : cases) {
    std::string line;
    for (const auto& word : wrong.words) line += word + ' ';
    CAPTURE(line);
    const auto parsed = parse_arguments(wrong.words);
    REQUIRE_FALSE(parsed);
    CAPTURE(parsed.error().what);
    CHECK(parsed.error().exit == ExitCode::usage);
    CHECK(parsed.error().reason == wrong.reason);
    CHECK(parsed.error().what.find(wrong.said) != std::string::npos);
    CHECK_FALSE(parsed.error().next.empty());
  }
}

}  // namespace
}  // namespace taut::cli
