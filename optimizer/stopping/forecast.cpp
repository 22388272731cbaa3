#include "optimizer/stopping/forecast.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "optimizer/numeric/student.hpp"

namespace vilfredo::stopping {

namespace {

constexpr std::size_t fewest = 4, nearest = 8, most_degrees = 30;

/// The p-quantile as one of the values, of the finite ones; they are reordered.
double quantile(std::vector<double> x, double p) {
  std::erase_if(x, [](double v) { return !std::isfinite(v); });
  if (x.empty()) return 0;
  auto at = x.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(x.size() - 1));
  std::ranges::nth_element(x, at);
  return *at;
}

template <class F>
std::vector<double> each(const std::vector<course>& x, F f) {
  std::vector<double> out;
  for (const auto& c : x) out.push_back(f(c));
  return out;
}

/// The value that n others stand before in order, of numbers from 0 on. A count of them by size leaves few to compare.
double nth_least(const std::vector<double>& x, std::size_t n, double most) {
  std::array<std::size_t, 64> count{};
  const double scale = static_cast<double>(count.size() - 1) / most;
  auto bin = [&](double v) { return static_cast<std::size_t>(v * scale); };
  std::vector<double> left;
  left.reserve(x.size());
  if (std::isfinite(scale) && scale > 0) {
    for (double v : x) ++count[bin(v)];
    std::size_t at = 0;
    while (n >= count[at]) n -= count[at++];
    for (double v : x)
      if (bin(v) == at) left.push_back(v);
  } else {
    left = x;
  }
  const auto nth = left.begin() + static_cast<std::ptrdiff_t>(n);
  std::ranges::nth_element(left, nth);
  return *nth;
}

}  // namespace

double prediction::below(double x) const {
  if (!(scale > 0)) return mean < x ? 1 : 0;
  return student_cdf((x - mean) / scale, degrees);
}

forecast::forecast(std::vector<course> known) {
  if (known.size() < fewest) return;
  worst_now_ = quantile(each(known, [](const course& c) { return c.now; }), 0.75);
  worst_change_ = quantile(each(known, [](const course& c) { return c.change; }), 0.75);
  const double worst_end = quantile(each(known, [](const course& c) { return c.end; }), 0.75);
  for (auto& c : known)
    c = {std::fmin(c.now, worst_now_), std::fmin(c.change, worst_change_), std::fmin(c.end, worst_end)};
  auto spread = [](const std::vector<double>& x, double worst) {
    const double wide = worst - quantile(x, 0.25);
    return wide > 0 ? wide : 1;
  };
  spread_now_ = spread(each(known, [](const course& c) { return c.now; }), worst_now_);
  spread_change_ = spread(each(known, [](const course& c) { return c.change; }), worst_change_);
  now_ = each(known, [&](const course& c) { return c.now / spread_now_; });
  change_ = each(known, [&](const course& c) { return c.change / spread_change_; });
  rest_ = each(known, [](const course& c) { return c.end - c.now; });
  double sum = 0, squares = 0;
  for (double r : rest_) sum += r;
  const double count = static_cast<double>(rest_.size()), mean = sum / count;
  for (double r : rest_) squares += (r - mean) * (r - mean);
  variance_ = squares / count;
}

prediction forecast::from(double now, double change) const {
  now = std::fmin(now, worst_now_);
  const double at_now = now / spread_now_, at_change = std::fmin(change, worst_change_) / spread_change_;
  std::vector<double> squares(now_.size());
  double most = 0;
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const double a = now_[i] - at_now, b = change_[i] - at_change;
    squares[i] = a * a + b * b;
    most = std::max(most, squares[i]);
  }
  const auto reach = std::min(squares.size(), std::max(nearest, squares.size() / 2));
  const double farthest = nth_least(squares, reach - 1, most);
  // The farthest of them counts a little, too.
  const double h = 1.1 * std::sqrt(farthest), share = h > 0 ? 1 / h : 0;
  // The normal equations (X'WX + prior) β = X'Wr, symmetric, and r'Wr.
  double n = 0, sa = 0, sb = 0, aa = 1, ab = 0, bb = 1, sr = 0, ar = 0, br = 0, rr = 0;
  for (std::size_t i = 0; i < squares.size(); ++i) {
    if (squares[i] > farthest) continue;
    const double a = now_[i] - at_now, b = change_[i] - at_change, r = rest_[i];
    const double part = std::sqrt(squares[i]) * share, cube = 1 - part * part * part, w = cube * cube * cube;
    n += w;
    sa += w * a;
    sb += w * b;
    aa += w * a * a;
    ab += w * a * b;
    bb += w * b * b;
    sr += w * r;
    ar += w * a * r;
    br += w * b * r;
    rr += w * r * r;
  }
  // The level is taken out of the slopes' equations, which leaves two.
  const double caa = aa - sa * sa / n, cab = ab - sa * sb / n, cbb = bb - sb * sb / n;
  const double car = ar - sa * sr / n, cbr = br - sb * sr / n, det = caa * cbb - cab * cab;
  const double slope_a = (car * cbb - cbr * cab) / det, slope_b = (cbr * caa - car * cab) / det;
  const double level = (sr - slope_a * sa - slope_b * sb) / n;
  const double rest = std::fmax(0, rr - level * sr - slope_a * ar - slope_b * br);
  // Of the inverse of the normal matrix, the entry of the level: what is not known of it, in units of σ².
  const double unknown = 1 / n + (sa * sa * cbb - 2 * sa * sb * cab + sb * sb * caa) / (n * n * det);
  prediction out;
  out.mean = now + level;
  out.scale = std::sqrt((variance_ + rest) / (n + 1) * (1 + unknown));
  out.degrees = std::min(most_degrees, static_cast<std::size_t>(n + 1));
  return out;
}

}  // namespace vilfredo::stopping
