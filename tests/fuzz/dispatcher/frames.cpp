// A whole dispatcher with one hostile link. The input is a script:
//
//   struct { uint8 action; select (action % 8) { case 0..3: uint16 size; opaque frame[size]; } } Step;
//
// 4: the store carries out what waits longest, 5: it fails, 6: time passes, 7: the link takes its frames.
// Whatever the script says: frames survive a round trip, limits hold, and the victim on the other link
// keeps both its link and its message.

#include <deque>

#include "dispatcher/dispatcher.hpp"
#include "frame/frame.hpp"
#include "support/memory_store.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::dispatcher;

namespace {

constexpr ConnectionId kVictimLink = 1;
constexpr ConnectionId kHostileLink = 2;
constexpr std::string_view kVictimText = "the victim's message";

const NodeId kVictim;  // zeros: within the reach of a mutated frame
const NodeId kHostile = [] {
  NodeId id;
  id.fill()[0] = 1;
  return id;
}();

Settings settings() {
  Settings made;
  made.policy = frame::Policy::open;
  made.limits.unsent_bytes_max = 200'000;
  made.limits.put_bytes_max = 100'000;
  made.limits.message_bytes_max = 90'000;
  made.limits.inbox_max = {100, 200'000};
  return made;
}

class Scene {
 public:
  Scene() : dispatcher_(settings()) {
    store_.nodes.try_emplace(kVictim);
    store_.nodes.try_emplace(kHostile);
    absorb(dispatcher_.start(at_));
    absorb(dispatcher_.on_connected(kVictimLink, kVictim, at_));
    absorb(dispatcher_.on_connected(kHostileLink, kHostile, at_));
    settle();
    frame::Put put;
    put.inbox = kVictim;
    put.size = kVictimText.size();
    put.chunk = as_bytes(kVictimText);
    absorb(dispatcher_.on_frame(kVictimLink, frame::written(put), at_));
    settle();
    sent_ = 0;
  }

  void play(ByteView script) {
    wire::Reader in(script);
    while (!in.empty()) {
      const std::uint8_t action = in.u8().value() % 8;
      if (action < 4) {
        const auto size = in.u16();
        const auto frame = size ? in.take(std::min<std::size_t>(*size, in.rest().size())) : size_error();
        if (!frame) return;
        absorb(dispatcher_.on_frame(kHostileLink, *frame, at_));
      } else {
        act(action);
      }
      check_limits();
    }
  }

  void finish() {
    settle();
    absorb(dispatcher_.on_disconnected(kHostileLink));
    settle();
    const Counters counters = dispatcher_.counters();
    TAUT_REQUIRE(counters.operations_open == 0);
    TAUT_REQUIRE(counters.buffered_put_bytes == 0);
    TAUT_REQUIRE(counters.connections == 1);
    TAUT_REQUIRE(!is_victim_closed_);
    const auto& messages = store_.nodes.at(kVictim).messages;
    TAUT_REQUIRE(messages.contains(1) && equal(messages.at(1).body, as_bytes(kVictimText)));
    TAUT_REQUIRE(total(store_.nodes.at(kVictim).record.usage).bytes <= settings().limits.inbox_max.bytes);
  }

 private:
  static Result<ByteView> size_error() { return malformed(); }

  void act(std::uint8_t action) {
    if (action == 4) return store_one();
    if (action == 5) return fail_one();
    if (action == 7) return absorb(dispatcher_.on_sent(kHostileLink, std::exchange(sent_, 0), at_));
    at_.now = at_.now + std::chrono::seconds(20);
    at_.wall = at_.wall + std::chrono::seconds(20);
    absorb(dispatcher_.on_frame(kVictimLink, frame::written(frame::Ping{1}), at_));
    absorb(dispatcher_.tick(at_));
  }

  void store_one() {
    if (asked_.empty()) return;
    StoreOperation one = std::move(asked_.front());
    asked_.pop_front();
    absorb(dispatcher_.on_store_result(one.id, store_.carry_out(std::move(one.operation)), at_));
  }
  void fail_one() {
    if (asked_.empty()) return;
    const OperationId id = asked_.front().id;
    asked_.pop_front();
    absorb(dispatcher_.on_store_result(id, fail(Errc::unavailable, reasons::kNotNow), at_));
  }
  void settle() {
    while (!asked_.empty()) store_one();
  }

  void check_limits() const {
    const Counters counters = dispatcher_.counters();
    const Limits limits = settings().limits;
    TAUT_REQUIRE(counters.unsent_bytes <= 2 * limits.unsent_bytes_max);
    TAUT_REQUIRE(counters.buffered_put_bytes <= limits.put_bytes_max + 4096);
  }

  void absorb(Effects effects) {
    for (Effect& effect : effects) {
      if (auto* send = std::get_if<SendFrame>(&effect)) {
        TAUT_REQUIRE(frame::parse(send->frame).has_value());
        const std::size_t size = send->frame.size();
        if (send->connection == kHostileLink) sent_ += size;
        if (send->connection == kVictimLink) absorb(dispatcher_.on_sent(kVictimLink, size, at_));
      } else if (auto* operation = std::get_if<StoreOperation>(&effect)) {
        asked_.push_back(std::move(*operation));
      } else {
        is_victim_closed_ |= std::get<Close>(effect).connection == kVictimLink;
      }
    }
  }

  Moment at_{{std::chrono::hours(1)}, {1'700'000'000'000}};
  test::MemoryStore store_;
  Dispatcher dispatcher_;
  std::deque<StoreOperation> asked_;
  std::size_t sent_ = 0;
  bool is_victim_closed_ = false;
};

// One encoding for each frame: what is parsed is written as the same bytes.
void round_trip(ByteView bytes) {
  const auto frame = frame::parse(bytes);
  if (!frame) return;
  std::visit(
      [&](const auto& body) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(body)>, frame::Ignored>) {
          TAUT_REQUIRE(equal(frame::written(body), bytes));
        }
      },
      *frame);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  round_trip(input);
  Scene scene;
  scene.play(input);
  scene.finish();
  return 0;
}
