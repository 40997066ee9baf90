#pragma once
// The line that is being typed, at the bottom of a terminal: libedit, fed one key at a time, so that it
// never waits for one. What comes from elsewhere is printed above it.

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "cli/chat_keys.hpp"

namespace taut::cli {

class LineEditor {
 public:
  /// Characters in one line; more are refused.
  static constexpr std::size_t kCharactersMax = 4000;

  struct Line {
    std::string text;
  };
  struct End {};      ///< Ctrl-D on an empty line
  struct TooLong {};  ///< told once for each line
  using Event = std::variant<Line, End, TooLong>;

  /// Takes the terminal. @pre has_terminal()
  LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;
  ~LineEditor();

  void take(ByteView bytes) { keys_.take(bytes); }
  /// What came of the bytes that were taken; nullopt: nothing more.
  std::optional<Event> next();

  /// Whole rows, each ended by "\r\n".
  void print_above(const std::string& rows);
  /// One cell in a row that was printed `above` rows before the first row of the line; false: out of sight.
  bool print_cell(std::size_t above, std::size_t cell, const std::string& text);
  /// The terminal has another size, or was somebody else's for a while.
  void redraw();
  /// Gives the terminal back, for good; what is printed then goes below.
  void close();

 private:
  struct Terminal;

  std::optional<Event> press(wchar_t key);
  std::string text() const;
  std::size_t cursor_row() const;
  void erase();

  TypedKeys keys_;
  std::unique_ptr<Terminal> terminal_;
  bool is_full_ = false;
};

}  // namespace taut::cli
