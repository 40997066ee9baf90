#pragma once

#include <ctime>

#include <algorithm>
#include <vector>

namespace taut::bench {

/// Seconds that this thread has computed: other processes on the machine do not count.
inline double thread_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// What `run()` costs; the value it returns is kept until the clock has stopped.
template <class Run>
double cpu_s(Run run) {
  const double start = thread_cpu_s();
  const auto result = run();
  const double taken = thread_cpu_s() - start;
  static_cast<void>(result);
  return taken;
}

/// The middle one of several.
inline double median(std::vector<double> times) {
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

}  // namespace taut::bench
