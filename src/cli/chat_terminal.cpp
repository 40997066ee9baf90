#include "cli/chat_terminal.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace taut::cli {
namespace {

constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT, SIGHUP};

// For a signal handler: no more than plain data. Written before the handlers are there.
termios as_it_was{};

void give_back() { ::tcsetattr(STDIN_FILENO, TCSANOW, &as_it_was); }  // async-signal-safe (POSIX.1)

/// The handler is gone by then (SA_RESETHAND): the signal does what it always does.
extern "C" void give_back_and_crash(int signal) {
  give_back();
  ::raise(signal);
}

}  // namespace

TerminalGuard::TerminalGuard() {
  ::tcgetattr(STDIN_FILENO, &as_it_was);
  struct sigaction action{};
  action.sa_handler = give_back_and_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : kCrashes) ::sigaction(signal, &action, nullptr);
}

TerminalGuard::~TerminalGuard() {
  for (const int signal : kCrashes) ::signal(signal, SIG_DFL);
  give_back();
}

TerminalSize terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

bool is_cooked() {
  termios now{};
  return ::tcgetattr(STDIN_FILENO, &now) == 0 && (now.c_lflag & ICANON) != 0;
}

bool has_terminal() {
  const char* const kind = std::getenv("TERM");
  if (kind == nullptr || *kind == '\0' || std::strcmp(kind, "dumb") == 0) return false;
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
}

}  // namespace taut::cli
