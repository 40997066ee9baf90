#include "sim/shrink.hpp"

namespace taut::sim {

namespace {

class Shrinking {
 public:
  Shrinking(Plan plan, std::string_view invariant, const Options& options, unsigned tries_max)
      : best_(std::move(plan)), invariant_(invariant), options_(options), tries_left_(tries_max) {}

  Plan run() {
    for (bool is_shorter = true; is_shorter && tries_left_ > 0;) {
      is_shorter = leave_out(&Plan::faults);
      is_shorter |= leave_out(&Plan::messages);
    }
    return std::move(best_);
  }

 private:
  // Halves first, then smaller parts, then one by one.
  template <class Item>
  bool leave_out(std::vector<Item> Plan::* items) {
    bool is_shorter = false;
    for (std::size_t part = std::max<std::size_t>(1, (best_.*items).size() / 2); part > 0; part /= 2) {
      for (std::size_t at = 0; at < (best_.*items).size() && tries_left_ > 0;) {
        Plan candidate = best_;
        auto& list = candidate.*items;
        const auto first = list.begin() + static_cast<std::ptrdiff_t>(at);
        list.erase(first, first + static_cast<std::ptrdiff_t>(std::min(part, list.size() - at)));
        if (still_fails(candidate)) {
          best_ = std::move(candidate);
          is_shorter = true;
        } else {
          at += part;
        }
      }
    }
    return is_shorter;
  }

  bool still_fails(const Plan& candidate) {
    --tries_left_;
    const Report report = live(candidate, options_);
    return report.violation && report.violation->invariant == invariant_;
  }

  Plan best_;
  std::string_view invariant_;
  Options options_;
  unsigned tries_left_;
};

}  // namespace

Plan shrink(const Plan& plan, std::string_view invariant, const Options& options, unsigned tries_max) {
  Options quietly = options;
  quietly.aloud = nullptr;
  return Shrinking(plan, invariant, quietly, tries_max).run();
}

}  // namespace taut::sim
