#include "run/system_random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace taut::run {
namespace {

void fill_from_kernel(MutableByteView out) {
  while (!out.empty()) {
    const ssize_t size = ::getrandom(out.data(), out.size(), 0);
    if (size < 0 && errno != EINTR) std::abort();
    if (size > 0) out = out.subspan(static_cast<std::size_t>(size));
  }
}

}  // namespace

SystemRandom::~SystemRandom() { wipe(buffer_); }

void SystemRandom::fill(MutableByteView out) {
  if (out.size() > buffer_.size() / 2) return fill_from_kernel(out);
  if (left_ < out.size()) {
    fill_from_kernel(buffer_);
    left_ = buffer_.size();
  }
  const MutableByteView taken = MutableByteView(buffer_).last(left_).first(out.size());
  std::ranges::copy(taken, out.begin());
  wipe(taken);
  left_ -= out.size();
}

}  // namespace taut::run
