#pragma once

#include <optional>

#include "mls/codec.hpp"

namespace taut::mls {

/// struct {
///     ExtensionType extension_type;
///     opaque extension_data<V>;
/// } Extension;                                                                   RFC 9420 §7.2
struct Extension {
  ExtensionType type{};
  Bytes data;

  static Result<Extension> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Extension&, const Extension&) = default;
};

/// `Extension extensions<V>`: in the sender's order, at most one of each type (RFC 9420 §13.4).
class Extensions {
 public:
  Extensions() = default;

  /// The data of one type, or nullptr.
  const Bytes* find(ExtensionType type) const;
  /// Adds, or replaces in place.
  void set(ExtensionType type, Bytes data);
  void remove(ExtensionType type);

  /// The structure inside one type, or nullopt when it is not there.
  /// @errors malformed
  template <class T>
  Result<std::optional<T>> find_as(ExtensionType type) const {
    const Bytes* data = find(type);
    if (data == nullptr) return std::nullopt;
    TAUT_TRY(T value, decoded<T>(*data));
    return value;
  }
  template <class T>
  void set_as(ExtensionType type, const T& value) {
    set(type, encoded(value));
  }

  const std::vector<Extension>& list() const { return list_; }
  bool empty() const { return list_.empty(); }

  /// @errors malformed; kDuplicateExtension
  static Result<Extensions> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Extensions&, const Extensions&) = default;

 private:
  std::vector<Extension> list_;
};

}  // namespace taut::mls
