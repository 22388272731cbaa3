#include "io/api/marker.hpp"

#include <bit>

#include "io/api/base64.hpp"

namespace vilfredo::api {

namespace {

void put_varint(std::string& out, std::uint64_t x) {
  for (; x >= 128; x >>= 7) out += static_cast<char>((x & 127) | 128);
  out += static_cast<char>(x);
}

struct reader {
  std::string_view rest;
  bool failed = false;

  std::uint64_t varint() {
    std::uint64_t out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest.empty()) break;
      auto byte = static_cast<unsigned char>(rest.front());
      rest.remove_prefix(1);
      out |= std::uint64_t{byte & 127U} << shift;
      if (byte < 128) return out;
    }
    failed = true;
    return 0;
  }
  std::string_view bytes(std::uint64_t n) {
    if (n > rest.size()) {
      failed = true;
      return {};
    }
    auto out = rest.substr(0, static_cast<std::size_t>(n));
    rest.remove_prefix(static_cast<std::size_t>(n));
    return out;
  }
};

enum field : std::uint64_t { as_double = 1, as_int = 2, as_null = 3, as_string = 4, as_bool = 5 };
constexpr std::uint64_t varint_wire = 0, fixed64_wire = 1, bytes_wire = 2;

std::string encoded(const symbol& x) {
  std::string out;
  auto head = [&](field f, std::uint64_t wire) { put_varint(out, f << 3 | wire); };
  if (auto* number = std::get_if<double>(&x)) {
    head(as_double, fixed64_wire);
    auto bits = std::bit_cast<std::uint64_t>(*number);
    for (int i = 0; i < 8; ++i) out += static_cast<char>(bits >> (8 * i) & 255);
  } else if (auto* whole = std::get_if<std::int64_t>(&x)) {
    head(as_int, varint_wire);
    put_varint(out, static_cast<std::uint64_t>(*whole));
  } else if (auto* text = std::get_if<std::string>(&x)) {
    head(as_string, bytes_wire);
    put_varint(out, text->size());
    out += *text;
  } else if (auto* yes = std::get_if<bool>(&x)) {
    head(as_bool, varint_wire);
    put_varint(out, *yes ? 1 : 0);
  } else {
    head(as_null, varint_wire);
    put_varint(out, 0);
  }
  return out;
}

std::optional<symbol> decoded(std::string_view bytes) {
  reader in{bytes};
  symbol out;
  bool any = false;
  while (!in.rest.empty() && !in.failed) {
    auto tag = in.varint();
    any = true;
    switch (tag) {
    case as_double << 3 | fixed64_wire: {
      auto raw = in.bytes(8);
      if (in.failed) break;
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < 8; ++i) bits |= std::uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
      out = std::bit_cast<double>(bits);
      break;
    }
    case as_int << 3 | varint_wire: out = static_cast<std::int64_t>(in.varint()); break;
    case as_null << 3 | varint_wire:
      in.varint();
      out = std::monostate{};
      break;
    case as_string << 3 | bytes_wire: out = std::string(in.bytes(in.varint())); break;
    case as_bool << 3 | varint_wire: out = in.varint() != 0; break;
    default: in.failed = true;
    }
  }
  if (in.failed || !any) return std::nullopt;
  return out;
}

int compare(const symbol& a, const symbol& b) {
  auto nothing = [](const symbol& x) { return std::holds_alternative<std::monostate>(x); };
  if (nothing(a) || nothing(b)) return static_cast<int>(nothing(a)) - static_cast<int>(nothing(b));
  auto number = [](const symbol& x) -> std::optional<double> {
    if (auto* d = std::get_if<double>(&x)) return *d;
    if (auto* i = std::get_if<std::int64_t>(&x)) return static_cast<double>(*i);
    return std::nullopt;
  };
  if (a.index() != b.index())
    if (auto x = number(a), y = number(b); x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

int compare(const sort_key& a, const sort_key& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    if (int c = compare(a[i], b[i])) return c;
  return 0;
}

std::string encode_marker(const sort_key& x) {
  std::string out;
  for (const auto& s : x) {
    auto one = encoded(s);
    put_varint(out, 1 << 3 | bytes_wire);
    put_varint(out, one.size());
    out += one;
  }
  return to_base64(out);
}

std::optional<sort_key> decode_marker(std::string_view text) {
  auto bytes = from_base64(text);
  if (!bytes || bytes->empty()) return std::nullopt;
  reader in{*bytes};
  sort_key out;
  while (!in.rest.empty()) {
    if (in.varint() != (1 << 3 | bytes_wire)) return std::nullopt;
    auto one = in.bytes(in.varint());
    if (in.failed) return std::nullopt;
    auto s = decoded(one);
    if (!s) return std::nullopt;
    out.push_back(*std::move(s));
  }
  return out;
}

}  // namespace vilfredo::api
