#include <doctest/doctest.h>

#include "wire/extensions.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

using namespace taut;
using namespace taut::wire;

TEST_CASE("vector lengths: what is written is read, at every boundary") {
  for (const std::size_t size : {0UL, 1UL, 63UL, 64UL, 16383UL, 16384UL, kVectorBytesMax}) {
    CAPTURE(size);
    const Bytes bytes = written([&](Writer& w) { w.vector_size(size); });
    CHECK(bytes.size() == (size < 64 ? 1 : size < 16384 ? 2 : 4));
    Reader reader(bytes);
    CHECK(reader.vector_size() == size);
    CHECK(reader.finish().has_value());
  }
}

TEST_CASE("vector lengths: longer than needed, reserved and cut encodings are refused") {
  for (const Bytes& bytes : {Bytes{0x40, 0x3f}, Bytes{0x80, 0x00, 0x3f, 0xff},
                             Bytes{0xc0, 0, 0, 0, 0, 0, 0, 0}, Bytes{0x40}, Bytes{0x80, 0, 0}, Bytes{}}) {
    CHECK_FALSE(Reader(bytes).vector_size().has_value());
  }
}

TEST_CASE("a vector may not be longer than its limit, or than what is there") {
  const Bytes bytes = written([](Writer& w) { w.vector(Bytes(100)); });
  CHECK(Reader(bytes).vector(99).error().reason == reasons::kTooLarge);
  CHECK(Reader(bytes).vector(100).has_value());
  CHECK_FALSE(Reader(ByteView(bytes).first(100)).vector().has_value());
  CHECK_FALSE(Reader(Bytes{0xbf, 0xff, 0xff, 0xff, 1}).vector().has_value());
}

TEST_CASE("integers are big-endian, and trailing bytes are an error") {
  const Bytes bytes = written([](Writer& w) { w.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f); });
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(bytes[i] == i + 1);
  Reader reader(bytes);
  CHECK(reader.u8() == 1);
  CHECK(reader.u16() == 0x0203);
  CHECK(reader.u32() == 0x04050607);
  CHECK_FALSE(reader.finish().has_value());
  CHECK(reader.u64() == 0x08090a0b0c0d0e0fULL);
  CHECK(reader.finish().has_value());
  CHECK_FALSE(reader.u8().has_value());
}

TEST_CASE("presence is 0 or 1") {
  CHECK(Reader(Bytes{0}).present() == false);
  CHECK(Reader(Bytes{1}).present() == true);
  CHECK_FALSE(Reader(Bytes{2}).present().has_value());
}

TEST_CASE("extensions: unknown ones are kept, unknown critical ones refused, order enforced") {
  const auto read = [](const Extensions& list) {
    const Bytes bytes = written([&](Writer& w) { write_extensions(w, list); });
    Reader reader(bytes);
    const std::array<std::uint16_t, 1> known{0x8001};
    return read_extensions(reader, known);
  };
  CHECK(read({{1, {9}}, {0x8001, {}}}).value().size() == 2);
  CHECK(read({{0x8002, {}}}).error().code == Errc::incompatible);
  CHECK(read({{2, {}}, {1, {}}}).error().code == Errc::malformed);
  CHECK(read({{2, {}}, {2, {}}}).error().code == Errc::malformed);
}
