// Drives a fuzz target without libFuzzer: every file of its corpus, then a fixed number of mutated
// inputs from a fixed seed, so that each build and each machine tries the same ones.
//
//   fuzz_NAME CORPUS_FOLDER COUNT
//
// The input being tried is kept in NAME.last: whatever ends the process, it is there to be copied into
// the corpus.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

#include "base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using taut::Byte;
using taut::Bytes;

constexpr std::uint64_t kSeed = 0x7461757420667a7aULL;
constexpr std::size_t kInputBytesMax = 1 << 16;

class Mutator {
 public:
  explicit Mutator(std::vector<Bytes> corpus) : corpus_(std::move(corpus)) {
    if (corpus_.empty()) corpus_.emplace_back();
  }

  Bytes next() {
    Bytes input = corpus_[below(corpus_.size())];
    for (std::size_t rounds = 1 + below(6); rounds > 0; --rounds) mutate(input);
    if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  Byte byte() { return static_cast<Byte>(engine_()); }
  auto place(Bytes& in) { return in.begin() + static_cast<std::ptrdiff_t>(below(in.size() + 1)); }

  void mutate(Bytes& in) {
    const std::size_t choice = in.empty() ? 0 : below(7);
    switch (choice) {
      case 0:
        return insert_random(in);
      case 1:
        in[below(in.size())] ^= static_cast<Byte>(1U << below(8));
        return;
      case 2:
        in[below(in.size())] = byte();
        return;
      case 3:
        in[below(in.size())] = kEdges[below(std::size(kEdges))];
        return;
      case 4:
        in.resize(below(in.size()));
        return;
      case 5:
        return erase(in);
      default:
        return splice(in);
    }
  }
  void insert_random(Bytes& in) {
    Bytes more(1 + below(8));
    std::ranges::generate(more, [this] { return byte(); });
    in.insert(place(in), more.begin(), more.end());
  }
  void erase(Bytes& in) {
    const std::size_t start = below(in.size());
    const std::size_t count = 1 + below(in.size() - start);
    const auto first = in.begin() + static_cast<std::ptrdiff_t>(start);
    in.erase(first, first + static_cast<std::ptrdiff_t>(count));
  }
  /// The start of one input and the end of another.
  void splice(Bytes& in) {
    const Bytes& other = corpus_[below(corpus_.size())];
    const std::size_t from = below(other.size() + 1);
    in.resize(below(in.size() + 1));
    in.insert(in.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
  }

  static constexpr Byte kEdges[] = {0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xfe, 0xff};
  std::mt19937_64 engine_{kSeed};
  std::vector<Bytes> corpus_;
};

std::vector<Bytes> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  }
  std::ranges::sort(files);  // a directory's own order differs from machine to machine
  std::vector<Bytes> corpus;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

void try_input(const std::string& last, const Bytes& input) {
  std::ofstream(last, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER COUNT\n";
    return 2;
  }
  const std::string last = std::filesystem::path(argv[0]).filename().string() + ".last";
  const std::vector<Bytes> corpus = read_corpus(argv[1]);
  for (const Bytes& input : corpus) try_input(last, input);
  const std::size_t count = std::stoul(argv[2]);
  Mutator mutator(corpus);
  for (std::size_t i = 0; i < count; ++i) try_input(last, mutator.next());
  std::cout << corpus.size() << " corpus files and " << count << " mutated inputs tried\n";
  std::filesystem::remove(last);
  return 0;
}
