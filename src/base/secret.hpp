#pragma once
// Values by role. Opaque: public, fixed size. Secret, SecretBytes: wiped, never printed, never
// compared by accident.

#include <utility>

#include "base/bytes.hpp"

namespace taut {

/// Overwrites memory in a way that the compiler may not leave out.
void wipe(MutableByteView bytes);

/// Equality in time that depends on the sizes alone.
bool equals_in_constant_time(ByteView a, ByteView b);

/// A public value of N bytes with a role. Roles do not mix.
template <class Tag, std::size_t N>
class Opaque {
 public:
  static constexpr std::size_t size_bytes = N;

  constexpr Opaque() = default;
  constexpr explicit Opaque(std::span<const Byte, N> bytes) { std::ranges::copy(bytes, bytes_.begin()); }

  constexpr std::span<const Byte, N> view() const { return bytes_; }
  constexpr std::span<Byte, N> fill() { return bytes_; }

  friend constexpr auto operator<=>(const Opaque&, const Opaque&) = default;

 private:
  std::array<Byte, N> bytes_{};
};

/// A secret of N bytes with a role: moves, is wiped when it goes, and does not print.
template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t size_bytes = N;

  Secret() = default;
  explicit Secret(std::span<const Byte, N> bytes) { std::ranges::copy(bytes, bytes_.begin()); }
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(bytes_); }

  static Secret copy_of(const Secret& other) { return Secret(other.expose()); }

  /// The sharp tool: the bytes themselves.
  std::span<const Byte, N> expose() const { return bytes_; }
  std::span<Byte, N> fill() { return bytes_; }

  bool equals(const Secret& other) const { return equals_in_constant_time(bytes_, other.bytes_); }
  friend bool operator==(const Secret&, const Secret&) = delete;

 private:
  std::array<Byte, N> bytes_{};
};

/// A secret whose size is known at run time only. Never grows in place, so no copy is left behind.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  static SecretBytes copy_of(const SecretBytes& other) { return SecretBytes(other.expose()); }

  ByteView expose() const { return bytes_; }
  MutableByteView fill() { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

  bool equals(const SecretBytes& other) const { return equals_in_constant_time(bytes_, other.bytes_); }
  friend bool operator==(const SecretBytes&, const SecretBytes&) = delete;

 private:
  Bytes bytes_;
};

}  // namespace taut
