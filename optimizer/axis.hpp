#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/space.hpp"

namespace vilfredo {

/// A dimension of a space whose values are mapped onto the unit interval by the thousand. The same numbers as
/// `space::to_unit` gives, to the last bit, but what kind of dimension it is and the logarithms of its bounds are
/// looked up once.
class axis {
public:
  /// `domain` must outlive it.
  axis(const space& domain, std::size_t i) : domain_(&domain), dimension_(i) {
    const auto& p = domain.dimensions()[i];
    if (p.type == parameter_type::categorical || !p.grid.empty() || !(p.min < p.max)) return;
    if (p.type == parameter_type::integer && p.scale == transformation::none) {
      kind_ = kind::whole;
      low_ = p.min;
      range_ = p.max - p.min + 1;
    } else if (p.type == parameter_type::real && p.scale == transformation::none) {
      kind_ = kind::linear;
      low_ = p.min / 2;
      range_ = p.max / 2 - p.min / 2;
    } else if (p.type == parameter_type::real && p.scale == transformation::log) {
      kind_ = kind::logarithmic;
      low_ = std::log(p.min);
      range_ = std::log(p.max) - std::log(p.min);
    }
  }

  /// Of a value that exists.
  double to_unit(double value) const {
    switch (kind_) {
    case kind::linear: return std::clamp((value / 2 - low_) / range_, 0.0, 1.0);
    case kind::whole: return std::clamp((value - low_ + 0.5) / range_, 0.0, 1.0);
    case kind::logarithmic: return std::clamp((std::log(value) - low_) / range_, 0.0, 1.0);
    case kind::other: break;
    }
    return domain_->to_unit(dimension_, value);
  }

private:
  enum class kind { linear, whole, logarithmic, other };
  const space* domain_;
  std::size_t dimension_;
  kind kind_ = kind::other;
  double low_ = 0, range_ = 1;
};

}  // namespace vilfredo
