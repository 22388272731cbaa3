#include <algorithm>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>
#include <zlib.h>

#include "io/http/gzip.hpp"

using vilfredo::http::gzip;

namespace {
std::string unpacked(std::string packed, std::size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream{};
  REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(::inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  ::inflateEnd(&stream);
  return out;
}
}  // namespace

TEST_CASE("a text comes back whole, however many slices it took") {
  std::uint32_t noise = 1;
  for (std::size_t size : {0U, 1U, 65'535U, 65'536U, 65'537U, 131'072U, 1'000'000U}) {
    CAPTURE(size);
    std::string text;
    // Half of it cannot be compressed.
    while (text.size() < size)
      text += static_cast<char>(text.size() % 2 ? 'x' : (noise = noise * 1664525 + 1013904223) >> 24);
    gzip by(text);
    std::size_t slices = 1;
    while (!by.go_on()) ++slices;
    CHECK(slices == std::max<std::size_t>(1, (size + 65'535) / 65'536));
    CHECK(unpacked(by.take(), size) == text);
  }
}
