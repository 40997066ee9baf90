#pragma once
// A process that is measured: started here, ended here.

#include <sys/types.h>

#include <string>
#include <vector>

namespace taut::bench {

using Words = std::vector<std::string>;

/// Says why on standard error and ends the program.
[[noreturn]] void give_up(const std::string& why);

class Process {
 public:
  enum class Talk { shown, hidden };  ///< its standard error

  /// @param environment  "NAME=value" in place of the caller's
  explicit Process(const Words& command, const Words& environment = {}, Talk talk = Talk::shown);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// A line of its standard output, without the end.
  std::string line();
  /// Processor seconds that all its threads have used.
  double cpu_s() const;
  /// Waits for its end; gives up on any exit code but 0.
  /// @return  processor seconds of its whole life
  double wait();

 private:
  pid_t id_ = -1;
  int output_ = -1;
  bool is_running_ = true;
};

/// The value of a member of a JSON object whose values are plain text; empty: there is none.
std::string member(const std::string& object, const std::string& name);

/// A folder of one's own, removed with what is in it.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Wall clock, for rates.
double now_s();

}  // namespace taut::bench
