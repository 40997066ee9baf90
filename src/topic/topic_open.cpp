// What comes from the carrier.

#include "topic/state.hpp"

namespace taut::topic {

Status Topic::State::take_entry(const EntryBody& body, ByteView entry, std::optional<std::uint64_t> position,
                                Time now) {
  switch (body.kind) {
    case EntryKind::message:
    case EntryKind::commit:
    case EntryKind::acknowledgement: {
      if (!is_open()) return {};
      TAUT_TRY(const MessageFrame frame, read_frame(body.body, header.topic_id));
      if (frame.content == mls::ContentType::application)
        return take_message(body.body, entry, frame, position, now);
      if (frame.content == mls::ContentType::commit)
        return take_commit(body.body, entry, frame, position, now);
      return fail(Errc::violation, reasons::kNotNow);  // nobody sends proposals alone
    }
    case EntryKind::checkpoint:
      return is_open() ? take_checkpoint(body.body, entry, now) : Status();
    case EntryKind::introduction:
      return is_open() ? take_introduction(body.body, now) : Status();
    case EntryKind::welcome:
      return header.standing == Standing::diverged ? take_welcome(body.body, now) : Status();
  }
  return malformed();
}

/// What is wrong with an entry is told, and stops nobody.
Status Topic::State::take_body(const EntryBody& body, ByteView entry, std::optional<std::uint64_t> position,
                               Time now) {
  if (const Status taken = take_entry(body, entry, position, now); !taken)
    events.push_back(Refused{body.kind, position, taken.error().reason});
  return {};
}

Result<Step> Topic::open(ByteView entry, std::optional<std::uint64_t> position, Time now) {
  State& state = *state_;
  const bool in_log = position && state.settings.has_log();
  if (in_log && *position <= state.header.cursor) return Step{};
  if (in_log && *position != state.header.cursor + 1) return fail(Errc::violation, reasons::kOutOfOrder);
  Result<EntryBody> body = state.wrapper.unwrap(entry);
  if (!body && !in_log) return std::unexpected(body.error());
  if (body) {
    TAUT_CHECK(state.take_body(*body, entry, in_log ? position : std::nullopt, now));
  } else {
    state.events.push_back(Refused{EntryKind::message, position, body.error().reason});
  }
  if (in_log) state.header.cursor = std::max(state.header.cursor, *position);
  state.look_for_conflicts(now.instant);
  TAUT_CHECK(state.pump(now));
  return state.finish();
}

Result<Step> Topic::skip_to(std::uint64_t position, Time now) {
  State& state = *state_;
  if (!state.settings.has_log()) return fail(Errc::misuse, reasons::kMisuse);
  state.header.cursor = std::max(state.header.cursor, position);
  state.look_for_conflicts(now.instant);
  return state.finish();
}

}  // namespace taut::topic
