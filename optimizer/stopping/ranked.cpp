#include "optimizer/stopping/ranked.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace vilfredo::stopping {

/// The first block that ends at `x` or later, or the end.
std::vector<std::vector<double>>::iterator ranked::block_for(double x) {
  return std::ranges::lower_bound(blocks_, x, {}, [](const auto& b) { return b.back(); });
}

void ranked::insert(double x) {
  if (std::isnan(x)) std::abort();
  ++size_;
  if (blocks_.empty()) {
    blocks_.push_back({x});
    return;
  }
  auto block = block_for(x);
  if (block == blocks_.end()) --block;
  block->insert(std::ranges::lower_bound(*block, x), x);
  if (block->size() <= block_size) return;
  std::vector<double> upper(block->begin() + block_size / 2, block->end());
  block->resize(block_size / 2);
  blocks_.insert(block + 1, std::move(upper));
}

void ranked::erase(double x) {
  auto block = block_for(x);
  if (block == blocks_.end()) std::abort();
  auto at = std::ranges::lower_bound(*block, x);
  if (at == block->end() || *at != x) std::abort();
  block->erase(at);
  if (block->empty()) blocks_.erase(block);
  --size_;
}

std::size_t ranked::below(double x) const {
  std::size_t out = 0;
  for (const auto& block : blocks_) {
    if (block.back() < x) {
      out += block.size();
      continue;
    }
    return out + static_cast<std::size_t>(std::ranges::lower_bound(block, x) - block.begin());
  }
  return out;
}

double ranked::operator[](std::size_t i) const {
  for (const auto& block : blocks_) {
    if (i < block.size()) return block[i];
    i -= block.size();
  }
  std::abort();
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
