#include "run/metrics.hpp"

#include "dispatcher/figures.hpp"

namespace taut::run {

std::string metrics_of(const dispatcher::Counters& counters) {
  std::string text;
  for (const dispatcher::FigureRow& row : dispatcher::figure_rows()) {
    const bool is_counter = row.kind == dispatcher::FigureKind::counter;
    const std::string name = "taut_dispatcher_" + std::string(row.name) + (is_counter ? "_total" : "");
    text += "# HELP " + name + " " + std::string(row.meaning) + ".\n";
    text += "# TYPE " + name + (is_counter ? " counter\n" : " gauge\n");
    text += name + " " + std::to_string(counters.*row.value) + "\n";
  }
  return text;
}

}  // namespace taut::run
