#pragma once
// Where the command writes: data on stdout, talk on stderr, each line gone when the call returns.

#include <string_view>

#include "cli/failure.hpp"

namespace taut::cli {

/// Opens what the caller closed of descriptors 0, 1 and 2, so that no file of ours gets their numbers:
/// a closed stdout would otherwise print into the state file.
void hold_standard_descriptors();

class Output {
 public:
  enum class Format { text, json };

  explicit Output(Format format, int data = 1, int talk = 2) : format_(format), data_(data), talk_(talk) {}

  Format format() const { return format_; }
  bool is_json() const { return format_ == Format::json; }

  /// Everything, or a failure: what could not be printed was not shown.
  Done print(std::string_view data) const;
  /// For people only: nothing under --json. A stderr that is full or closed is no failure.
  void say(std::string_view line) const;
  /// A failure, in the format asked for.
  void report(const Failure& failure) const;

  /// Width of the terminal at stdout; 0: it is none.
  std::size_t terminal_columns() const;

 private:
  Format format_;
  int data_;
  int talk_;
};

}  // namespace taut::cli
