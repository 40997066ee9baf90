#pragma once
// Key packages: a node leaves a stock of them at its dispatchers, so that others can add it to a topic
// while it is away. The dispatcher does not look into them.

#include <optional>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

enum class PackageUse : std::uint8_t {
  once = 0,         ///< handed out once
  last_resort = 1,  ///< handed out when nothing else is left, and stays; one for each suite
};

/// struct { uint16 suite; PackageUse use; uint64 expires; opaque package<V>; } KeyPackageOffer;
/// suite: MLS's number; expires: Unix milliseconds, when it is not handed out any more
struct KeyPackageOffer {
  std::uint16_t suite = 0;
  PackageUse use = PackageUse::once;
  WallTime expires;
  ByteView package;
};

enum class Restock : std::uint8_t {
  add = 0,      ///< beside what is there; a last resort takes the place of the one before
  replace = 1,  ///< what is there goes first: its private halves are lost, or may be known
};

/// struct {
///   uint32 request;
///   uint64 batch;                     grows: a batch that was taken is `done` again, an older one `stale`
///   Restock restock;
///   KeyPackageOffer offers<V>;        at most kOffersMax
///   Extension extensions<V>;
/// } PublishKeyPackages;               node → dispatcher, its own; answered by an Answer: done, refused,
///                                     stale, full (nothing of it was taken), unavailable
struct PublishKeyPackages {
  static constexpr Type type = Type::publish_key_packages;

  RequestId request = 0;
  std::uint64_t batch = 0;
  Restock restock = Restock::add;
  std::vector<KeyPackageOffer> offers;
  wire::Extensions extensions;

  static Result<PublishKeyPackages> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; NodeId node; uint16 suite; opaque token<V>; Extension extensions<V>; }
///   ClaimKeyPackage;
/// token: a delivery token of the node's, or empty
/// node → dispatcher; answered by a KeyPackageAnswer, or Answer{unavailable}
struct ClaimKeyPackage {
  static constexpr Type type = Type::claim_key_package;

  RequestId request = 0;
  NodeId node;
  std::uint16_t suite = 0;
  ByteView token;
  wire::Extensions extensions;

  static Result<ClaimKeyPackage> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; optional<KeyPackage> package; Extension extensions<V>; } KeyPackageAnswer;
/// opaque KeyPackage<V>;   dispatcher → node; absent: none for you, whatever the cause
struct KeyPackageAnswer {
  static constexpr Type type = Type::key_package_answer;

  RequestId request = 0;
  std::optional<ByteView> package;
  wire::Extensions extensions;

  static Result<KeyPackageAnswer> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint16 suite; uint16 stock; uint32 last_resort_uses; } KeyPackageCount;
struct KeyPackageCount {
  std::uint16_t suite = 0;
  std::uint16_t stock = 0;             ///< to be handed out once
  std::uint32_t last_resort_uses = 0;  ///< since the last resort was published
  friend bool operator==(const KeyPackageCount&, const KeyPackageCount&) = default;
};

/// struct { uint32 request; Extension extensions<V>; } CountKeyPackages;
/// node → dispatcher, its own; answered by KeyPackageCounts, or Answer{refused}
struct CountKeyPackages {
  static constexpr Type type = Type::count_key_packages;

  RequestId request = 0;
  wire::Extensions extensions;

  static Result<CountKeyPackages> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; KeyPackageCount counts<V>; Extension extensions<V>; } KeyPackageCounts;
/// dispatcher → node: by ascending suites, those of which something was published since the last replacement
struct KeyPackageCounts {
  static constexpr Type type = Type::key_package_counts;

  RequestId request = 0;
  std::vector<KeyPackageCount> counts;
  wire::Extensions extensions;

  static Result<KeyPackageCounts> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { KeyPackageCount counts<V>; Extension extensions<V>; } KeyPackageNotice;
/// dispatcher → owner, unasked: these suites are low, or their last resort was used
struct KeyPackageNotice {
  static constexpr Type type = Type::key_package_notice;

  std::vector<KeyPackageCount> counts;
  wire::Extensions extensions;

  static Result<KeyPackageNotice> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
