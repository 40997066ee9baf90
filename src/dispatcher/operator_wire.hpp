#pragma once
// Questions and answers of dispatcher/operator.hpp as bytes (docs/protocol/dispatcher.md, "The operator").

#include "dispatcher/operator.hpp"

namespace taut::dispatcher {

/// One question or answer.
inline constexpr std::size_t kOperatorBytesMax = std::size_t{256} << 10;

/// enum { enrol(1), revoke(2), list(3), stats(4) } QuestionKind;
/// struct {
///   QuestionKind kind;
///   select (kind) {
///     case enrol:  opaque token[32]; uint32 uses; uint64 expires;
///     case revoke: opaque node[32];
///     case list:   optional<NodeId> after; uint32 count_max;
///     case stats:  struct {};
///   };
/// } OperatorQuestion;
Bytes encode(const OperatorRequest& request);
/// @errors malformed
Result<OperatorRequest> parse_operator_request(ByteView bytes);

/// enum { failed(0), done(1), removal(2), devices(3), figures(4) } AnswerKind;
/// struct {
///   AnswerKind kind;
///   select (kind) {
///     case failed:  enum { exhausted(0), unavailable(1) };
///     case done:    struct {};
///     case removal: enum { nothing(0), removed(1) };
///     case devices: Device devices<V>; enum { none(0), more(1) };
///     case figures: struct { opaque name<V>; uint64 value; } figures<V>;
///   };
/// } OperatorAnswer;
Bytes encode(const Result<OperatorValue>& answer);
/// @errors malformed; else what the dispatcher answered: exhausted, unavailable
Result<OperatorValue> parse_operator_answer(ByteView bytes);

}  // namespace taut::dispatcher
