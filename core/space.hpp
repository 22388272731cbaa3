#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/error.hpp"

namespace vilfredo {

enum class parameter_type { real, integer, categorical };
enum class transformation { none, log };

struct normal_prior {
  double mean = 0, scale = 1;
  bool operator==(const normal_prior&) const = default;
};
struct beta_prior {
  double shape_a = 1, shape_b = 1;
  bool operator==(const beta_prior&) const = default;
};
using prior = std::variant<std::monostate, normal_prior, beta_prior>;

/// The parameter exists only while `name` (a conditional or a categorical parameter) has one of `values`.
struct condition {
  std::string name;
  std::vector<std::string> values;
  bool operator==(const condition&) const = default;
};

/// What a user may write as the value of a parameter.
using parameter_value = std::variant<double, std::int64_t, std::string>;

struct parameter {
  std::string name;
  parameter_type type = parameter_type::real;
  double min = 0, max = 1;  ///< numbers, both included; with a grid its ends
  transformation scale = transformation::none;
  std::vector<double> grid;             ///< numbers: the only values allowed, ascending; empty: all between min and max
  std::vector<std::string> categories;  ///< categorical: the values
  vilfredo::prior prior;
  std::optional<parameter_value> default_value;
  std::vector<condition> conditions;  ///< all must hold
  bool operator==(const parameter&) const = default;
};

/// It has more than one value.
bool varies(const parameter& p);

/// A choice that only decides which parameters exist (SigOpt's conditionals).
struct conditional {
  std::string name;
  std::vector<std::string> values;
  bool operator==(const conditional&) const = default;
};

/// Σ weight · value ≤ threshold (less_than) or ≥ threshold (greater_than).
struct linear_constraint {
  enum class relation { less_than, greater_than };
  struct term {
    std::string name;
    double weight = 0;
    bool operator==(const term&) const = default;
  };
  relation type = relation::less_than;
  double threshold = 0;
  std::vector<term> terms;
  bool operator==(const linear_constraint&) const = default;
};

struct space_definition {
  std::vector<parameter> parameters;
  std::vector<conditional> conditionals;
  std::vector<linear_constraint> linear_constraints;
  bool operator==(const space_definition&) const = default;
};

/// One configuration: a number for each dimension of its space, in the space's order. A real or integer dimension holds
/// the value itself, a categorical one the index of its category, an inactive one NaN.
struct assignments {
  std::vector<double> values;
};
/// Equal means the same configuration: bit-equal numbers, and inactive where the other is.
bool operator==(const assignments& a, const assignments& b);
std::uint64_t fingerprint(const assignments& x);

struct named_value {
  std::string name;
  parameter_value value;
  bool operator==(const named_value&) const = default;
};

/// The set of configurations that may be tried. Immutable; made only from a definition that makes sense.
///
/// Dimensions are the conditionals (as categorical dimensions) followed by the parameters, both in the order of the
/// definition. The unit cube has one coordinate a dimension: numbers are mapped so that a uniform coordinate is uniform
/// on the parameter's scale (integers and grids own equal shares, log integers shares by ratio, k from k − ½ to k + ½;
/// a category owns 1/k).
///
/// Conditions may nest but not form a circle, and hold on conditionals and categorical parameters only. Linear
/// constraints are over numbers that always exist. At most 1000 dimensions of at most 10 000 categories or grid values;
/// integers within ±2^53.
class space {
public:
  /// Fails with one sentence that names the parameter and what to change.
  static result<space> make(space_definition definition);

  const space_definition& definition() const { return definition_; }
  /// Conditionals first, each as a categorical parameter.
  const std::vector<parameter>& dimensions() const { return dimensions_; }
  std::size_t size() const { return dimensions_.size(); }
  std::optional<std::size_t> find(std::string_view name) const;

  /// Whether dimension `i` exists in `x`; looks only at the dimensions it depends on. A dimension whose parent is
  /// inactive is inactive.
  bool active(const assignments& x, std::size_t i) const;
  /// Dimension order in which each comes after all it depends on.
  const std::vector<std::size_t>& order() const { return order_; }

  /// The configuration at a point of the unit cube (size() coordinates in [0, 1]); inside bounds and types, inactive
  /// dimensions NaN. Ignores linear constraints and priors.
  assignments from_unit(std::span<const double> u) const;
  /// A point that from_unit maps back to `x` (real numbers to rounding); inactive dimensions get 0.5.
  std::vector<double> to_unit(const assignments& x) const;
  /// The same for one dimension.
  double from_unit(std::size_t i, double u) const;
  double to_unit(std::size_t i, double value) const;
  /// The part of the unit interval that from_unit maps to `value`; a point for a number between real bounds.
  struct cell {
    double low = 0, high = 1;
  };
  cell cell_of(std::size_t i, double value) const;

  bool constrained() const { return !rows_.empty(); }
  /// Whether all linear constraints hold (to 1e-9 of each constraint's own scale).
  bool feasible(const assignments& x) const;
  /// A linear constraint as Σ weights[j] · x[dimensions[j]] ≤ limit.
  struct row {
    std::vector<std::size_t> dimensions;
    std::vector<double> weights;
    double limit = 0;
  };
  const std::vector<row>& rows() const { return rows_; }

  /// Inside bounds, types, grid, conditions and constraints? Fails with a sentence that names the parameter.
  result<void> check(const assignments& x) const;
  /// Reads what a user wrote: missing parameters get their default or are refused, unknown and inactive ones are
  /// refused.
  result<assignments> read(const std::vector<named_value>& named) const;
  /// The active dimensions by name, in the space's order.
  std::vector<named_value> name(const assignments& x) const;

  /// How many configurations there are, or nothing when a real parameter makes them uncountable (or more than 2^53).
  /// Linear constraints are not looked at: they only make it fewer.
  std::optional<std::uint64_t> cardinality() const;

private:
  space() = default;
  space_definition definition_;
  std::vector<parameter> dimensions_;
  std::unordered_map<std::string, std::size_t> index_;
  struct gate {
    std::size_t dimension;
    std::vector<std::size_t> categories;
  };
  std::vector<std::vector<gate>> gates_;  // for each dimension: all must hold
  std::vector<std::size_t> order_;
  std::vector<row> rows_;
};

}  // namespace vilfredo
