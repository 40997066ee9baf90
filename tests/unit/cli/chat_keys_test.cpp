#include "cli/chat_keys.hpp"

#include <doctest/doctest.h>

namespace taut::cli {
namespace {

std::wstring keys_of(std::string_view typed, std::size_t piece = 1) {
  TypedKeys keys;
  for (; !typed.empty(); typed.remove_prefix(std::min(piece, typed.size())))
    keys.take(as_bytes(typed.substr(0, piece)));
  std::wstring out;
  while (const auto key = keys.next()) out += *key;
  return out;
}

TEST_CASE("characters arrive whole, however they are cut") {
  for (const std::size_t piece : {1U, 2U, 3U, 100U}) CHECK(keys_of("aé日🙂z", piece) == L"aé日🙂z");
}

TEST_CASE("what is no character is dropped, and what follows is not") {
  CHECK(keys_of("a\xff"
                "b\x80"
                "c") == L"abc");
  CHECK(keys_of("\xe6\x97z") == L"z");              // cut off by another
  CHECK(keys_of("\xc0\xaf.") == L".");              // not the shortest form
  CHECK(keys_of("\xed\xa0\x80.") == L".");          // a surrogate
  CHECK(keys_of("a\u202e\u009b\u2028z") == L"az");  // pasted: turns the line around, ends it
}

TEST_CASE("keys that move arrive as the codes that the editor knows") {
  CHECK(keys_of("\x1b[C\x1b[D\x1bOH\x1b[4~\x1b[3~") ==
        std::wstring{keys::kForward, keys::kBack, keys::kToStart, keys::kToEnd, keys::kEraseNext});
  CHECK(keys_of("\r\n\b\t") == std::wstring{keys::kEnter, keys::kEnter, keys::kErase, L' '});
}

TEST_CASE("no key leads where more keys are awaited") {
  // Up, a mouse, a focus, a paste bracket, Meta-x, quoted insert, search, completion, clear, escape itself.
  CHECK(keys_of("\x1b[A\x1b[<0;12;3M\x1b[I\x1b[200~\x1bx\x16\x12\x0c\x1b\x1b[Cz") ==
        std::wstring{keys::kForward, L'z'});
  CHECK(keys_of("\x1b[" + std::string(1000, '1') + "z") == L"");
  CHECK(keys_of("\x1b[\r.") == L".");
}

}  // namespace
}  // namespace taut::cli
