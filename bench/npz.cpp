#include "bench/npz.hpp"

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

// An archive is a ZIP file, each member an array: magic "\x93NUMPY", version, length of a header, the header (the text
// of a Python dictionary with 'descr', 'fortran_order' and 'shape'), then the numbers, little-endian.
// In the ZIP, the directory at the end says where members lie: signature PK\1\2, method at 10, sizes at 20 and 24,
// lengths of name, extra and comment at 28, 30, 32, place at 42, name at 46; the end record PK\5\6 says where it
// begins.

namespace vilfredo::bench {

namespace {

[[noreturn]] void give_up(const std::string& path, const std::string& why) {
  std::cerr << path << ": " << why << "\n";
  std::exit(1);
}

template <class T>
T at(const std::string& bytes, std::size_t where) {
  T out{};
  if (where + sizeof(T) <= bytes.size()) std::memcpy(&out, bytes.data() + where, sizeof(T));
  return out;
}

std::string inflated(const std::string& path, const char* from, std::size_t packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream z{};
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from));
  z.avail_in = static_cast<uInt>(packed);
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(size);
  inflateInit2(&z, -MAX_WBITS);
  const int end = inflate(&z, Z_FINISH);
  inflateEnd(&z);
  if (end != Z_STREAM_END) give_up(path, "damaged");
  return out;
}

template <class T>
void append(std::vector<double>& to, const std::string& bytes, std::size_t from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to.push_back(static_cast<double>(at<T>(bytes, from + i * sizeof(T))));
}

array parsed(const std::string& path, const std::string& bytes) {
  const auto length = bytes[6] == 1 ? at<std::uint16_t>(bytes, 8) : at<std::uint32_t>(bytes, 8);
  const std::size_t begin = bytes[6] == 1 ? 10 : 12;
  const auto header = bytes.substr(begin, length);
  array out;
  std::size_t count = 1;
  for (auto i = header.find('(', header.find("'shape'")) + 1; header[i] != ')';) {
    char* end = nullptr;
    const auto n = std::strtoull(header.data() + i, &end, 10);
    if (end == header.data() + i) {
      ++i;
      continue;
    }
    out.shape.push_back(n);
    count *= n;
    i = static_cast<std::size_t>(end - header.data());
  }
  const auto type = header.substr(header.find("'", header.find("'descr'") + 7) + 2, 2);
  const auto from = begin + length;
  if (header.find("True") != std::string::npos) give_up(path, "an array in Fortran's order");
  if (type == "f4")
    append<float>(out.values, bytes, from, count);
  else if (type == "f8")
    append<double>(out.values, bytes, from, count);
  else if (type == "i8")
    append<std::int64_t>(out.values, bytes, from, count);
  else if (type == "i4")
    append<std::int32_t>(out.values, bytes, from, count);
  else if (type == "i2")
    append<std::int16_t>(out.values, bytes, from, count);
  else if (type == "u2")
    append<std::uint16_t>(out.values, bytes, from, count);
  else if (type == "i1")
    append<std::int8_t>(out.values, bytes, from, count);
  else if (type == "u1" || type == "b1")
    append<std::uint8_t>(out.values, bytes, from, count);
  else
    give_up(path, "an array of the unknown type " + type);
  return out;
}

}  // namespace

std::map<std::string, array> read_npz(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto end = bytes.rfind("PK\5\6");
  if (end == std::string::npos) give_up(path, "cannot be read, or is no NumPy archive");
  std::size_t entry = at<std::uint32_t>(bytes, end + 16);
  std::map<std::string, array> out;
  for (int left = at<std::uint16_t>(bytes, end + 10); left > 0; --left) {
    const std::size_t packed = at<std::uint32_t>(bytes, entry + 20), size = at<std::uint32_t>(bytes, entry + 24);
    const std::size_t name_length = at<std::uint16_t>(bytes, entry + 28), place = at<std::uint32_t>(bytes, entry + 42);
    const auto name = bytes.substr(entry + 46, name_length);
    const auto data = place + 30 + at<std::uint16_t>(bytes, place + 26) + at<std::uint16_t>(bytes, place + 28);
    const bool stored = at<std::uint16_t>(bytes, entry + 10) == 0;
    out[name.substr(0, name.rfind(".npy"))] =
        parsed(path, stored ? bytes.substr(data, size) : inflated(path, bytes.data() + data, packed, size));
    entry += 46 + name_length + at<std::uint16_t>(bytes, entry + 30) + at<std::uint16_t>(bytes, entry + 32);
  }
  return out;
}

}  // namespace vilfredo::bench
