#include "optimizer/hint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace vilfredo {

namespace {

constexpr std::size_t width = 11;  // of 64 bits, six a character
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-";
constexpr char point = '.';
constexpr std::uint8_t none = 255;
constexpr auto values = [] {
  std::array<std::uint8_t, 256> out{};
  out.fill(none);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return out;
}();

}  // namespace

void hint_writer::count(std::uint64_t x) {
  for (; x; x >>= 6) text_ += alphabet[x & 63];
  text_ += point;
}

void hint_writer::number(double x) {
  auto left = std::bit_cast<std::uint64_t>(x);
  char out[width];
  for (char& c : out) {
    c = alphabet[left & 63];
    left >>= 6;
  }
  text_.append(out, width);
}

void hint_writer::numbers(const double* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) number(from[i]);
}

hint_reader::hint_reader(std::string_view hint, std::string_view whose) : rest_(hint) {
  sound_ = hint.starts_with(whose) && hint.size() > whose.size() && hint[whose.size()] == ' ';
  if (sound_) rest_.remove_prefix(whose.size() + 1);
}

std::uint64_t hint_reader::digits(std::size_t end) {
  std::uint64_t x = 0;
  sound_ = sound_ && end <= rest_.size() && end <= width;
  for (std::size_t i = end; sound_ && i-- > 0;) {
    const auto v = values[static_cast<unsigned char>(rest_[i])];
    sound_ = v != none && (i + 1 < width || v < 16);
    x = x << 6 | v;
  }
  return sound_ ? x : 0;
}

std::uint64_t hint_reader::count() {
  const auto end = std::min(rest_.find(point), rest_.size());
  const auto x = digits(end);
  sound_ = sound_ && end < rest_.size();
  if (!sound_) return 0;
  rest_.remove_prefix(end + 1);
  return x;
}

double hint_reader::number() {
  const auto x = std::bit_cast<double>(digits(width));
  sound_ = sound_ && std::isfinite(x);
  if (!sound_) return 0;
  rest_.remove_prefix(width);
  return x;
}

void hint_reader::numbers(double* to, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] = number();
}

}  // namespace vilfredo
