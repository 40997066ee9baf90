#include "frame/put.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<Put> Put::read(wire::Reader& in) {
  Put put;
  TAUT_TRY(put.request, in.u32());
  TAUT_TRY(put.inbox, in.value<NodeId>());
  TAUT_TRY(put.submission, in.value<SubmissionId>());
  TAUT_TRY(put.ttl_s, in.u32());
  TAUT_TRY(put.keep, read_enum(in, Keep::online_only));
  TAUT_TRY(put.size, in.u32());
  TAUT_TRY(put.token, in.vector(kDeliveryTokenBytesMax));
  TAUT_TRY(put.chunk, read_filled(in, kChunkBytesMax));
  TAUT_TRY(put.extensions, read_extensions(in));
  if (put.chunk.size() > put.size) return malformed();
  return put;
}

void Put::write(wire::Writer& out) const {
  out.u32(request).raw(inbox.view()).raw(submission.view()).u32(ttl_s);
  write_enum(out, keep);
  out.u32(size).vector(token).vector(chunk);
  wire::write_extensions(out, extensions);
}

Result<PutChunk> PutChunk::read(wire::Reader& in) {
  PutChunk more;
  TAUT_TRY(more.request, in.u32());
  TAUT_TRY(more.offset, in.u32());
  TAUT_TRY(more.chunk, read_filled(in, kChunkBytesMax));
  return more;
}

void PutChunk::write(wire::Writer& out) const { out.u32(request).u32(offset).vector(chunk); }

Result<Outcome> Outcome::read(wire::Reader& in) {
  Outcome outcome;
  TAUT_TRY(outcome.request, in.u32());
  TAUT_TRY(outcome.submission, in.value<SubmissionId>());
  TAUT_TRY(outcome.state, read_enum(in, OutcomeState::taken));
  TAUT_TRY(outcome.retry_after_s, in.u32());
  TAUT_TRY(outcome.extensions, read_extensions(in));
  if (outcome.state != OutcomeState::full && outcome.retry_after_s != 0) return malformed();
  return outcome;
}

void Outcome::write(wire::Writer& out) const {
  out.u32(request).raw(submission.view());
  write_enum(out, state);
  out.u32(retry_after_s);
  wire::write_extensions(out, extensions);
}

Result<OutcomeQuery> OutcomeQuery::read(wire::Reader& in) {
  OutcomeQuery query;
  TAUT_TRY(query.request, in.u32());
  TAUT_TRY(query.inbox, in.value<NodeId>());
  TAUT_TRY(query.submission, in.value<SubmissionId>());
  TAUT_TRY(query.extensions, read_extensions(in));
  return query;
}

void OutcomeQuery::write(wire::Writer& out) const {
  out.u32(request).raw(inbox.view()).raw(submission.view());
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
