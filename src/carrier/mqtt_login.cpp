#include "carrier/mqtt_login.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace taut::carrier {
namespace {

constexpr std::size_t kLoginBytesMax = 4096;

class LoginFile {
 public:
  explicit LoginFile(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  LoginFile(const LoginFile&) = delete;
  LoginFile& operator=(const LoginFile&) = delete;
  ~LoginFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool is_owners_alone() const {
    struct stat found{};
    return ::fstat(descriptor_, &found) == 0 && S_ISREG(found.st_mode) && (found.st_mode & 077) == 0;
  }
  /// Fills what it can; the number of bytes, or nothing.
  std::optional<std::size_t> read(MutableByteView out) const {
    const ssize_t size = ::read(descriptor_, out.data(), out.size());
    if (size < 0) return std::nullopt;
    return static_cast<std::size_t>(size);
  }

 private:
  int descriptor_;
};

/// The text up to the end of its line, which leaves `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<MqttLogin> mqtt_login_from_file(const std::filesystem::path& file) {
  const std::unexpected<Error> bad = fail(Errc::unavailable, reasons::kBadLoginFile);
  const LoginFile login(file);
  if (!login.is_owners_alone()) return bad;
  SecretBytes bytes(kLoginBytesMax + 1);
  const std::optional<std::size_t> size = login.read(bytes.fill());
  if (!size || *size > kLoginBytesMax) return bad;
  std::string_view rest = as_text(bytes.expose().first(*size));
  if (rest.find('\0') != std::string_view::npos) return bad;
  const std::string_view user = take_line(rest);
  const std::string_view password = take_line(rest);
  if (user.empty() || !rest.empty()) return bad;
  return MqttLogin{std::string(user), SecretBytes(as_bytes(password))};
}

std::optional<MqttLogin> mqtt_login_from_environment(const char* user_variable,
                                                     const char* password_variable) {
  const char* const user = std::getenv(user_variable);
  if (user == nullptr) return std::nullopt;
  const char* const password = std::getenv(password_variable);
  return MqttLogin{user, SecretBytes(as_bytes(password == nullptr ? "" : password))};
}

}  // namespace taut::carrier
