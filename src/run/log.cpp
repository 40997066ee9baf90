#include "run/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace taut::run {
namespace {

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance;
  return instance;
}

}  // namespace

void log_to_stderr() {
  logger() = std::make_shared<spdlog::logger>("taut", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger()->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
}

bool is_logging() { return logger() != nullptr; }

void log(std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  if (!is_logging()) return;
  std::string line(event);
  for (const auto& [name, value] : fields) {
    line += ' ';
    line += name;
    line += '=';
    line += value;
  }
  logger()->info("{}", line);
  logger()->flush();
}

std::string short_id(const NodeId& node) { return to_text(node).substr(0, 12) + "…"; }

}  // namespace taut::run
