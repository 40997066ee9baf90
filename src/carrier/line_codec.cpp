#include "carrier/line_codec.hpp"

#include <charconv>

#include "crypto/encoding.hpp"

namespace taut::carrier {
namespace {

constexpr std::string_view kMark = "taut~";
constexpr std::size_t kIdCharacters = 11;  // 8 bytes
/// kMark, ID, two numbers of up to five digits, three slashes.
constexpr std::size_t kHeadBytesMax = kMark.size() + kIdCharacters + 2 * 5 + 3;
/// What a line costs beside its data while its frame is unfinished.
constexpr std::size_t kBookkeepingBytes = 128;
constexpr std::size_t kFinishedMax = 256;

/// A number as we write it: 1..65535 without leading zeros.
std::optional<std::uint32_t> line_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_plain = error == std::errc{} && end == text.data() + text.size() && !text.starts_with('0');
  if (!is_plain || value == 0 || value > kLinesPerFrameMax) return std::nullopt;
  return value;
}

std::optional<std::string_view> take_field(std::string_view& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view field = text.substr(0, slash);
  text.remove_prefix(slash + 1);
  return field;
}

std::string_view without_trailing_space(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

Result<Bytes> lines_of(ByteView frame, const LineFrameId& id, std::size_t line_bytes_max) {
  if (frame.empty() || line_bytes_max < kLineBytesMin || line_bytes_max > kLineBytesMax)
    return fail(Errc::misuse, reasons::kMisuse);
  const std::size_t piece_bytes = (line_bytes_max - kHeadBytesMax) / 4 * 3;
  const std::size_t count = (frame.size() + piece_bytes - 1) / piece_bytes;
  if (count > kLinesPerFrameMax) return fail(Errc::exhausted, reasons::kTooLarge);
  const std::string name = crypto::to_base64url(id.view());
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView rest = frame.subspan(i * piece_bytes);
    const ByteView piece = rest.first(std::min(piece_bytes, rest.size()));
    lines.append(kMark).append(name).append("/").append(std::to_string(i + 1)).append("/");
    lines.append(std::to_string(count)).append("/").append(crypto::to_base64url(piece)).append("\n");
  }
  return to_bytes(as_bytes(lines));
}

std::optional<LineDecoder::Line> LineDecoder::line_from_text(std::string_view text) {
  const std::size_t mark = text.rfind(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  text = without_trailing_space(text.substr(mark + kMark.size()));
  const auto name = take_field(text);
  const auto number = take_field(text);
  const auto count = take_field(text);
  if (!name || !number || !count || name->size() != kIdCharacters) return std::nullopt;
  const auto id = crypto::from_base64url(*name);
  const auto data = crypto::from_base64url(text);
  const auto n = line_number(*number);
  const auto m = line_number(*count);
  if (!id || !data || data->empty() || !n || !m || *n > *m) return std::nullopt;
  return Line{LineFrameId(ByteView(*id).first<8>()), *n, *m, *data};
}

std::vector<Bytes> LineDecoder::take(ByteView bytes, Instant now) {
  tick(now);
  std::vector<Bytes> finished;
  std::string_view text = as_text(bytes);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view part = text.substr(0, end);
    // A nickname and a time may stand before a line of ours that is as long as can be.
    is_too_long_ |= line_.size() + part.size() > 2 * kLineBytesMax;
    if (is_too_long_) line_.clear();
    if (!is_too_long_) line_.append(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (std::exchange(is_too_long_, false)) {
      ++counters_.foreign_lines;
    } else {
      take_line(line_, now, finished);
    }
    line_.clear();
  }
  return finished;
}

void LineDecoder::take_line(std::string_view text, Instant now, std::vector<Bytes>& finished) {
  std::optional<Line> line = line_from_text(text);
  if (!line) {
    ++counters_.foreign_lines;
  } else if (is_finished(line->frame)) {
    ++counters_.repeated_lines;
  } else {
    add(*std::move(line), now, finished);
  }
}

void LineDecoder::add(Line line, Instant now, std::vector<Bytes>& finished) {
  const LineFrameId id = line.frame;
  Unfinished& frame = unfinished_[id];
  if (frame.line_count == 0) frame.line_count = line.count;
  frame.last_line = now;
  const auto there = frame.lines.find(line.number);
  if (there != frame.lines.end() && there->second == line.data && frame.line_count == line.count) {
    ++counters_.repeated_lines;
    return;
  }
  frame.size_bytes += line.data.size();
  const bool contradicts = there != frame.lines.end() || frame.line_count != line.count;
  if (contradicts || frame.size_bytes > limits_.frame_bytes_max) return give_up(id);
  unfinished_bytes_ += line.data.size() + kBookkeepingBytes;
  frame.lines.emplace(line.number, std::move(line.data));
  if (frame.lines.size() < frame.line_count) return make_room(id);
  Bytes whole;
  for (const auto& [number, data] : frame.lines) append(whole, data);
  finished.push_back(std::move(whole));
  ++counters_.frames;
  forget(id);
}

/// The frame that a line was just added to stays, unless it alone is too much.
void LineDecoder::make_room(const LineFrameId& newest) {
  while (unfinished_.size() > limits_.unfinished_count_max ||
         unfinished_bytes_ > limits_.unfinished_bytes_max) {
    auto oldest = unfinished_.end();
    for (auto it = unfinished_.begin(); it != unfinished_.end(); ++it) {
      const bool is_older = oldest == unfinished_.end() || it->second.last_line < oldest->second.last_line;
      if (it->first != newest && is_older) oldest = it;
    }
    give_up(oldest == unfinished_.end() ? newest : oldest->first);
  }
}

void LineDecoder::give_up(const LineFrameId& id) {
  ++counters_.lost_frames;
  forget(id);
}

void LineDecoder::forget(const LineFrameId& id) {
  const auto found = unfinished_.find(id);
  for (const auto& [number, data] : found->second.lines) unfinished_bytes_ -= data.size() + kBookkeepingBytes;
  finished_.push_back(id);
  if (finished_.size() > kFinishedMax) finished_.pop_front();
  unfinished_.erase(found);
}

bool LineDecoder::is_finished(const LineFrameId& id) const {
  return std::ranges::find(finished_, id) != finished_.end();
}

void LineDecoder::tick(Instant now) {
  std::vector<LineFrameId> old;
  for (const auto& [id, frame] : unfinished_)
    if (now - frame.last_line >= limits_.line_wait_max) old.push_back(id);
  for (const LineFrameId& id : old) give_up(id);
}

std::optional<Instant> LineDecoder::next_deadline() const {
  std::optional<Instant> first;
  for (const auto& [id, frame] : unfinished_)
    if (!first || frame.last_line < *first) first = frame.last_line;
  if (first) *first = *first + limits_.line_wait_max;
  return first;
}

}  // namespace taut::carrier
