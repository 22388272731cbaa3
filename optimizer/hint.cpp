#include "optimizer/hint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

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

/// The number that n digits write, the last the most significant. What is no digit shows in `all`, as a value above 63,
/// so that it can be looked for once for many numbers: a search distribution reads thousands for each plan.
template <std::size_t n>
std::uint64_t digits(const char* from, std::uint8_t& all) {
  std::uint64_t x = 0;
  auto take = [&](std::size_t i) {
    const auto v = values[static_cast<unsigned char>(from[i])];
    all |= v;
    x |= std::uint64_t{v} << 6 * i;
  };
  [&]<std::size_t... i>(std::index_sequence<i...>) { (take(i), ...); }
  (std::make_index_sequence<n>());
  return x;
}

}  // namespace

void hint_writer::count(std::uint64_t x) {
  char out[width + 1];
  std::size_t n = 0;
  for (; x; x >>= 6) out[n++] = alphabet[x & 63];
  out[n++] = point;
  text_.append(out, n);
}

void hint_writer::number(double x) { append<width>(text_, std::bit_cast<std::uint64_t>(x)); }

void hint_writer::numbers(const double* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) number(from[i]);
}

void hint_writer::fraction(double x) {
  const double whole = std::round(std::clamp(x, -1.0, 1.0) * half_fractions) + half_fractions;
  append<fraction_width>(text_, static_cast<std::uint64_t>(whole));
}

template <std::size_t each, class F>
void hint_reader::read(double* to, std::size_t n, F number_at) {
  sound_ = sound_ && rest_.size() / each >= n;
  if (!sound_) return;
  for (std::size_t i = 0; i < n; ++i) to[i] = number_at(rest_.data() + i * each);
  rest_.remove_prefix(n * each);
}

void hint_reader::expect(bool what, double* to, std::size_t n) {
  sound_ = sound_ && what;
  if (!sound_) std::fill_n(to, n, 0.0);
}

hint_reader::hint_reader(std::string_view hint, std::string_view whose) : rest_(hint) {
  sound_ = hint.starts_with(whose) && hint.size() > whose.size() && hint[whose.size()] == ' ';
  if (sound_) rest_.remove_prefix(whose.size() + 1);
}

std::uint64_t hint_reader::count() {
  std::uint64_t x = 0;
  std::size_t n = 0;
  bool strange = false;
  for (const auto most = std::min(width, rest_.size()); n < most && rest_[n] != point; ++n) {
    const auto v = values[static_cast<unsigned char>(rest_[n])];
    strange = strange || v == none || (n + 1 == width && v >= 16);
    x |= std::uint64_t{v} << 6 * n;
  }
  sound_ = sound_ && !strange && n < rest_.size() && rest_[n] == point;
  if (!sound_) return 0;
  rest_.remove_prefix(n + 1);
  return x;
}

double hint_reader::number() {
  double out = 0;
  numbers(&out, 1);
  return out;
}

void hint_reader::numbers(double* to, std::size_t n) {
  std::uint8_t all = 0, last = 0;
  bool finite = true;
  read<width>(to, n, [&](const char* from) {
    const double x = std::bit_cast<double>(digits<width>(from, all));
    last |= values[static_cast<unsigned char>(from[width - 1])];
    finite = finite && std::isfinite(x);
    return x;
  });
  expect(all <= 63 && last < 16 && finite, to, n);
}

double hint_reader::fraction() {
  double out = 0;
  fractions(&out, 1);
  return out;
}

void hint_reader::fractions(double* to, std::size_t n) {
  std::uint8_t all = 0;
  read<fraction_width>(to, n, [&](const char* from) {
    return static_cast<double>(static_cast<std::int64_t>(digits<fraction_width>(from, all))) / half_fractions - 1;
  });
  expect(all <= 63, to, n);
}

}  // namespace vilfredo
