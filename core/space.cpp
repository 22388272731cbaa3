#include "core/space.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "core/closest.hpp"
#include "core/feasible.hpp"
#include "core/text.hpp"

namespace vilfredo {

using text::at;
using text::quoted;

namespace {

constexpr double inactive = std::numeric_limits<double>::quiet_NaN();
constexpr double largest_whole = 0x1p53;  // beyond it, doubles skip integers
constexpr std::size_t most_dimensions = 1000;
constexpr std::size_t most_categories = 10'000;
constexpr double tolerance = 1e-9;

error refuse(const std::string& place, const std::string& why) { return {errc::invalid, place + ": " + why}; }

bool whole(double x) { return x == std::floor(x) && std::abs(x) <= largest_whole; }

// --- what one parameter must be
// ---------------------------------------------------------------------------------------

result<void> check_choices(const std::vector<std::string>& values, const std::string& place) {
  if (values.empty()) return refuse(place, "must hold at least one value");
  if (values.size() > most_categories)
    return refuse(place, "there are " + std::to_string(values.size()) + " values; at most " +
                             std::to_string(most_categories) + " are possible");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (auto bad = text::name_fault(values[i])) return refuse(at(place, i), *bad);
    if (!seen.insert(values[i]).second) return refuse(at(place, i), quoted(values[i]) + " is there twice");
  }
  return {};
}

result<void> check_grid(const parameter& p, const std::string& place) {
  if (p.grid.size() > most_categories)
    return refuse(place + ".grid", "there are " + std::to_string(p.grid.size()) + " values; at most " +
                                       std::to_string(most_categories) + " are possible");
  for (std::size_t i = 0; i < p.grid.size(); ++i) {
    const double v = p.grid[i];
    if (!std::isfinite(v)) return refuse(at(place + ".grid", i), "must be a finite number");
    if (p.type == parameter_type::integer && !whole(v))
      return refuse(at(place + ".grid", i),
                    text::number(v) + " is not an integer, but " + quoted(p.name) + " is an int");
    if (i && !(p.grid[i - 1] < v)) return refuse(place + ".grid", "the values must ascend, each there once");
  }
  return {};
}

result<void> check_bounds(const parameter& p, const std::string& place) {
  const auto bounds = place + ".bounds";
  if (!std::isfinite(p.min) || !std::isfinite(p.max)) return refuse(bounds, "must be finite numbers");
  if (p.min > p.max)
    return refuse(bounds, "lower bound " + text::number(p.min) + " of " + quoted(p.name) + " is above upper bound " +
                              text::number(p.max));
  if (p.type == parameter_type::integer && !(whole(p.min) && whole(p.max)))
    return refuse(bounds, "the bounds of int " + quoted(p.name) + " must be integers within ±2^53");
  return {};
}

std::pair<double, double> ends_of(const parameter& p) {
  if (p.grid.empty()) return {p.min, p.max};
  return {p.grid.front(), p.grid.back()};
}

/// A billionth of it or less is within, so whoever wrote it means other bounds, or another mean. Nearer than that it
/// says at which end to begin.
bool lies_outside(const normal_prior& what, const parameter& p) {
  const auto [low, high] = ends_of(p);
  const double half = p.type == parameter_type::integer ? 0.5 : 0;  // an integer owns what is nearest to it
  return std::max(low - half - what.mean, what.mean - high - half) > 6 * what.scale;
}

result<void> check_prior(const parameter& p, const std::string& place) {
  if (std::holds_alternative<std::monostate>(p.prior)) return {};
  if (p.type == parameter_type::categorical) return refuse(place + ".prior", "a categorical parameter cannot have one");
  if (auto* normal = std::get_if<normal_prior>(&p.prior);
      normal && !(std::isfinite(normal->mean) && std::isfinite(normal->scale) && normal->scale > 0))
    return refuse(place + ".prior", "needs a finite mean and a scale above 0");
  if (auto* beta = std::get_if<beta_prior>(&p.prior);
      beta && !(std::isfinite(beta->shape_a) && std::isfinite(beta->shape_b) && beta->shape_a > 0 && beta->shape_b > 0))
    return refuse(place + ".prior", "needs shapes above 0");
  if (auto* normal = std::get_if<normal_prior>(&p.prior); normal && lies_outside(*normal, p))
    return refuse(place + ".prior", "normal with mean " + text::number(normal->mean) + " and scale " +
                                        text::number(normal->scale) + " lies wholly outside of the bounds of " +
                                        quoted(p.name) + ", " + text::number(ends_of(p).first) + " to " +
                                        text::number(ends_of(p).second) + "; at most 6 scales may lie between");
  return {};
}

result<void> check_parameter(const parameter& p, const std::string& place) {
  if (p.type == parameter_type::categorical) {
    if (auto sound = check_choices(p.categories, place + ".categorical_values"); !sound) return sound;
    if (!p.grid.empty()) return refuse(place + ".grid", "a categorical parameter cannot have one");
    if (p.scale == transformation::log)
      return refuse(place + ".transformation", "a categorical parameter cannot have one");
  } else {
    if (!p.categories.empty())
      return refuse(place + ".categorical_values", "only a categorical parameter can have them");
    if (auto sound = p.grid.empty() ? check_bounds(p, place) : check_grid(p, place); !sound) return sound;
    const double least = p.grid.empty() ? p.min : p.grid.front();
    if (p.scale == transformation::log && !(least > 0))
      return refuse(place + (p.grid.empty() ? ".bounds.min" : ".grid[0]"),
                    "must be above 0, because " + quoted(p.name) + " has a log transformation");
  }
  return check_prior(p, place);
}

std::string choices(const std::vector<std::string>& values) {
  constexpr std::size_t shown = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(values.size(), shown); ++i) out += (i ? ", " : "") + quoted(values[i]);
  return values.size() > shown ? out + ", …" : out;
}

