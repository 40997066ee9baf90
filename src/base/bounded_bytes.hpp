#pragma once
// Short byte strings that live in place: keys, digests and signatures whose size the suite decides.

#include <cassert>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace taut {

/// A public byte string of at most N bytes, without allocation.
template <std::size_t N>
class BoundedBytes {
 public:
  static constexpr std::size_t size_bytes_max = N;
  static_assert(N <= 255);

  constexpr BoundedBytes() = default;
  /// @pre bytes.size() <= N: callers check what comes from outside before they get here.
  constexpr explicit BoundedBytes(ByteView bytes) : size_(static_cast<std::uint8_t>(bytes.size())) {
    assert(bytes.size() <= N);
    std::ranges::copy(bytes, bytes_.begin());
  }
  static constexpr BoundedBytes of_size(std::size_t size) {
    assert(size <= N);
    BoundedBytes made;
    made.size_ = static_cast<std::uint8_t>(size);
    return made;
  }

  constexpr ByteView view() const { return ByteView(bytes_).first(size_); }
  constexpr MutableByteView fill() { return MutableByteView(bytes_).first(size_); }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }

  friend bool operator==(const BoundedBytes& a, const BoundedBytes& b) { return equal(a.view(), b.view()); }
  friend auto operator<=>(const BoundedBytes& a, const BoundedBytes& b) {
    return std::lexicographical_compare_three_way(a.view().begin(), a.view().end(), b.view().begin(),
                                                  b.view().end());
  }

 private:
  std::array<Byte, N> bytes_{};
  std::uint8_t size_ = 0;
};

/// A secret byte string of at most N bytes, without allocation: moves, and is wiped when it goes.
template <std::size_t N>
class BoundedSecret {
 public:
  static constexpr std::size_t size_bytes_max = N;
  static_assert(N <= 255);

  BoundedSecret() = default;
  /// @pre bytes.size() <= N
  explicit BoundedSecret(ByteView bytes) : size_(static_cast<std::uint8_t>(bytes.size())) {
    assert(bytes.size() <= N);
    std::ranges::copy(bytes, bytes_.begin());
  }
  static BoundedSecret of_size(std::size_t size) {
    assert(size <= N);
    BoundedSecret made;
    made.size_ = static_cast<std::uint8_t>(size);
    return made;
  }
  BoundedSecret(BoundedSecret&& other) noexcept : bytes_(other.bytes_), size_(other.size_) { other.clear(); }
  BoundedSecret& operator=(BoundedSecret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      size_ = other.size_;
      other.clear();
    }
    return *this;
  }
  BoundedSecret(const BoundedSecret&) = delete;
  BoundedSecret& operator=(const BoundedSecret&) = delete;
  ~BoundedSecret() { wipe(bytes_); }

  static BoundedSecret copy_of(const BoundedSecret& other) { return BoundedSecret(other.expose()); }

  ByteView expose() const { return ByteView(bytes_).first(size_); }
  MutableByteView fill() { return MutableByteView(bytes_).first(size_); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear() {
    wipe(bytes_);
    size_ = 0;
  }

  bool equals(const BoundedSecret& other) const { return equals_in_constant_time(expose(), other.expose()); }
  friend bool operator==(const BoundedSecret&, const BoundedSecret&) = delete;

 private:
  std::array<Byte, N> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace taut
