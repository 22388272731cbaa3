#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vilfredo {

/// Numbers as text, to the last bit, for a plan's hint: a word that says whose it is, a blank, then the numbers: eleven
/// characters each, counts as many as they need and a point.
class hint_writer {
public:
  explicit hint_writer(std::string_view whose) : text_(whose) { text_ += ' '; }
  void count(std::uint64_t x);
  void number(double x);
  void numbers(const double* from, std::size_t n);
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
  bool sound() const { return sound_; }
  /// Sound, and read to the end.
  bool ended() const { return sound_ && rest_.empty(); }

private:
  /// The digits before `end`, the last the most significant.
  std::uint64_t digits(std::size_t end);
  std::string_view rest_;
  bool sound_ = true;
};

}  // namespace vilfredo