/// Inside the bounds and of the type? The end of a sentence if not.
std::optional<std::string> value_fault(const parameter& p, double v) {
  if (std::isnan(v)) return "has no value";
  if (p.type == parameter_type::categorical) {
    if (whole(v) && v >= 0 && v < static_cast<double>(p.categories.size())) return std::nullopt;
    return "has no category " + text::number(v);
  }
  if (p.type == parameter_type::integer && !whole(v)) return text::number(v) + " is not an integer";
  if (!p.grid.empty() && !std::ranges::binary_search(p.grid, v)) return text::number(v) + " is not on the grid";
  if (!(v >= p.min && v <= p.max))
    return text::number(v) + " is not between " + text::number(p.min) + " and " + text::number(p.max);
  return std::nullopt;
}

/// A user's value as the number that assignments hold, or the end of a sentence that says why not.
struct read_value {
  std::optional<double> number;
  std::string fault;
};
read_value read(const parameter& p, const parameter_value& given) {
  if (auto* word = std::get_if<std::string>(&given)) {
    if (p.type != parameter_type::categorical) return {{}, quoted(*word) + " is not a number"};
    auto found = std::ranges::find(p.categories, *word);
    if (found != p.categories.end()) return {static_cast<double>(found - p.categories.begin()), {}};
    auto hint = did_you_mean(*word, p.categories);
    return {{},
            quoted(*word) + " is not one of its values" + (hint.empty() ? " (" + choices(p.categories) + ")" : hint)};
  }
  double number;
  if (auto* integer = std::get_if<std::int64_t>(&given)) {
    number = static_cast<double>(*integer);
    if (*integer > std::int64_t{1} << 53 || *integer < -(std::int64_t{1} << 53))
      return {{}, std::to_string(*integer) + " is not within ±2^53"};
  } else {
    number = std::get<double>(given) + 0.0;  // −0 becomes 0: they are the same configuration
  }
  if (p.type == parameter_type::categorical) return {{}, "needs one of its values (" + choices(p.categories) + ")"};
  if (auto bad = value_fault(p, number)) return {{}, std::move(*bad)};
  return {number, {}};
}

/// The part of [0, 1] that value k of a log integer owns, on the log scale: from k − ½ to k + ½.
struct log_integers {
  double low, high;
  explicit log_integers(const parameter& p) : low(std::log(p.min - 0.5)), high(std::log(p.max + 0.5)) {}
};

std::size_t share(double u, std::size_t n) {
  return std::min(static_cast<std::size_t>(u * static_cast<double>(n)), n - 1);
}
double middle(std::size_t i, std::size_t n) { return (static_cast<double>(i) + 0.5) / static_cast<double>(n); }

}  // namespace

// --- assignments
// ------------------------------------------------------------------------------------------------------

