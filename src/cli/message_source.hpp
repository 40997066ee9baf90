#pragma once
// What `send` sends: one text, all of standard input, or its lines.

#include <deque>

#include "cli/failure.hpp"
#include "cli/requests.hpp"
#include "envelope/content.hpp"
#include "run/standard_input.hpp"

namespace taut::cli {

/// Text where it is UTF-8, else bytes.
envelope::Content content_of(Bytes body);

/// Cuts a stream of bytes into messages.
class MessageCutter {
 public:
  enum class Cut { lines, nowhere };

  explicit MessageCutter(Cut cut) : cut_(cut) {}

  /// @errors usage (too_large): a message is over kContentBytesMax; those before it stand
  Done take(ByteView piece);
  /// The stream has ended: what is left is a message, an empty rest of lines is none.
  void end();
  /// Empty optional: wait for more, or is_over().
  std::optional<envelope::Content> next();
  bool is_over() const { return has_ended_ && ready_.empty(); }
  bool is_empty() const { return ready_.empty(); }
  Cut cut() const { return cut_; }

 private:
  Cut cut_;
  Bytes rest_;
  std::deque<Bytes> ready_;
  std::size_t cut_count_ = 0;
  bool has_ended_ = false;
};

}  // namespace taut::cli
