// The reader takes any bytes; what it accepts, the writer writes back to the same bytes.

#include "wire/reader.hpp"
#include "support/require.hpp"
#include "wire/extensions.hpp"
#include "wire/writer.hpp"

using namespace taut;
using namespace taut::wire;

namespace {

constexpr std::array<std::uint16_t, 3> kKnown{0x0001, 0x8001, 0x8002};
constexpr std::size_t kVectorMax = 1000;
constexpr std::size_t kListMax = 50;

void extensions_survive(ByteView input) {
  Reader in(input);
  const Result<Extensions> read = read_extensions(in, kKnown);
  if (!read) return;
  const Bytes again = written([&](Writer& out) { write_extensions(out, *read); });
  TAUT_REQUIRE(equal(again, input.first(input.size() - in.rest().size())));
  for (const Extension& one : *read) TAUT_REQUIRE(find_extension(*read, one.type) != nullptr);
}

template <class Value, class Write>
Result<Bytes> rewritten(const Result<Value>& value, Write write) {
  if (!value) return std::unexpected(value.error());
  return written([&](Writer& out) { write(out, *value); });
}

/// Reads one field of the kind that `what` names, and writes it again.
Result<Bytes> reread(Reader& in, unsigned what) {
  switch (what % 7) {
    case 0:
      return rewritten(in.u8(), [](Writer& out, auto value) { out.u8(value); });
    case 1:
      return rewritten(in.u16(), [](Writer& out, auto value) { out.u16(value); });
    case 2:
      return rewritten(in.u32(), [](Writer& out, auto value) { out.u32(value); });
    case 3:
      return rewritten(in.u64(), [](Writer& out, auto value) { out.u64(value); });
    case 4:
      return rewritten(in.present(), [](Writer& out, bool value) { out.present(value); });
    case 5:
      return rewritten(in.vector(kVectorMax), [](Writer& out, ByteView value) {
        TAUT_REQUIRE(value.size() <= kVectorMax);
        out.vector(value);
      });
    default:
      return rewritten(in.list([](Reader& one) { return one.u16(); }, kListMax),
                       [](Writer& out, const std::vector<std::uint16_t>& list) {
                         TAUT_REQUIRE(list.size() <= kListMax);
                         out.list(list, [](Writer& one, std::uint16_t value) { one.u16(value); });
                       });
  }
}

/// The input is a row of fields, each behind a byte that says what it is.
void fields_survive(ByteView input) {
  Reader in(input);
  while (!in.empty()) {
    const unsigned what = in.u8().value();
    const ByteView before = in.rest();
    const Result<Bytes> again = reread(in, what);
    if (!again) return;
    TAUT_REQUIRE(equal(*again, before.first(before.size() - in.rest().size())));
  }
  TAUT_REQUIRE(in.finish().has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  extensions_survive({data, size});
  fields_survive({data, size});
  return 0;
}
