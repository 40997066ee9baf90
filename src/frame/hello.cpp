#include "frame/hello.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<Hello> Hello::read(wire::Reader& in) {
  Hello hello;
  TAUT_TRY(hello.version, in.u16());
  TAUT_TRY(hello.message_bytes_max, in.u32());
  TAUT_TRY(hello.put_bytes_max, in.u32());
  TAUT_TRY(hello.credit_bytes_max, in.u32());
  TAUT_TRY(hello.ttl_s_max, in.u32());
  TAUT_TRY(hello.idle_s, in.u32());
  TAUT_TRY(hello.policy, read_enum(in, Policy::closed));
  TAUT_TRY(hello.standing, read_enum(in, Standing::registered));
  TAUT_TRY(hello.extensions, read_extensions(in));
  if (hello.message_bytes_max == 0 || hello.message_bytes_max > kMessageBytesMax) return malformed();
  return hello;
}

void Hello::write(wire::Writer& out) const {
  out.u16(version).u32(message_bytes_max).u32(put_bytes_max).u32(credit_bytes_max).u32(ttl_s_max).u32(idle_s);
  write_enum(out, policy);
  write_enum(out, standing);
  wire::write_extensions(out, extensions);
}

std::optional<WallTime> Hello::time() const {
  const Bytes* const said = wire::find_extension(extensions, kTimeExtension);
  if (said == nullptr) return std::nullopt;
  wire::Reader in(*said);
  const auto unix_ms = in.u64();
  if (!unix_ms || *unix_ms == 0 || !in.finish()) return std::nullopt;
  return WallTime{*unix_ms};
}

void Hello::say_time(WallTime time) {
  extensions.push_back({kTimeExtension, wire::written([&](wire::Writer& out) { out.u64(time.unix_ms); })});
}

Result<Answer> Answer::read(wire::Reader& in) {
  Answer answer;
  TAUT_TRY(answer.request, in.u32());
  TAUT_TRY(answer.status, read_enum(in, AnswerStatus::unavailable));
  TAUT_TRY(answer.extensions, read_extensions(in));
  return answer;
}

void Answer::write(wire::Writer& out) const {
  out.u32(request);
  write_enum(out, status);
  wire::write_extensions(out, extensions);
}

Result<Ping> Ping::read(wire::Reader& in) {
  TAUT_TRY(const std::uint64_t token, in.u64());
  return Ping{token};
}

void Ping::write(wire::Writer& out) const { out.u64(token); }

Result<Pong> Pong::read(wire::Reader& in) {
  TAUT_TRY(const std::uint64_t token, in.u64());
  return Pong{token};
}

void Pong::write(wire::Writer& out) const { out.u64(token); }

Result<Goodbye> Goodbye::read(wire::Reader& in) {
  Goodbye goodbye;
  TAUT_TRY(goodbye.reason, read_enum(in, GoodbyeReason::unavailable));
  TAUT_TRY(goodbye.extensions, read_extensions(in));
  return goodbye;
}

void Goodbye::write(wire::Writer& out) const {
  write_enum(out, reason);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
