#include "store/log_buffer.hpp"

#include "base/secret.hpp"

namespace taut::store {

LogBuffer::LogBuffer(sqlite3_file* log) : log_(log) { gathered_.reserve(kGatheredBytesMax); }

LogBuffer::~LogBuffer() { wipe(gathered_); }

int LogBuffer::write(ByteView bytes, sqlite3_int64 offset) {
  const bool follows = offset == offset_ + static_cast<sqlite3_int64>(gathered_.size());
  const bool fits = gathered_.size() + bytes.size() <= kGatheredBytesMax;
  if (!gathered_.empty() && (!follows || !fits))
    if (const int code = flush(); code != SQLITE_OK) return code;
  if (bytes.size() > kGatheredBytesMax)
    return log_->pMethods->xWrite(log_, bytes.data(), static_cast<int>(bytes.size()), offset);
  if (gathered_.empty()) offset_ = offset;
  append(gathered_, bytes);
  return SQLITE_OK;
}

int LogBuffer::flush() {
  if (gathered_.empty()) return SQLITE_OK;
  const int code =
      log_->pMethods->xWrite(log_, gathered_.data(), static_cast<int>(gathered_.size()), offset_);
  wipe(gathered_);
  gathered_.clear();
  return code;
}

}  // namespace taut::store
