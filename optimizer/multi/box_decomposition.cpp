#include "optimizer/multi/box_decomposition.hpp"

#include <algorithm>
#include <limits>
#include <optional>

// Notation: m objectives, all minimized; p a point of the front [m]; r the reference [m]; a box [m, 2] from l to u, the
// set of y with l ≤ y < u. p cuts a box with p < u: what it dominates of it, max(l, p) ≤ y < u, goes; the rest is, for
// k = m … 1, the part with y_k < p_k that has y_j ≥ p_j for all j > k. Inserting in the order of the last objective,
// three objectives come out as the sweep of Yang, Emmerich, Deutz & Bäck 2019.

namespace vilfredo {

namespace {

/// The two boxes as one, when they differ in one objective only and touch there.
std::optional<cell> joined(const cell& a, const cell& b) {
  std::size_t differing = a.lower.size();
  for (std::size_t k = 0; k < a.lower.size(); ++k) {
    if (a.lower[k] == b.lower[k] && a.upper[k] == b.upper[k]) continue;
    if (differing != a.lower.size()) return std::nullopt;
    differing = k;
  }
  if (differing == a.lower.size()) return std::nullopt;
  cell out = a;
  if (a.upper[differing] == b.lower[differing])
    out.upper[differing] = b.upper[differing];
  else if (b.upper[differing] == a.lower[differing])
    out.lower[differing] = b.lower[differing];
  else
    return std::nullopt;
  return out;
}

void add_joining(std::vector<cell>& all, cell x) {
  for (std::size_t i = 0; i < all.size();) {
    if (auto both = joined(all[i], x)) {
      x = *std::move(both);
      all[i] = std::move(all.back());
      all.pop_back();
      i = 0;
    } else {
      ++i;
    }
  }
  all.push_back(std::move(x));
}

}  // namespace

std::vector<cell> undominated_cells(std::vector<std::vector<double>> front, std::span<const double> reference) {
  const std::size_t m = reference.size();
  std::vector<cell> out{{std::vector<double>(m, -std::numeric_limits<double>::infinity()),
                         std::vector<double>(reference.begin(), reference.end())}};
  std::ranges::sort(front, [](const auto& a, const auto& b) {
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  });
  for (const auto& p : front) {
    std::vector<cell> whole, parts;
    for (auto& box : out) {
      bool cut = true;
      for (std::size_t k = 0; k < m; ++k) cut = cut && p[k] < box.upper[k];
      if (!cut) {
        whole.push_back(std::move(box));
        continue;
      }
      // Last objective first: what lies before the sweep stays whole.
      for (std::size_t k = m; k-- > 0;) {
        if (box.lower[k] >= p[k]) continue;
        cell part = box;
        part.upper[k] = p[k];
        add_joining(parts, std::move(part));
        box.lower[k] = p[k];
      }
    }
    out = std::move(whole);
    std::ranges::move(parts, std::back_inserter(out));
  }
  return out;
}

}  // namespace vilfredo
