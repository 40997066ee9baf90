#pragma once
// What a link submits in chunks: put together, or given up.

#include <algorithm>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "dispatcher/submission.hpp"

namespace taut::reasons {
inline constexpr Reason kChunkOutOfPlace{"chunk_out_of_place"};
}

namespace taut::dispatcher {

/// @tparam Submitted  has a `ticket`, and a `body` that grows to the ticket's size
template <class Submitted>
class Uploads {
 public:
  std::size_t size() const { return all_.size(); }
  bool has(frame::RequestId request) const {
    return std::ranges::find(all_, request, &Upload::request) != all_.end();
  }
  /// What these tickets take of the put windows.
  std::size_t charge() const {
    std::size_t bytes = 0;
    for (const Upload& upload : all_) bytes += upload.submitted.ticket.charge();
    return bytes;
  }

  void begin(Submitted first, Instant now) { all_.push_back({std::move(first), now}); }

  /// @return  the whole, with its last chunk. Nothing comes of a chunk whose upload was refused or given
  ///          up: its sender may not have heard yet
  /// @errors violation (chunk_out_of_place)
  template <class Chunk>
  Result<std::optional<Submitted>> take(const Chunk& more, Instant now) {
    const auto upload = std::ranges::find(all_, more.request, &Upload::request);
    if (upload == all_.end()) return std::nullopt;
    Submitted& submitted = upload->submitted;
    const std::size_t size = submitted.ticket.size;
    if (more.offset != submitted.body.size() || more.chunk.size() > size - submitted.body.size())
      return fail(Errc::violation, reasons::kChunkOutOfPlace);
    append(submitted.body, more.chunk);
    upload->last_chunk = now;
    if (submitted.body.size() < size) return std::nullopt;
    std::optional<Submitted> whole(std::move(submitted));
    all_.erase(upload);
    return whole;
  }

  /// Those whose next chunk does not come.
  std::vector<Ticket> give_up(Instant now, Duration idle_max) {
    std::vector<Ticket> tickets;
    std::erase_if(all_, [&](const Upload& upload) {
      if (now - upload.last_chunk < idle_max) return false;
      tickets.push_back(upload.submitted.ticket);
      return true;
    });
    return tickets;
  }

 private:
  struct Upload {
    Submitted submitted;
    Instant last_chunk;
    frame::RequestId request() const { return submitted.ticket.request; }
  };

  std::vector<Upload> all_;
};

}  // namespace taut::dispatcher