bool operator==(const assignments& a, const assignments& b) {
  return std::ranges::equal(a.values, b.values, [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y) || (std::isnan(x) && std::isnan(y));
  });
}

bool varies(const parameter& p) {
  if (p.type == parameter_type::categorical) return p.categories.size() > 1;
  return p.grid.empty() ? p.min < p.max : p.grid.size() > 1;
}

std::uint64_t fingerprint(const assignments& x) {
  // Multiplied to 128 bits and folded, each bit reaches all others: an ask takes some of these, of all parameters.
  __extension__ using wide = unsigned __int128;
  std::uint64_t hash = 0x9e3779b97f4a7c15u + x.values.size();
  for (double v : x.values) {
    auto bits = std::isnan(v) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(v);
    const wide product = wide{hash ^ bits} * 0xd1342543de82ef95u;
    hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  return hash;
}

// --- making a space
// ---------------------------------------------------------------------------------------------------

result<space> space::make(space_definition definition) {
  space out;
  const auto& parameters = definition.parameters;
  const auto& conditionals = definition.conditionals;
  if (parameters.empty()) return refuse("parameters", "there must be at least one");
  if (parameters.size() + conditionals.size() > most_dimensions)
    return refuse("parameters", "there are " + std::to_string(parameters.size() + conditionals.size()) +
                                    " with the conditionals; at most " + std::to_string(most_dimensions) +
                                    " are possible");
  std::vector<std::string> places, names;
  for (std::size_t i = 0; i < conditionals.size(); ++i) {
    parameter choice;
    choice.name = conditionals[i].name;
    choice.type = parameter_type::categorical;
    choice.categories = conditionals[i].values;
    out.dimensions_.push_back(std::move(choice));
    places.push_back(at("conditionals", i));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    out.dimensions_.push_back(parameters[i]);
    places.push_back(at("parameters", i));
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto& p = out.dimensions_[i];
    if (auto bad = text::name_fault(p.name)) return refuse(places[i] + ".name", *bad);
    if (p.name.find_first_of("{}") != std::string::npos)
      return refuse(places[i] + ".name", "must not hold braces: {name} stands for the value in a command");
    if (auto [known, fresh] = out.index_.emplace(p.name, i); !fresh)
      return refuse(places[i] + ".name", quoted(p.name) + " is the name of " + places[known->second] + " already");
    names.push_back(p.name);
    if (i < conditionals.size()) {
      if (auto sound = check_choices(p.categories, places[i] + ".values"); !sound) return sound.error();
    } else if (auto sound = check_parameter(p, places[i]); !sound) {
      return sound.error();
    }
    if (!p.grid.empty()) {
      for (double& v : p.grid) v += 0.0;  // −0 becomes 0
      p.min = p.grid.front();
      p.max = p.grid.back();
    }
    if (p.default_value)
      if (auto value = vilfredo::read(p, *p.default_value); !value.number)
        return refuse(places[i] + ".default_value", value.fault);
  }

  // Conditions, each parameter's own first.
  std::vector<std::vector<gate>> own(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& conditions = out.dimensions_[i].conditions;
    for (const auto& c : conditions) {
      const auto place = places[i] + ".conditions";
      auto parent = out.index_.find(c.name);
      if (parent == out.index_.end())
        return refuse(place,
                      quoted(c.name) + " is neither a conditional nor a parameter" + did_you_mean(c.name, names));
      const auto& choice = out.dimensions_[parent->second];
      if (choice.type != parameter_type::categorical)
        return refuse(place, quoted(c.name) + " is not categorical; conditions hold on conditionals and categoricals");
      if (c.values.empty()) return refuse(place + "." + c.name, "must hold at least one value");
      gate g{parent->second, {}};
      for (const auto& value : c.values) {
        auto found = std::ranges::find(choice.categories, value);
        if (found == choice.categories.end())
          return refuse(place + "." + c.name, quoted(value) + " is not one of the values of " + quoted(c.name) +
                                                  did_you_mean(value, choice.categories));
        g.categories.push_back(static_cast<std::size_t>(found - choice.categories.begin()));
      }
      own[i].push_back(std::move(g));
    }
  }

  // Order: again and again the first dimension whose parents are all placed, so that without conditions it is the
  // definition's own. What a dimension depends on is all that its parents depend on, too.
  out.gates_.resize(out.size());
  std::vector<bool> placed(out.size(), false);
  while (out.order_.size() < out.size()) {
    bool moved = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (placed[i] || !std::ranges::all_of(own[i], [&](const gate& g) { return placed[g.dimension]; })) continue;
      auto& gates = out.gates_[i];
      auto add = [&](const gate& more) {
        auto same = std::ranges::find(gates, more.dimension, &gate::dimension);
        if (same == gates.end()) {
          gates.push_back(more);
          return true;
        }
        std::erase_if(same->categories,
                      [&](std::size_t c) { return std::ranges::find(more.categories, c) == more.categories.end(); });
        return !same->categories.empty();
      };
      bool possible = true;
      for (const auto& g : own[i]) {
        possible = add(g) && possible;
        for (const auto& above : out.gates_[g.dimension]) possible = add(above) && possible;
      }
      if (!possible)
        return refuse(places[i] + ".conditions",
                      quoted(names[i]) + " can never exist: its conditions exclude each other");
      placed[i] = moved = true;
      out.order_.push_back(i);
    }
    if (!moved) {
      auto stuck = static_cast<std::size_t>(std::ranges::find(placed, false) - placed.begin());
      return refuse(places[stuck] + ".conditions", quoted(names[stuck]) + " depends on itself, by way of others");
    }
  }

  for (std::size_t i = 0; i < definition.linear_constraints.size(); ++i) {
    const auto& c = definition.linear_constraints[i];
    const auto place = at("linear_constraints", i);
    if (!std::isfinite(c.threshold)) return refuse(place + ".threshold", "must be a finite number");
    if (c.terms.empty()) return refuse(place + ".terms", "must hold at least one term");
    const double sign = c.type == linear_constraint::relation::less_than ? 1 : -1;
    row r;
    r.limit = sign * c.threshold;
    for (std::size_t j = 0; j < c.terms.size(); ++j) {
      const auto& t = c.terms[j];
      const auto term = at(place + ".terms", j);
      auto found = out.index_.find(t.name);
      if (found == out.index_.end())
        return refuse(term + ".name", quoted(t.name) + " is not a parameter" + did_you_mean(t.name, names));
      const auto& p = out.dimensions_[found->second];
      if (p.type == parameter_type::categorical)
        return refuse(term + ".name", quoted(t.name) + " is categorical; linear constraints are over numbers");
      if (!p.conditions.empty())
        return refuse(term + ".name",
                      quoted(t.name) + " is conditional; linear constraints are over parameters that always exist");
      if (!std::isfinite(t.weight) || t.weight == 0)
        return refuse(term + ".weight", "must be a finite number other than 0");
      if (std::ranges::find(r.dimensions, found->second) != r.dimensions.end())
        return refuse(term + ".name", quoted(t.name) + " is in this constraint already; add up its weights");
      r.dimensions.push_back(found->second);
      r.weights.push_back(sign * t.weight);
    }
    out.rows_.push_back(std::move(r));
  }
  out.definition_ = std::move(definition);
  if (out.constrained() && !find_interior(out))
    return refuse("linear_constraints", "together they leave no room within the parameters' bounds; loosen one");
  return out;
}

