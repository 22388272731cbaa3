#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vilfredo {

/// Numbers as text for a plan's hint: a word that says whose it is, a blank, then the numbers: eleven characters each,
/// to the last bit; counts as many as they need and a point; fractions six.
class hint_writer {
public:
  explicit hint_writer(std::string_view whose) : text_(whose) { text_ += ' '; }
  void count(std::uint64_t x);
  void number(double x);
  void numbers(const double* from, std::size_t n);
  /// From −1 to 1, to 2⁻³⁵.
  void fraction(double x);
  std::string text() && { return std::move(text_); }

private:
  std::string text_;
};

/// Reads them in the order they were written. After anything strange all that is read is zero, and `sound` false.
class hint_reader {
public:
  hint_reader(std::string_view hint, std::string_view whose);
  std::uint64_t count();
  /// Finite, or the hint is not sound.
  double number();
  void numbers(double* to, std::size_t n);
  double fraction();
  void fractions(double* to, std::size_t n);
  bool sound() const { return sound_; }
  /// Sound, and read to the end.
  bool ended() const { return sound_ && rest_.empty(); }

private:
  /// n numbers of so many characters each.
  template <std::size_t each, class F>
  void read(double* to, std::size_t n, F number_at);
  /// Unless `what` holds, the hint is not sound, and nothing was read.
  void expect(bool what, double* to, std::size_t n);

  std::string_view rest_;
  bool sound_ = true;
};

}  // namespace vilfredo
