#include "frame/log_append.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<Append> Append::read(wire::Reader& in) {
  Append append;
  TAUT_TRY(append.request, in.u32());
  TAUT_TRY(append.log, in.value<LogId>());
  TAUT_TRY(append.key, in.value<AccessKey>());
  TAUT_TRY(append.submission, in.value<SubmissionId>());
  TAUT_TRY(const bool has_successor, in.present());
  if (has_successor) {
    TAUT_TRY(append.successor, in.value<AccessKey>());
  }
  TAUT_TRY(append.size, in.u32());
  TAUT_TRY(append.chunk, read_filled(in, kChunkBytesMax));
  TAUT_TRY(append.extensions, read_extensions(in));
  if (append.chunk.size() > append.size) return malformed();
  return append;
}

void Append::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view()).raw(submission.view());
  out.present(successor.has_value());
  if (successor) out.raw(successor->view());
  out.u32(size).vector(chunk);
  wire::write_extensions(out, extensions);
}

Result<AppendChunk> AppendChunk::read(wire::Reader& in) {
  AppendChunk more;
  TAUT_TRY(more.request, in.u32());
  TAUT_TRY(more.offset, in.u32());
  TAUT_TRY(more.chunk, read_filled(in, kChunkBytesMax));
  return more;
}

void AppendChunk::write(wire::Writer& out) const { out.u32(request).u32(offset).vector(chunk); }

Result<Appended> Appended::read(wire::Reader& in) {
  Appended appended;
  TAUT_TRY(appended.request, in.u32());
  TAUT_TRY(appended.state, read_enum(in, AppendState::superseded));
  TAUT_TRY(appended.number, in.u64());
  TAUT_TRY(appended.retry_after_s, in.u32());
  TAUT_TRY(appended.extensions, read_extensions(in));
  if ((appended.state == AppendState::stored) != (appended.number != 0)) return malformed();
  if (appended.state != AppendState::full && appended.retry_after_s != 0) return malformed();
  return appended;
}

void Appended::write(wire::Writer& out) const {
  out.u32(request);
  write_enum(out, state);
  out.u64(number).u32(retry_after_s);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
