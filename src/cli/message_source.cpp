#include "cli/message_source.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace taut::cli {
namespace {

std::unexpected<Failure> too_large(const std::string& which) {
  return failure(ExitCode::usage, "too_large",
                 which + " is longer than " + std::to_string(envelope::kContentBytesMax) + " bytes",
                 "Send it in parts");
}

}  // namespace

envelope::Content content_of(Bytes body) {
  const auto type = is_utf8(body) ? envelope::ContentType::text : envelope::ContentType::bytes;
  return {type, std::move(body)};
}

Done MessageCutter::take(ByteView piece) {
  while (cut_ == Cut::lines) {
    const auto end = std::ranges::find(piece, Byte{'\n'});
    if (end == piece.end()) break;
    const auto size = static_cast<std::size_t>(end - piece.begin());
    append(rest_, piece.first(size));
    if (rest_.size() > envelope::kContentBytesMax) return too_large("Line " + std::to_string(cut_count_ + 1));
    ready_.push_back(std::exchange(rest_, {}));
    ++cut_count_;
    piece = piece.subspan(size + 1);
  }
  append(rest_, piece);
  if (rest_.size() <= envelope::kContentBytesMax) return {};
  return too_large(cut_ == Cut::lines ? "Line " + std::to_string(cut_count_ + 1) : "The message");
}

void MessageCutter::end() {
  if (std::exchange(has_ended_, true)) return;
  if (cut_ == Cut::nowhere || !rest_.empty()) ready_.push_back(std::exchange(rest_, {}));
}

std::optional<envelope::Content> MessageCutter::next() {
  if (ready_.empty()) return std::nullopt;
  Bytes body = std::move(ready_.front());
  ready_.pop_front();
  return content_of(std::move(body));
}

}  // namespace taut::cli
