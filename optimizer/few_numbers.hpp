#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace vilfredo {

/// A list of numbers that takes no memory of its own while there are only a few: what is compared for every suggestion
/// has one number an objective, and there are mostly one or two.
class few_numbers {
public:
  few_numbers() = default;
  few_numbers(std::span<const double> x) {
    for (double v : x) push_back(v);
  }
  few_numbers(const std::vector<double>& x) : few_numbers(std::span<const double>(x)) {}
  few_numbers(std::initializer_list<double> x) : few_numbers(std::span<const double>(x.begin(), x.size())) {}

  void push_back(double x) {
    if (size_ == in_place) more_.assign(few_.begin(), few_.end());
    if (size_ >= in_place)
      more_.push_back(x);
    else
      few_[size_] = x;
    ++size_;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const double* begin() const { return size_ > in_place ? more_.data() : few_.data(); }
  const double* end() const { return begin() + size_; }
  double operator[](std::size_t i) const { return begin()[i]; }

  bool operator==(const few_numbers& other) const { return std::ranges::equal(*this, other); }

private:
  static constexpr std::size_t in_place = 3;
  std::array<double, in_place> few_{};
  std::size_t size_ = 0;
  std::vector<double> more_;  // all of them, where they are more than fit
};

}  // namespace vilfredo
