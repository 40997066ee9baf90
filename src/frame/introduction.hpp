#pragma once
// A topic's introduction box at a dispatcher: strangers leave introductions, members read them
// (log_read.hpp, Shelf::introductions) and take them out.

#include "frame/log_append.hpp"

namespace taut::frame {

/// struct {
///   uint32 request;
///   LogId log;
///   SubmissionId submission;    random: repeated, it is kept once
///   uint32 ttl_s;               0: the dispatcher's longest; more than that is cut to it
///   opaque introduction<V>;     1..kIntroductionBytesMax
///   Extension extensions<V>;
/// } Introduce;                  node → dispatcher; answered by Introduced
struct Introduce {
  static constexpr Type type = Type::introduce;

  RequestId request = 0;
  LogId log;
  SubmissionId submission;
  std::uint32_t ttl_s = 0;
  ByteView introduction;
  wire::Extensions extensions;

  static Result<Introduce> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; Extension extensions<V>; } Introduced;
/// dispatcher → node: the one answer to strangers. Kept, no room, no such log: it does not say.
struct Introduced {
  static constexpr Type type = Type::introduced;

  RequestId request = 0;
  wire::Extensions extensions;

  static Result<Introduced> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; LogId log; AccessKey key; uint64 numbers<V>; Extension extensions<V>; }
///   ReleaseIntroductions;
/// node → dispatcher, under a current key: these were dealt with; 1..kReleasedIntroductionsMax, ascending.
/// Answered by an Answer.
struct ReleaseIntroductions {
  static constexpr Type type = Type::release_introductions;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  std::vector<LogNumber> numbers;
  wire::Extensions extensions;

  static Result<ReleaseIntroductions> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
