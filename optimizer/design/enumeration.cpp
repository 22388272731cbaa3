#include "optimizer/design/enumeration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vilfredo {

namespace {

constexpr double inactive = std::numeric_limits<double>::quiet_NaN();

std::vector<double> values_of(const space& domain, std::size_t i, std::size_t levels) {
  const auto& p = domain.dimensions()[i];
  std::vector<double> out;
  if (p.type == parameter_type::categorical) {
    for (std::size_t c = 0; c < p.categories.size(); ++c) out.push_back(static_cast<double>(c));
  } else if (!p.grid.empty()) {
    out = p.grid;
  } else if (p.min == p.max) {
    out.push_back(p.min);
  } else if (p.type == parameter_type::integer && p.max - p.min < static_cast<double>(levels)) {
    for (double v = p.min; v <= p.max; ++v) out.push_back(v);
  } else if (levels <= 1) {
    out.push_back(domain.from_unit(i, 0.5));
  } else {
    for (std::size_t k = 0; k < levels; ++k)
      out.push_back(domain.from_unit(i, static_cast<double>(k) / static_cast<double>(levels - 1)));
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }
  return out;
}

}  // namespace

enumeration::enumeration(const space& domain, std::size_t levels)
    : domain_(&domain), placed_(domain.size(), false), digits_(domain.size(), 0) {
  for (std::size_t i = 0; i < domain.size(); ++i) values_.push_back(values_of(domain, i, levels));
  x_.values.assign(domain.size(), inactive);
}

std::size_t enumeration::choices(std::size_t depth) const {
  const auto i = domain_->order()[depth];
  return domain_->active(x_, i) ? values_[i].size() : 1;
}

bool enumeration::place(std::size_t depth) {
  const auto i = domain_->order()[depth];
  x_.values[i] = domain_->active(x_, i) ? values_[i][digits_[depth]] : inactive;
  placed_[i] = true;
  return possible();
}

bool enumeration::possible() const {
  return std::ranges::all_of(domain_->rows(), [&](const space::row& r) {
    double least = 0, scale = std::abs(r.limit);
    for (std::size_t j = 0; j < r.dimensions.size(); ++j) {
      const auto i = r.dimensions[j];
      const auto& p = domain_->dimensions()[i];
      const double part =
          placed_[i] ? r.weights[j] * x_.values[i] : std::min(r.weights[j] * p.min, r.weights[j] * p.max);
      least += part;
      scale = std::max(scale, std::abs(part));
    }
    // Wider than the space's own tolerance: this only saves work, `feasible` decides.
    return !(least > r.limit + 1e-6 * scale);
  });
}

std::optional<assignments> enumeration::next(std::size_t most_visits) {
  const auto n = domain_->size();
  auto back = [&] {
    placed_[domain_->order()[--depth_]] = false;
    ++digits_[depth_];
  };
  for (std::size_t steps = 0; !exhausted_ && steps < most_visits; ++steps) {
    ++visits_;
    if (depth_ == n) {
      back();
      if (domain_->feasible(x_)) return x_;
    } else if (digits_[depth_] >= choices(depth_)) {
      if (depth_ == 0) {
        exhausted_ = true;
      } else {
        digits_[depth_] = 0;
        back();
      }
    } else if (place(depth_)) {
      if (++depth_ < n) digits_[depth_] = 0;
    } else {
      placed_[domain_->order()[depth_]] = false;
      ++digits_[depth_];
    }
  }
  return std::nullopt;
}

bool enumeration::resume(std::span<const std::size_t> position) {
  const auto n = domain_->size();
  auto restart = [&] {
    digits_.assign(n, 0);
    placed_.assign(n, false);
    depth_ = 0;
    exhausted_ = false;
    return false;
  };
  restart();
  if (position.size() != n) return false;
  digits_.assign(position.begin(), position.end());
  while (depth_ + 1 < n) {
    if (digits_[depth_] >= choices(depth_)) {
      // One past the end is where the walk turns back; the deeper digits mean nothing then.
      if (digits_[depth_] > choices(depth_)) return restart();
      return true;
    }
    if (!place(depth_)) {
      placed_[domain_->order()[depth_]] = false;
      return true;
    }
    ++depth_;
  }
  return digits_[depth_] <= choices(depth_) || restart();
}

}  // namespace vilfredo
