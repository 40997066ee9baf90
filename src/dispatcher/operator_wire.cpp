#include "dispatcher/operator_wire.hpp"

#include "base/overloaded.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::dispatcher {

namespace {

enum class QuestionKind : std::uint8_t { enrol = 1, revoke = 2, list = 3, stats = 4 };
enum class AnswerKind : std::uint8_t { failed = 0, done = 1, removal = 2, devices = 3, figures = 4 };

template <class Kind>
void write_kind(wire::Writer& out, Kind kind) {
  out.u8(static_cast<std::uint8_t>(kind));
}

/// One of two.
template <class Choice>
Result<Choice> read_choice(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t value, in.u8());
  if (value > 1) return malformed();
  return static_cast<Choice>(value);
}

Result<OperatorRequest> read_enrol(wire::Reader& in) {
  Enrol enrol;
  TAUT_TRY(enrol.token, in.value<EnrolmentHash>());
  TAUT_TRY(enrol.uses, in.u32());
  TAUT_TRY(enrol.expires.unix_ms, in.u64());
  return enrol;
}

Result<OperatorRequest> read_revoke(wire::Reader& in) {
  TAUT_TRY(const NodeId node, in.value<NodeId>());
  return Revoke{node};
}

Result<OperatorRequest> read_list(wire::Reader& in) {
  ListAll list;
  TAUT_TRY(const bool is_after, in.present());
  if (is_after) {
    TAUT_TRY(list.after, in.value<NodeId>());
  }
  TAUT_TRY(const std::uint32_t count_max, in.u32());
  if (count_max == 0 || count_max > ListAll::kCountMax) return malformed();
  list.count_max = count_max;
  return list;
}

Result<OperatorRequest> read_question(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t kind, in.u8());
  switch (static_cast<QuestionKind>(kind)) {
    case QuestionKind::enrol:
      return read_enrol(in);
    case QuestionKind::revoke:
      return read_revoke(in);
    case QuestionKind::list:
      return read_list(in);
    case QuestionKind::stats:
      return Stats{};
  }
  return malformed();
}

Result<OperatorValue> read_devices(wire::Reader& in) {
  DeviceList list;
  TAUT_TRY(list.devices,
           in.list([](wire::Reader& one) { return frame::Device::read(one); }, ListAll::kCountMax));
  TAUT_TRY(list.rest, read_choice<Rest>(in));
  return list;
}

Result<OperatorValue> read_figures(wire::Reader& in) {
  constexpr std::size_t kNameBytesMax = 64;
  constexpr std::size_t kFiguresMax = 256;
  const auto read_one = [](wire::Reader& one) -> Result<Figure> {
    TAUT_TRY(const ByteView name, one.vector(kNameBytesMax));
    TAUT_TRY(const std::uint64_t value, one.u64());
    return Figure{std::string(as_text(name)), value};
  };
  TAUT_TRY(Figures figures, in.list(read_one, kFiguresMax));
  return figures;
}

Result<OperatorValue> read_answer(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t kind, in.u8());
  switch (static_cast<AnswerKind>(kind)) {
    case AnswerKind::failed: {
      TAUT_TRY(const std::uint8_t how, in.u8());
      if (how > 1) return malformed();
      return fail(how == 0 ? Errc::exhausted : Errc::unavailable, reasons::kNotNow);
    }
    case AnswerKind::done:
      return Done{};
    case AnswerKind::removal: {
      TAUT_TRY(const Removal removal, read_choice<Removal>(in));
      return removal;
    }
    case AnswerKind::devices:
      return read_devices(in);
    case AnswerKind::figures:
      return read_figures(in);
  }
  return malformed();
}

void write_value(wire::Writer& out, const OperatorValue& value) {
  std::visit(Overloaded{
                 [&](const Done&) { write_kind(out, AnswerKind::done); },
                 [&](const Removal& removal) {
                   write_kind(out, AnswerKind::removal);
                   write_kind(out, removal);
                 },
                 [&](const DeviceList& list) {
                   write_kind(out, AnswerKind::devices);
                   out.list(list.devices,
                            [](wire::Writer& inner, const frame::Device& one) { one.write(inner); });
                   write_kind(out, list.rest);
                 },
                 [&](const Figures& figures) {
                   write_kind(out, AnswerKind::figures);
                   out.list(figures, [](wire::Writer& inner, const Figure& one) {
                     inner.vector(as_bytes(one.name)).u64(one.value);
                   });
                 },
             },
             value);
}

}  // namespace

Bytes encode(const OperatorRequest& request) {
  return wire::written([&](wire::Writer& out) {
    std::visit(Overloaded{
                   [&](const Enrol& enrol) {
                     write_kind(out, QuestionKind::enrol);
                     out.raw(enrol.token.view()).u32(enrol.uses).u64(enrol.expires.unix_ms);
                   },
                   [&](const Revoke& revoke) {
                     write_kind(out, QuestionKind::revoke);
                     out.raw(revoke.node.view());
                   },
                   [&](const ListAll& list) {
                     write_kind(out, QuestionKind::list);
                     out.present(list.after.has_value());
                     if (list.after) out.raw(list.after->view());
                     out.u32(static_cast<std::uint32_t>(list.count_max));
                   },
                   [&](const Stats&) { write_kind(out, QuestionKind::stats); },
               },
               request);
  });
}

Result<OperatorRequest> parse_operator_request(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(OperatorRequest request, read_question(in));
  TAUT_CHECK(in.finish());
  return request;
}

Bytes encode(const Result<OperatorValue>& answer) {
  return wire::written([&](wire::Writer& out) {
    if (answer) return write_value(out, *answer);
    write_kind(out, AnswerKind::failed);
    out.u8(answer.error().code == Errc::exhausted ? 0 : 1);
  });
}

Result<OperatorValue> parse_operator_answer(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(OperatorValue value, read_answer(in));
  TAUT_CHECK(in.finish());
  return value;
}

}  // namespace taut::dispatcher
