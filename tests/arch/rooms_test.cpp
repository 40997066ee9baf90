// Reads every source file and holds it against the order of rooms in src/CMakeLists.txt and the
// "only here" rules of docs/architecture.md.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "support/source_dir.hpp"

namespace fs = std::filesystem;

namespace {

const fs::path kSource = taut::test::source_dir() / "src";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Room names in order; the second list starts where the core ends.
struct Rooms {
  std::map<std::string, int> height;
  std::map<std::string, bool> is_core;
};

Rooms rooms_in_order() {
  Rooms rooms;
  const std::string text = read(kSource / "CMakeLists.txt");
  const std::regex list(R"(foreach\(room ([^)]*)\))");
  int height = 0;
  bool core = true;
  for (std::sregex_iterator it(text.begin(), text.end(), list), end; it != end; ++it) {
    std::istringstream names((*it)[1].str());
    for (std::string name; names >> name; ++height) {
      rooms.height[name] = height;
      rooms.is_core[name] = core;
    }
    core = false;
  }
  return rooms;
}

/// What lives in one room only, or in a few.
struct OnlyHere {
  std::regex include;
  std::vector<std::string> rooms;
};

const std::vector<OnlyHere>& only_here() {
  static const std::vector<OnlyHere> rules = {
      // TLS is a carrier's (carrier/tls_client.cpp).
      {std::regex(R"(openssl/(ssl|x509v3)\.h)"), {"carrier"}},
      {std::regex(R"(openssl/err\.h)"), {"carrier", "crypto"}},
      {std::regex(R"(openssl/(?!ssl\.h|x509v3\.h|err\.h).*|sodium\.h|sodium/.*)"), {"crypto"}},
      {std::regex(R"(mosquitto\.h|mqtt_protocol\.h)"), {"carrier"}},
      {std::regex(R"(sqlite3.*)"), {"store"}},
      {std::regex(R"(boost/.*)"), {"carrier", "run"}},
      {std::regex(R"(nlohmann/.*|CLI/.*|qrencode\.h|editline/.*|histedit\.h)"), {"cli", "run"}},
      {std::regex(R"(spdlog/.*)"), {"cli", "run"}},
      {std::regex(R"(fmt/.*)"), {"cli", "run", "store", "carrier"}},
  };
  return rules;
}

/// Headers and calls that the core has no business with: the world comes in through its doors.
const std::regex& worldly_include() {
  static const std::regex rule(
      R"(thread|mutex|shared_mutex|condition_variable|future|semaphore|stop_token|fstream|iostream|filesystem|cstdio|stdio\.h|random|ctime|time\.h|unistd\.h|fcntl\.h|pthread\.h|sys/.*|netinet/.*|arpa/.*|fmt/.*)");
  return rule;
}
const std::regex& worldly_call() {
  static const std::regex rule(
      R"(_clock::now|\bclock_gettime\b|\bgettimeofday\b|\bstd::time\(|\bgetrandom\b|\bRAND_|\brandombytes|\bstd::random_device\b|\bstd::rand\b|\bgetenv\b|\bthrow\b|\bfopen\b|\bstd::cout\b|\bstd::cerr\b|\bprintf\()");
  return rule;
}

std::string without_comments(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(//[^\n]*)"), "");
}

/// Every broken rule of one file's text, as sentences.
std::vector<std::string> broken_rules(const Rooms& rooms, const std::string& room, const std::string& text) {
  std::vector<std::string> broken;
  const std::string code = without_comments(text);
  const std::regex include(R"re(#include\s*([<"])([^>"]+)[>"])re");
  for (std::sregex_iterator it(code.begin(), code.end(), include), end; it != end; ++it) {
    const std::string name = (*it)[2].str();
    const std::string first = name.substr(0, name.find('/'));
    if ((*it)[1] == "\"") {
      if (!rooms.height.contains(first))
        broken.push_back("includes " + name + ", which is in no room");
      else if (rooms.height.at(first) > rooms.height.at(room))
        broken.push_back("includes " + name + ", which is above");
      continue;
    }
    for (const OnlyHere& rule : only_here()) {
      if (std::regex_match(name, rule.include) && std::ranges::find(rule.rooms, room) == rule.rooms.end())
        broken.push_back("includes " + name + ", which is another room's alone");
    }
    if (rooms.is_core.at(room) && std::regex_match(name, worldly_include()))
      broken.push_back("is core, and includes " + name);
  }
  std::smatch call;
  if (rooms.is_core.at(room) && std::regex_search(code, call, worldly_call()))
    broken.push_back("is core, and says " + call.str());
  return broken;
}

std::vector<fs::path> sources_of(const std::string& room) {
  std::vector<fs::path> files;
  if (!fs::exists(kSource / room)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / room)) {
    const std::string kind = entry.path().extension().string();
    if (kind == ".hpp" || kind == ".cpp" || kind == ".h") files.push_back(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("every file keeps to its room") {
  const Rooms rooms = rooms_in_order();
  REQUIRE(rooms.height.contains("base"));
  std::size_t files = 0;
  for (const auto& [room, height] : rooms.height) {
    for (const fs::path& file : sources_of(room)) {
      ++files;
      for (const std::string& broken : broken_rules(rooms, room, read(file))) {
        FAIL_CHECK(file.string() << " " << broken);
      }
    }
  }
  CHECK(files > 10);
}

TEST_CASE("every folder under src is a room") {
  const Rooms rooms = rooms_in_order();
  for (const auto& entry : fs::directory_iterator(kSource)) {
    if (entry.is_directory())
      CHECK_MESSAGE(rooms.height.contains(entry.path().filename().string()), entry.path());
  }
}

TEST_CASE("a planted breach is found") {
  const Rooms rooms = rooms_in_order();
  const auto count = [&](const std::string& room, const std::string& text) {
    return broken_rules(rooms, room, text).size();
  };
  CHECK(count("crypto", "#include \"wire/reader.hpp\"\n#include <openssl/evp.h>\n") == 0);
  CHECK(count("wire", "#include \"crypto/aead.hpp\"") == 1);
  CHECK(count("noise", "#include <openssl/evp.h>") == 1);
  CHECK(count("crypto", "#include <openssl/ssl.h>") == 1);
  CHECK(count("carrier", "#include <openssl/ssl.h>") == 0);
  CHECK(count("carrier", "#include <openssl/evp.h>") == 1);
  CHECK(count("run", "#include <mosquitto.h>") == 1);
  CHECK(count("dispatcher", "#include <boost/asio.hpp>") == 1);
  CHECK(count("node", "#include <sqlite3.h>") == 1);
  CHECK(count("link", "#include <thread>") == 1);
  CHECK(count("link", "auto now = std::chrono::steady_clock::now();") == 1);
  CHECK(count("link", "// steady_clock::now would be wrong here") == 0);
  CHECK(count("mls", "throw 1;") == 1);
  CHECK(count("cli", "#include \"nowhere/else.hpp\"") == 1);
  CHECK(count("run", "#include <thread>") == 0);
}