std::optional<std::size_t> space::find(std::string_view name) const {
  auto found = index_.find(std::string(name));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

bool space::active(const assignments& x, std::size_t i) const {
  return std::ranges::all_of(gates_[i], [&](const gate& g) {
    return std::ranges::any_of(g.categories,
                               [&](std::size_t c) { return x.values[g.dimension] == static_cast<double>(c); });
  });
}

// --- the unit cube
// ----------------------------------------------------------------------------------------------------

double space::from_unit(std::size_t i, double u) const {
  const auto& p = dimensions_[i];
  u = u > 0 ? std::min(u, 1.0) : 0.0;
  if (p.type == parameter_type::categorical) return static_cast<double>(share(u, p.categories.size()));
  if (!p.grid.empty()) return p.grid[share(u, p.grid.size())];
  double v;
  if (p.type == parameter_type::integer) {
    if (p.scale == transformation::log) {
      log_integers cells(p);
      v = std::round(std::exp(std::lerp(cells.low, cells.high, u)));
    } else {
      v = p.min + std::floor(u * (p.max - p.min + 1));
    }
  } else if (p.scale == transformation::log) {
    // The ends exactly, which exp(log(x)) would miss.
    v = u == 0 ? p.min : u == 1 ? p.max : std::exp(std::lerp(std::log(p.min), std::log(p.max), u));
  } else {
    v = std::lerp(p.min, p.max, u);
  }
  return std::clamp(v, p.min, p.max) + 0.0;
}

double space::to_unit(std::size_t i, double value) const {
  const auto& p = dimensions_[i];
  if (std::isnan(value)) return 0.5;
  if (p.type == parameter_type::categorical) return middle(static_cast<std::size_t>(value), p.categories.size());
  if (!p.grid.empty()) {
    auto found = std::ranges::lower_bound(p.grid, value);
    if (found == p.grid.end()) --found;
    return middle(static_cast<std::size_t>(found - p.grid.begin()), p.grid.size());
  }
  double u = 0.5;
  if (p.type == parameter_type::integer) {
    if (p.scale == transformation::log) {
      log_integers cells(p);
      u = (std::log(value) - cells.low) / (cells.high - cells.low);
    } else {
      u = (value - p.min + 0.5) / (p.max - p.min + 1);
    }
  } else if (p.min < p.max) {
    if (p.scale == transformation::log)
      u = (std::log(value) - std::log(p.min)) / (std::log(p.max) - std::log(p.min));
    else
      u = (value / 2 - p.min / 2) / (p.max / 2 - p.min / 2);  // halves: the whole range may be beyond a double
  }
  return std::clamp(u, 0.0, 1.0);
}

space::cell space::cell_of(std::size_t i, double value) const {
  const auto& p = dimensions_[i];
  const double u = to_unit(i, value);
  double equal = 0;  // how much each value owns where all own the same
  if (p.type == parameter_type::categorical)
    equal = 1 / static_cast<double>(p.categories.size());
  else if (!p.grid.empty())
    equal = 1 / static_cast<double>(p.grid.size());
  else if (p.type == parameter_type::integer && p.scale == transformation::none)
    equal = 1 / (p.max - p.min + 1);
  if (p.type != parameter_type::integer || p.scale != transformation::log || !p.grid.empty())
    return {std::max(0.0, u - equal / 2), std::min(1.0, u + equal / 2)};
  const log_integers cells(p);
  auto at = [&](double v) { return std::clamp((std::log(v) - cells.low) / (cells.high - cells.low), 0.0, 1.0); };
  return {at(value - 0.5), at(value + 0.5)};
}

assignments space::from_unit(std::span<const double> u) const {
  assignments x;
  x.values.assign(size(), inactive);
  for (auto i : order_)
    if (gates_[i].empty() || active(x, i)) x.values[i] = from_unit(i, u[i]);
  return x;
}

std::vector<double> space::to_unit(const assignments& x) const {
  std::vector<double> u(size());
  for (std::size_t i = 0; i < size(); ++i) u[i] = gates_[i].empty() || active(x, i) ? to_unit(i, x.values[i]) : 0.5;
  return u;
}

// --- judging
// ----------------------------------------------------------------------------------------------------------

namespace {
bool holds(const space::row& r, const assignments& x) {
  double sum = 0, scale = std::abs(r.limit);
  for (std::size_t j = 0; j < r.dimensions.size(); ++j) {
    const double part = r.weights[j] * x.values[r.dimensions[j]];
    sum += part;
    scale = std::max(scale, std::abs(part));
  }
  return sum <= r.limit + tolerance * scale;
}
}  // namespace

bool space::feasible(const assignments& x) const {
  return std::ranges::all_of(rows_, [&](const row& r) { return holds(r, x); });
}

result<void> space::check(const assignments& x) const {
  auto refused = [](std::string why) { return error{errc::invalid, std::move(why)}; };
  if (x.values.size() != size())
    return refused("the assignments have " + std::to_string(x.values.size()) + " values for " + std::to_string(size()) +
                   " parameters");
  for (std::size_t i = 0; i < size(); ++i) {
    const auto& p = dimensions_[i];
    // Most are plain numbers, and every candidate of every plan comes by here.
    const bool plain = p.type == parameter_type::real && p.grid.empty() && gates_[i].empty();
    if (plain && x.values[i] >= p.min && x.values[i] <= p.max) continue;
    if (!active(x, i)) {
      if (!std::isnan(x.values[i]))
        return refused("parameter " + quoted(p.name) + " does not exist here: its conditions do not hold");
    } else if (auto bad = value_fault(p, x.values[i])) {
      return refused("parameter " + quoted(p.name) + ": " + *bad);
    }
  }
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (!holds(rows_[i], x)) return refused(at("linear_constraints", i) + " does not hold");
  return {};
}

result<assignments> space::read(const std::vector<named_value>& named) const {
  auto refused = [](const std::string& name, const std::string& why) {
    return error{errc::invalid, "parameter " + quoted(name) + ": " + why};
  };
  std::vector<const parameter_value*> given(size(), nullptr);
  for (const auto& n : named) {
    auto i = find(n.name);
    if (!i) {
      std::vector<std::string> names;
      for (const auto& p : dimensions_) names.push_back(p.name);
      return error{errc::invalid, quoted(n.name) + " is not a parameter" + did_you_mean(n.name, names)};
    }
    if (given[*i]) return refused(n.name, "is there twice");
    given[*i] = &n.value;
  }
  assignments x;
  x.values.assign(size(), inactive);
  for (auto i : order_) {
    const auto& p = dimensions_[i];
    if (!active(x, i)) {
      if (given[i]) return refused(p.name, "does not exist here: its conditions do not hold");
      continue;
    }
    const parameter_value* value = given[i] ? given[i] : p.default_value ? &*p.default_value : nullptr;
    if (!value) return refused(p.name, "is missing and has no default");
    auto got = vilfredo::read(p, *value);
    if (!got.number) return refused(p.name, got.fault);
    x.values[i] = *got.number;
  }
  if (auto sound = check(x); !sound) return sound.error();
  return x;
}

std::vector<named_value> space::name(const assignments& x) const {
  std::vector<named_value> out;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!active(x, i)) continue;
    const auto& p = dimensions_[i];
    const double v = x.values[i];
    switch (p.type) {
    case parameter_type::real: out.push_back({p.name, v}); break;
    case parameter_type::integer: out.push_back({p.name, static_cast<std::int64_t>(v)}); break;
    case parameter_type::categorical: out.push_back({p.name, p.categories[static_cast<std::size_t>(v)]}); break;
    }
  }
  return out;
}

