#include "frame/introduction.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<Introduce> Introduce::read(wire::Reader& in) {
  Introduce one;
  TAUT_TRY(one.request, in.u32());
  TAUT_TRY(one.log, in.value<LogId>());
  TAUT_TRY(one.submission, in.value<SubmissionId>());
  TAUT_TRY(one.ttl_s, in.u32());
  TAUT_TRY(one.introduction, read_filled(in, kIntroductionBytesMax));
  TAUT_TRY(one.extensions, read_extensions(in));
  return one;
}

void Introduce::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(submission.view()).u32(ttl_s).vector(introduction);
  wire::write_extensions(out, extensions);
}

Result<Introduced> Introduced::read(wire::Reader& in) {
  Introduced one;
  TAUT_TRY(one.request, in.u32());
  TAUT_TRY(one.extensions, read_extensions(in));
  return one;
}

void Introduced::write(wire::Writer& out) const {
  out.u32(request);
  wire::write_extensions(out, extensions);
}

Result<ReleaseIntroductions> ReleaseIntroductions::read(wire::Reader& in) {
  ReleaseIntroductions release;
  TAUT_TRY(release.request, in.u32());
  TAUT_TRY(release.log, in.value<LogId>());
  TAUT_TRY(release.key, in.value<AccessKey>());
  TAUT_TRY(release.numbers, in.list([](wire::Reader& one) { return one.u64(); }, kReleasedIntroductionsMax));
  TAUT_TRY(release.extensions, read_extensions(in));
  if (release.numbers.empty() || !ascends(release.numbers)) return malformed();
  return release;
}

void ReleaseIntroductions::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view());
  out.list(numbers, [](wire::Writer& inner, LogNumber one) { inner.u64(one); });
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
