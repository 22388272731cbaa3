#include "optimizer/stopping/ranked.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace vilfredo::stopping {

/// The first block that ends at `x` or later, or how many there are.
std::size_t ranked::block_for(double x) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(ends_, x) - ends_.begin());
}

void ranked::count(std::size_t block, std::ptrdiff_t change) {
  for (auto i = block + 1; i <= counts_.size(); i += i & (0 - i)) counts_[i - 1] += static_cast<std::size_t>(change);
}

void ranked::count_anew() {
  counts_.resize(blocks_.size());
  ends_.resize(blocks_.size());
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    ends_[i] = blocks_[i].back();
    counts_[i] = blocks_[i].size();
  }
  for (std::size_t i = 1; i <= counts_.size(); ++i)
    if (const auto parent = i + (i & (0 - i)); parent <= counts_.size()) counts_[parent - 1] += counts_[i - 1];
}

void ranked::insert(double x) {
  if (std::isnan(x)) std::abort();
  ++size_;
  if (blocks_.empty()) {
    blocks_.push_back({x});
    count_anew();
    return;
  }
  const auto at = std::min(block_for(x), blocks_.size() - 1);
  auto& block = blocks_[at];
  block.insert(std::ranges::lower_bound(block, x), x);
  if (block.size() <= block_size) {
    ends_[at] = block.back();
    count(at, 1);
    return;
  }
  std::vector<double> upper(block.begin() + block_size / 2, block.end());
  block.resize(block_size / 2);
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
  count_anew();
}

void ranked::erase(double x) {
  const auto at = block_for(x);
  if (at == blocks_.size()) std::abort();
  auto& block = blocks_[at];
  const auto found = std::ranges::lower_bound(block, x);
  if (found == block.end() || *found != x) std::abort();
  block.erase(found);
  --size_;
  if (block.empty()) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
    count_anew();
    return;
  }
  ends_[at] = block.back();
  count(at, -1);
}

std::size_t ranked::below(double x) const {
  const auto at = block_for(x);
  std::size_t out = 0;
  for (auto i = at; i > 0; i -= i & (0 - i)) out += counts_[i - 1];
  if (at == blocks_.size()) return out;
  return out + static_cast<std::size_t>(std::ranges::lower_bound(blocks_[at], x) - blocks_[at].begin());
}

double ranked::operator[](std::size_t i) const {
  if (i >= size_) std::abort();
  // Down the tree: past all blocks that end at or before the i-th.
  std::size_t block = 0;
  for (auto stride = std::bit_floor(blocks_.size()); stride > 0; stride /= 2)
    if (block + stride <= blocks_.size() && counts_[block + stride - 1] <= i) {
      block += stride;
      i -= counts_[block - 1];
    }
  return blocks_[block][i];
}

double ranked::quantile(double p) const {
  const double at = p * static_cast<double>(size_ - 1);
  const auto low = static_cast<std::size_t>(at);
  const double a = (*this)[low];
  const double part = at - static_cast<double>(low);
  if (part == 0) return a;
  const double b = (*this)[low + 1];
  // Between an infinity and anything there is nothing to interpolate.
  if (!std::isfinite(a) || !std::isfinite(b)) return part < 0.5 ? a : b;
  return a + part * (b - a);
}

}  // namespace vilfredo::stopping
