#include "frame/key_package.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

namespace {

Result<KeyPackageOffer> read_offer(wire::Reader& in) {
  KeyPackageOffer offer;
  TAUT_TRY(offer.suite, in.u16());
  TAUT_TRY(offer.use, read_enum(in, PackageUse::last_resort));
  TAUT_TRY(offer.expires.unix_ms, in.u64());
  TAUT_TRY(offer.package, read_filled(in, kKeyPackageBytesMax));
  return offer;
}

Result<std::vector<KeyPackageCount>> read_counts(wire::Reader& in) {
  const auto read_one = [](wire::Reader& inner) -> Result<KeyPackageCount> {
    KeyPackageCount count;
    TAUT_TRY(count.suite, inner.u16());
    TAUT_TRY(count.stock, inner.u16());
    TAUT_TRY(count.last_resort_uses, inner.u32());
    return count;
  };
  TAUT_TRY(auto counts, in.list(read_one, kKeyPackageSuitesMax));
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i - 1].suite >= counts[i].suite) return malformed();
  }
  return counts;
}

void write_counts(wire::Writer& out, const std::vector<KeyPackageCount>& counts) {
  out.list(counts, [](wire::Writer& inner, const KeyPackageCount& one) {
    inner.u16(one.suite).u16(one.stock).u32(one.last_resort_uses);
  });
}

}  // namespace

Result<PublishKeyPackages> PublishKeyPackages::read(wire::Reader& in) {
  PublishKeyPackages publish;
  TAUT_TRY(publish.request, in.u32());
  TAUT_TRY(publish.batch, in.u64());
  TAUT_TRY(publish.restock, read_enum(in, Restock::replace));
  TAUT_TRY(publish.offers, in.list(read_offer, kOffersMax));
  TAUT_TRY(publish.extensions, read_extensions(in));
  return publish;
}

void PublishKeyPackages::write(wire::Writer& out) const {
  out.u32(request).u64(batch);
  write_enum(out, restock);
  out.list(offers, [](wire::Writer& inner, const KeyPackageOffer& one) {
    inner.u16(one.suite);
    write_enum(inner, one.use);
    inner.u64(one.expires.unix_ms).vector(one.package);
  });
  wire::write_extensions(out, extensions);
}

Result<ClaimKeyPackage> ClaimKeyPackage::read(wire::Reader& in) {
  ClaimKeyPackage claim;
  TAUT_TRY(claim.request, in.u32());
  TAUT_TRY(claim.node, in.value<NodeId>());
  TAUT_TRY(claim.suite, in.u16());
  TAUT_TRY(claim.token, in.vector(kDeliveryTokenBytesMax));
  TAUT_TRY(claim.extensions, read_extensions(in));
  return claim;
}

void ClaimKeyPackage::write(wire::Writer& out) const {
  out.u32(request).raw(node.view()).u16(suite).vector(token);
  wire::write_extensions(out, extensions);
}

Result<KeyPackageAnswer> KeyPackageAnswer::read(wire::Reader& in) {
  KeyPackageAnswer answer;
  TAUT_TRY(answer.request, in.u32());
  TAUT_TRY(answer.package, read_optional(in, kKeyPackageBytesMax));
  TAUT_TRY(answer.extensions, read_extensions(in));
  return answer;
}

void KeyPackageAnswer::write(wire::Writer& out) const {
  out.u32(request);
  write_optional(out, package);
  wire::write_extensions(out, extensions);
}

Result<CountKeyPackages> CountKeyPackages::read(wire::Reader& in) {
  CountKeyPackages count;
  TAUT_TRY(count.request, in.u32());
  TAUT_TRY(count.extensions, read_extensions(in));
  return count;
}

void CountKeyPackages::write(wire::Writer& out) const {
  out.u32(request);
  wire::write_extensions(out, extensions);
}

Result<KeyPackageCounts> KeyPackageCounts::read(wire::Reader& in) {
  KeyPackageCounts all;
  TAUT_TRY(all.request, in.u32());
  TAUT_TRY(all.counts, read_counts(in));
  TAUT_TRY(all.extensions, read_extensions(in));
  return all;
}

void KeyPackageCounts::write(wire::Writer& out) const {
  out.u32(request);
  write_counts(out, counts);
  wire::write_extensions(out, extensions);
}

Result<KeyPackageNotice> KeyPackageNotice::read(wire::Reader& in) {
  KeyPackageNotice notice;
  TAUT_TRY(notice.counts, read_counts(in));
  TAUT_TRY(notice.extensions, read_extensions(in));
  return notice;
}

void KeyPackageNotice::write(wire::Writer& out) const {
  write_counts(out, counts);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
