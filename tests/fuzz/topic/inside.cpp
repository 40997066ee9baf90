// What is inside messages, settings, checkpoints, letters and records, behind every key: what is read writes
// the same again.

#include "support/require.hpp"
#include "topic/checkpoint.hpp"
#include "topic/said.hpp"
#include "topic/welcome_letter.hpp"

using namespace taut;
using namespace taut::topic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  if (const auto inside = read_inside(input)) {
    if (const auto* said = std::get_if<Said>(&*inside)) {
      TAUT_REQUIRE(said->body.size() <= kContentBytesMax);
      const auto again = read_said(said->encode().expose());
      TAUT_REQUIRE(again.has_value() && again->counter == said->counter && again->body == said->body);
    } else {
      TAUT_REQUIRE(equal(std::get<Acknowledgement>(*inside).encode(), input));
    }
  }
  if (const auto settings = decode_settings(input)) TAUT_REQUIRE(equal(encode(*settings), input));
  static_cast<void>(read_letter(input));
  static_cast<void>(read_frame(input, TopicId{}));

  const CheckpointKey key;
  const TopicId topic_id;
  TAUT_REQUIRE(!open_checkpoint(input, {topic_id, 0, key}).has_value());
  return 0;
}
