#include "optimizer/hint.hpp"

#include <array>
#include <bit>
#include <cmath>

namespace vilfredo {

namespace {

constexpr std::size_t width = 11;  // of 64 bits, six a character
constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";
constexpr std::uint8_t none = 255;
constexpr auto values = [] {
  std::array<std::uint8_t, 256> out{};
  out.fill(none);
  for (std::size_t i = 0; i < digits.size(); ++i)
    out[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  return out;
}();

}  // namespace

void hint_writer::count(std::uint64_t x) {
  for (std::size_t i = 0; i < width; ++i, x >>= 6) text_ += digits[x & 63];
}

void hint_writer::number(double x) { count(std::bit_cast<std::uint64_t>(x)); }

void hint_writer::numbers(const double* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) number(from[i]);
}

hint_reader::hint_reader(std::string_view hint, std::string_view whose) : rest_(hint) {
  sound_ = hint.starts_with(whose) && hint.size() > whose.size() && hint[whose.size()] == ' ';
  if (sound_) rest_.remove_prefix(whose.size() + 1);
}

std::uint64_t hint_reader::count() {
  std::uint64_t x = 0;
  sound_ = sound_ && rest_.size() >= width;
  if (!sound_) return 0;
  for (std::size_t i = width; i-- > 0;) {
    const auto v = values[static_cast<unsigned char>(rest_[i])];
    if (v == none || (i + 1 == width && v > 15)) {
      sound_ = false;
      return 0;
    }
    x = x << 6 | v;
  }
  rest_.remove_prefix(width);
  return x;
}

double hint_reader::number() {
  const auto x = std::bit_cast<double>(count());
  sound_ = sound_ && std::isfinite(x);
  return sound_ ? x : 0;
}

void hint_reader::numbers(double* to, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] = number();
}

}  // namespace vilfredo