// --- counting
// ---------------------------------------------------------------------------------------------------------

namespace {
/// How many values a dimension has, or nothing.
std::optional<double> values_of(const parameter& p) {
  if (p.type == parameter_type::categorical) return static_cast<double>(p.categories.size());
  if (!p.grid.empty()) return static_cast<double>(p.grid.size());
  if (p.min == p.max) return 1;
  if (p.type == parameter_type::integer) return p.max - p.min + 1;
  return std::nullopt;
}
}  // namespace

std::optional<std::uint64_t> space::cardinality() const {
  // Dimensions that share no condition multiply; within a group that does, the choices that others depend on are gone
  // through one by one.
  std::vector<std::size_t> group(size());
  for (std::size_t i = 0; i < size(); ++i) group[i] = i;
  auto root = [&](std::size_t i) {
    while (group[i] != i) i = group[i] = group[group[i]];
    return i;
  };
  std::vector<bool> decides(size(), false);
  for (std::size_t i = 0; i < size(); ++i) {
    if (!values_of(dimensions_[i])) return std::nullopt;
    for (const auto& g : gates_[i]) {
      group[root(i)] = root(g.dimension);
      decides[g.dimension] = true;
    }
  }
  std::size_t visits = 0;
  constexpr std::size_t most_visits = 1 << 22;
  double whole_space = 1;
  for (std::size_t top = 0; top < size(); ++top) {
    if (root(top) != top) continue;
    std::vector<std::size_t> members;
    for (auto i : order_)
      if (root(i) == top) members.push_back(i);
    assignments x;
    x.values.assign(size(), inactive);
    auto count = [&](auto& self, std::size_t k) -> double {
      if (++visits > most_visits) return 0;
      if (k == members.size()) return 1;
      const auto i = members[k];
      if (!active(x, i)) return self(self, k + 1);
      const double n = *values_of(dimensions_[i]);
      if (!decides[i]) return n * self(self, k + 1);
      double sum = 0;
      for (double v = 0; v < n; ++v) {
        x.values[i] = v;
        sum += self(self, k + 1);
      }
      x.values[i] = inactive;
      return sum;
    };
    whole_space *= count(count, 0);
  }
  if (visits > most_visits || whole_space > largest_whole) return std::nullopt;
  return static_cast<std::uint64_t>(whole_space);
}

}  // namespace vilfredo
