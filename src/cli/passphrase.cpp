#include "cli/passphrase.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include "cli/file.hpp"

namespace taut::cli {
namespace {

constexpr std::size_t kPassphraseFileBytesMax = 64 * 1024;
constexpr std::size_t kLineBytesMax = 4096;  // what a terminal gives at once

std::unexpected<Failure> no_passphrase() {
  return failure(ExitCode::usage, "no_passphrase", "There is no terminal to type a passphrase at",
                 "Give a file with it: --passphrase FILE, or - for standard input");
}

SecretBytes first_line(ByteView bytes) {
  const auto end = std::ranges::find(bytes, Byte{'\n'});
  ByteView line = bytes.first(static_cast<std::size_t>(end - bytes.begin()));
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return SecretBytes(line);
}

/// The terminal, which does not show what is typed as long as this lives.
class SilentTerminal {
 public:
  SilentTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_silent_ = ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (is_silent_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool is_there() const { return is_silent_; }
  SecretBytes ask(std::string_view question) {
    say(question);
    SecretBytes line(kLineBytesMax);
    const ssize_t size = ::read(descriptor_, line.fill().data(), line.size());
    say("\n");
    return first_line(line.expose().first(size > 0 ? static_cast<std::size_t>(size) : 0));
  }

 private:
  void say(std::string_view text) {
    // A terminal that takes nothing gives nothing either.
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, text.data(), text.size());
  }

  int descriptor_;
  termios before_{};
  bool is_silent_ = false;
};

Outcome<SecretBytes> typed(Passphrase which) {
  SilentTerminal terminal;
  if (!terminal.is_there()) return no_passphrase();
  SecretBytes once = terminal.ask("Passphrase: ");
  if (which == Passphrase::known) return once;
  if (!terminal.ask("The same again: ").equals(once))
    return failure(ExitCode::usage, "passphrases_differ", "The two passphrases differ", "Type them again");
  return once;
}

}  // namespace

Outcome<SecretBytes> passphrase(const std::optional<std::string>& file, Passphrase which) {
  if (!file) return typed(which);
  TAUT_TRY(Bytes bytes, read_file(*file, kPassphraseFileBytesMax));
  SecretBytes line = first_line(bytes);
  wipe(bytes);
  return line;
}

}  // namespace taut::cli
