#include "dispatcher/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace taut::bench {
namespace {

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return seconds(time);
}

std::vector<char*> pointers_to(Words& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);
}

double now_s() { return read_clock(CLOCK_MONOTONIC); }

Process::Process(const Words& command, const Words& environment, Talk talk) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("no pipe");
  id_ = ::fork();
  if (id_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    if (talk == Talk::hidden) ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    for (const std::string& one : environment) ::putenv(::strdup(one.c_str()));
    Words words = command;
    ::execvp(words[0].c_str(), pointers_to(words).data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ends[0];
}

Process::~Process() {
  if (is_running_) {
    ::kill(id_, SIGTERM);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(output_);
}

std::string Process::line() {
  std::string line;
  for (char one = 0; ::read(output_, &one, 1) == 1 && one != '\n';) line += one;
  return line;
}

double Process::cpu_s() const {
  clockid_t clock{};
  if (::clock_getcpuclockid(id_, &clock) != 0) give_up("a process that is measured has ended");
  return read_clock(clock);
}

double Process::wait() {
  std::array<char, 65536> rest{};
  while (::read(output_, rest.data(), rest.size()) > 0) {
  }
  rusage used{};
  int status = 0;
  ::wait4(id_, &status, 0, &used);
  is_running_ = false;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) give_up("a command failed");
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string member(const std::string& object, const std::string& name) {
  const std::string front = "\"" + name + "\":\"";
  const std::size_t at = object.find(front);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + front.size();
  return object.substr(begin, object.find('"', begin) - begin);
}

Scratch::Scratch() : path_((std::filesystem::temp_directory_path() / "taut-bench-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) give_up("no folder for scratch files");
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace taut::bench
