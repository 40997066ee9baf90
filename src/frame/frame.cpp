#include "frame/frame.hpp"

namespace taut::frame {

namespace {

template <class Body>
Result<Frame> parse_body(wire::Reader& in) {
  TAUT_TRY(Body body, Body::read(in));
  TAUT_CHECK(in.finish());
  return Frame(std::move(body));
}

}  // namespace

Result<Frame> parse(ByteView in) {
  if (in.size() > kFrameBytesMax) return fail(Errc::malformed, reasons::kTooLarge);
  wire::Reader reader(in);
  TAUT_TRY(const std::uint8_t number, reader.u8());
  switch (static_cast<Type>(number)) {
    case Type::hello:
      return parse_body<Hello>(reader);
    case Type::answer:
      return parse_body<Answer>(reader);
    case Type::ping:
      return parse_body<Ping>(reader);
    case Type::pong:
      return parse_body<Pong>(reader);
    case Type::goodbye:
      return parse_body<Goodbye>(reader);
    case Type::put:
      return parse_body<Put>(reader);
    case Type::put_chunk:
      return parse_body<PutChunk>(reader);
    case Type::outcome:
      return parse_body<Outcome>(reader);
    case Type::outcome_query:
      return parse_body<OutcomeQuery>(reader);
    case Type::subscribe:
      return parse_body<Subscribe>(reader);
    case Type::credit:
      return parse_body<Credit>(reader);
    case Type::delivery:
      return parse_body<Delivery>(reader);
    case Type::delivery_chunk:
      return parse_body<DeliveryChunk>(reader);
    case Type::drained:
      return parse_body<Drained>(reader);
    case Type::release:
      return parse_body<Release>(reader);
    case Type::publish_card:
      return parse_body<PublishCard>(reader);
    case Type::look_up_card:
      return parse_body<LookUpCard>(reader);
    case Type::card_answer:
      return parse_body<CardAnswer>(reader);
    case Type::register_node:
      return parse_body<Register>(reader);
    case Type::set_access:
      return parse_body<SetAccess>(reader);
    case Type::publish_state:
      return parse_body<PublishState>(reader);
    case Type::look_up_state:
      return parse_body<LookUpState>(reader);
    case Type::state_answer:
      return parse_body<StateAnswer>(reader);
    case Type::report:
      return parse_body<Report>(reader);
    case Type::list_devices:
      return parse_body<ListDevices>(reader);
    case Type::devices:
      return parse_body<Devices>(reader);
    case Type::open_log:
      return parse_body<OpenLog>(reader);
    case Type::prove_access:
      return parse_body<ProveAccess>(reader);
    case Type::name_successor:
      return parse_body<NameSuccessor>(reader);
    case Type::set_retention:
      return parse_body<SetRetention>(reader);
    case Type::append:
      return parse_body<Append>(reader);
    case Type::append_chunk:
      return parse_body<AppendChunk>(reader);
    case Type::appended:
      return parse_body<Appended>(reader);
    case Type::read_log:
      return parse_body<ReadLog>(reader);
    case Type::log_entries:
      return parse_body<LogEntries>(reader);
    case Type::log_entry_chunk:
      return parse_body<LogEntryChunk>(reader);
    case Type::log_drained:
      return parse_body<LogDrained>(reader);
    case Type::end_reading:
      return parse_body<EndReading>(reader);
    case Type::reading_ended:
      return parse_body<ReadingEnded>(reader);
    case Type::introduce:
      return parse_body<Introduce>(reader);
    case Type::introduced:
      return parse_body<Introduced>(reader);
    case Type::release_introductions:
      return parse_body<ReleaseIntroductions>(reader);
    case Type::publish_key_packages:
      return parse_body<PublishKeyPackages>(reader);
    case Type::claim_key_package:
      return parse_body<ClaimKeyPackage>(reader);
    case Type::key_package_answer:
      return parse_body<KeyPackageAnswer>(reader);
    case Type::count_key_packages:
      return parse_body<CountKeyPackages>(reader);
    case Type::key_package_counts:
      return parse_body<KeyPackageCounts>(reader);
    case Type::key_package_notice:
      return parse_body<KeyPackageNotice>(reader);
  }
  if ((number & kIgnorableBit) != 0) return Frame(Ignored{number});
  return fail(Errc::violation, reasons::kUnknownFrame);
}

}  // namespace taut::frame
