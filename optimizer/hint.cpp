#include "optimizer/hint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

namespace vilfredo {

namespace {

constexpr std::size_t width = 11, fraction_width = 6;  // of 64 and 36 bits, six a character
constexpr double half_fractions = 0x1p35 - 1;
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

template <std::size_t n>
void append(std::string& text, std::uint64_t left) {
  char out[n];
  for (char& c : out) {
    c = alphabet[left & 63];
    left >>= 6;
  }
  text.append(out, n);
}

/// The digits at the begin of `text`, the last the most significant; nothing when any is no digit.
template <std::size_t n>
std::optional<std::uint64_t> digits_of(std::string_view text) {
  if (text.size() < n) return std::nullopt;
  std::uint64_t x = 0;
  std::uint8_t all = 0;
  for (std::size_t i = n; i-- > 0;) {
    const auto v = values[static_cast<unsigned char>(text[i])];
    all |= v;
    x = x << 6 | (v & 63);
  }
  if (all > 63) return std::nullopt;
  return x;
}

}  // namespace

void hint_writer::count(std::uint64_t x) {
  for (; x; x >>= 6) text_ += alphabet[x & 63];
  text_ += point;
}

void hint_writer::number(double x) { append<width>(text_, std::bit_cast<std::uint64_t>(x)); }

void hint_writer::numbers(const double* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) number(from[i]);
}

void hint_writer::fraction(double x) {
  const double whole = std::round(std::clamp(x, -1.0, 1.0) * half_fractions) + half_fractions;
  append<fraction_width>(text_, static_cast<std::uint64_t>(whole));
}

hint_reader::hint_reader(std::string_view hint, std::string_view whose) : rest_(hint) {
  sound_ = hint.starts_with(whose) && hint.size() > whose.size() && hint[whose.size()] == ' ';
  if (sound_) rest_.remove_prefix(whose.size() + 1);
}

std::uint64_t hint_reader::count() {
  const auto end = std::min(rest_.find(point), rest_.size());
  std::uint64_t x = 0;
  sound_ = sound_ && end < rest_.size() && end <= width;
  for (std::size_t i = end; sound_ && i-- > 0;) {
    const auto v = values[static_cast<unsigned char>(rest_[i])];
    sound_ = v != none && (i + 1 < width || v < 16);
    x = x << 6 | v;
  }
  if (!sound_) return 0;
  rest_.remove_prefix(end + 1);
  return x;
}

double hint_reader::number() {
  const auto x = digits_of<width>(rest_);
  sound_ = sound_ && x && values[static_cast<unsigned char>(rest_[width - 1])] < 16;
  const double out = sound_ ? std::bit_cast<double>(*x) : 0;
  sound_ = sound_ && std::isfinite(out);
  if (!sound_) return 0;
  rest_.remove_prefix(width);
  return out;
}

void hint_reader::numbers(double* to, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] = number();
}

double hint_reader::fraction() {
  const auto x = digits_of<fraction_width>(rest_);
  sound_ = sound_ && x;
  if (!sound_) return 0;
  rest_.remove_prefix(fraction_width);
  return static_cast<double>(*x) / half_fractions - 1;
}

}  // namespace vilfredo
