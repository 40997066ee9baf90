#pragma once
// Frames as lines of text, for what carries text: IRC, serial lines, e-mail, a terminal. Bytes and time in,
// frames out; no error detection, since what is inside the frames has its own.
//
//   taut~FRAME/N/M/DATA
//
// FRAME: 8 random bytes in base64url, the same on all lines of one frame; N of M: counted from 1; DATA:
// base64url. Before it a line may hold anything (a nickname, a time), after it white space. Every other line
// is somebody else's. Lines may come in any order, repeatedly, mixed with those of others, or not at all.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "carrier/limits.hpp"

namespace taut::carrier {

using LineFrameId = Opaque<struct LineFrameIdTag, 8>;

inline constexpr std::size_t kLineBytesMin = 80;  ///< configurable between these, without the line's end
inline constexpr std::size_t kLineBytesMax = 64 * 1024;  ///< and what is read of one line
inline constexpr std::size_t kLineBytesDefault = 400;    ///< fits IRC with its own header (512 with all)
inline constexpr std::size_t kLinesPerFrameMax = 65'535;

/// @param line_bytes_max  kLineBytesMin..kLineBytesMax
/// @return                whole lines, each with its end
/// @errors misuse: an empty frame, a line length out of range; exhausted: too_large (more lines than may be)
Result<Bytes> lines_of(ByteView frame, const LineFrameId& id, std::size_t line_bytes_max);

/// Puts frames together again. Bounded whatever comes: the oldest unfinished frames make way.
class LineDecoder {
 public:
  struct Limits {
    std::size_t frame_bytes_max = kFrameBytesMax;
    std::size_t unfinished_count_max = 64;
    /// With 128 bytes a line for the bookkeeping: a frame in the shortest lines takes almost five times its
    /// size.
    std::size_t unfinished_bytes_max = 16 * 1024 * 1024;
    Duration line_wait_max = std::chrono::seconds(60);  ///< for the next line of an unfinished frame
  };
  struct Counters {
    std::uint64_t frames = 0;
    std::uint64_t foreign_lines = 0;   ///< not ours, or not well-formed
    std::uint64_t repeated_lines = 0;  ///< of frames that are finished, or there already
    std::uint64_t lost_frames =
        0;  ///< given up: too old, too many, too large, lines that contradict each other
  };

  explicit LineDecoder(Limits limits) : limits_(limits) {}

  /// Bytes cut anywhere; the frames that they finish.
  std::vector<Bytes> take(ByteView bytes, Instant now);
  void tick(Instant now);
  std::optional<Instant> next_deadline() const;

  const Counters& counters() const { return counters_; }
  std::size_t unfinished_bytes() const { return unfinished_bytes_; }

 private:
  struct Line {
    LineFrameId frame;
    std::uint32_t number = 0;
    std::uint32_t count = 0;
    Bytes data;
  };
  struct Unfinished {
    std::uint32_t line_count = 0;
    std::size_t size_bytes = 0;
    Instant last_line;
    std::map<std::uint32_t, Bytes> lines;
  };

  static std::optional<Line> line_from_text(std::string_view text);
  void take_line(std::string_view text, Instant now, std::vector<Bytes>& finished);
  void add(Line line, Instant now, std::vector<Bytes>& finished);
  void give_up(const LineFrameId& id);
  void forget(const LineFrameId& id);
  bool is_finished(const LineFrameId& id) const;
  void make_room(const LineFrameId& newest);

  Limits limits_;
  Counters counters_;
  std::string line_;          ///< what came of the one that has not ended
  bool is_too_long_ = false;  ///< that one: nobody's
  std::map<LineFrameId, Unfinished> unfinished_;
  std::size_t unfinished_bytes_ = 0;
  std::deque<LineFrameId> finished_;  ///< or given up: the last few
};

}  // namespace taut::carrier
