#include "core/beyond_bounds.hpp"

#include <algorithm>
#include <cmath>

namespace vilfredo {

namespace {

constexpr double largest_integer = 9007199254740992.0;  // 2^53: as space has it

/// The number that was given for `p`, if it is one that wider bounds could hold.
std::optional<double> number_for(const parameter& p, const parameter_value& given) {
  if (p.type == parameter_type::categorical || !p.grid.empty()) return std::nullopt;
  double out;
  if (auto* integer = std::get_if<std::int64_t>(&given))
    out = static_cast<double>(*integer);
  else if (auto* real = std::get_if<double>(&given))
    out = *real;
  else
    return std::nullopt;
  if (!std::isfinite(out) || (p.scale == transformation::log && !(out > 0))) return std::nullopt;
  if (p.type == parameter_type::integer && (std::abs(out) > largest_integer || out != std::round(out)))
    return std::nullopt;
  return out;
}

}  // namespace

result<assignments> read_beyond_bounds(const space& domain, const std::vector<named_value>& named) {
  auto within = domain.read(named);
  if (within) return within;
  auto wider = domain.definition();
  bool changed = false;
  for (const auto& n : named) {
    auto p = std::ranges::find(wider.parameters, n.name, &parameter::name);
    if (p == wider.parameters.end()) continue;
    const auto number = number_for(*p, n.value);
    if (!number || (*number >= p->min && *number <= p->max)) continue;
    p->min = std::min(p->min, *number);
    p->max = std::max(p->max, *number);
    changed = true;
  }
  if (!changed) return within;
  const auto around = space::make(std::move(wider));
  return around ? around->read(named) : within;
}

}  // namespace vilfredo
