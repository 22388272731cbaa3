#include "io/space_codec.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/definition.hpp"
#include "io/definition_keys.hpp"

namespace vilfredo::io {

namespace {
using nlohmann::json;

json to_json(const parameter_value& x) {
  return std::visit([](const auto& v) { return json(v); }, x);
}

parameter_value read_parameter_value(const json_reader& x) {
  const auto& v = x.value();
  if (v.is_string()) return v.get<std::string>();
  if (v.is_number_float()) return v.get<double>();
  // Above what an int64 holds, only a double is left.
  if (v.is_number_unsigned() && v.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return v.get<double>();
  if (v.is_number_integer()) return v.get<std::int64_t>();
  x.expected("a number or a text in quotes");
  return 0.0;
}

json to_json(const prior& x) {
  if (auto* normal = std::get_if<normal_prior>(&x))
    return {{"name", "normal"}, {"mean", number_json(normal->mean)}, {"scale", number_json(normal->scale)}};
  const auto& beta = std::get<beta_prior>(x);
  return {{"name", "beta"}, {"shape_a", number_json(beta.shape_a)}, {"shape_b", number_json(beta.shape_b)}};
}

prior read_prior(const json_reader& x) {
  enum class kind { normal, beta };
  constexpr auto advice = R"(add "name": "normal" or "beta")";
  if (x.need("name", advice).one_of<kind>({{"normal", kind::normal}, {"beta", kind::beta}}) == kind::normal) {
    x.object({keys::normal_prior});
    return normal_prior{x.need("mean", R"(add "mean": NUMBER)").number(),
                        x.need("scale", R"(add "scale": NUMBER)").number()};
  }
  x.object({keys::beta_prior});
  return beta_prior{x.need("shape_a", R"(add "shape_a": NUMBER)").number(),
                    x.need("shape_b", R"(add "shape_b": NUMBER)").number()};
}

json to_json(const parameter& x) {
  json out{{"name", x.name}, {"type", to_string(x.type)}};
  if (x.type == parameter_type::categorical) {
    out["categorical_values"] = x.categories;
  } else if (x.grid.empty()) {
    out["bounds"] = {{"min", number_json(x.min)}, {"max", number_json(x.max)}};
  } else {
    for (double v : x.grid) out["grid"].push_back(number_json(v));
  }
  if (x.scale == transformation::log) out["transformation"] = "log";
  if (!std::holds_alternative<std::monostate>(x.prior)) out["prior"] = to_json(x.prior);
  if (x.default_value) out["default_value"] = to_json(*x.default_value);
  for (const auto& c : x.conditions)
    out["conditions"][c.name] = c.values.size() == 1 ? json(c.values.front()) : json(c.values);
  return out;
}

void read_bounds(const json_reader& x, parameter& out) {
  x.object({keys::bounds, keys::bounds_strangers});
  out.min = x.need("min", R"(add "min": NUMBER)").number();
  out.max = x.need("max", R"(add "max": NUMBER)").number();
}

void read_grid(const json_reader& x, parameter& out) {
  x.elements([&](const json_reader& v) { out.grid.push_back(v.number()); });
  if (out.grid.empty()) return x.complain("the grid is empty; write its values, or \"bounds\" instead");
  std::ranges::sort(out.grid);
  out.min = out.grid.front();
  out.max = out.grid.back();
}

/// Texts, or SigOpt's objects with a name.
std::vector<std::string> read_categories(const json_reader& x) {
  std::vector<std::string> out;
  x.elements([&](const json_reader& v) {
    if (!v.value().is_object()) return out.push_back(v.text());
    v.object({keys::categorical_value});
    out.push_back(v.need("name", "add it").text());
  });
  return out;
}

std::vector<condition> read_conditions(const json_reader& x) {
  std::vector<condition> out;
  x.entries([&](const std::string& parent, const json_reader& v) {
    condition c{parent, {}};
    if (v.value().is_array())
      v.elements([&](const json_reader& one) { c.values.push_back(one.text()); });
    else
      c.values.push_back(v.text("conditions hold on values of conditionals and categorical parameters"));
    out.push_back(std::move(c));
  });
  return out;
}

parameter read_parameter(const json_reader& x) {
  x.object({keys::parameter, keys::parameter_strangers});
  parameter out;
  out.name = x.need("name", "give the parameter a name").text();
  out.type = x.need("type", R"(add "type": "double", "int" or "categorical")")
                 .one_of<parameter_type>({{"double", parameter_type::real},
                                          {"int", parameter_type::integer},
                                          {"categorical", parameter_type::categorical}},
                                         keys::parameter_type_strangers);
  auto bounds = x.find("bounds");
  auto grid = x.find("grid");
  auto categories = x.find("categorical_values");
  if (out.type == parameter_type::categorical) {
    if (bounds) bounds->complain("a categorical parameter has no bounds; write \"categorical_values\" instead");
    if (grid) grid->complain("a categorical parameter has no grid; write \"categorical_values\" instead");
    out.categories = read_categories(x.need("categorical_values", R"(add "categorical_values": ["first", "second"])"));
  } else {
    if (categories) categories->complain("only a categorical parameter has them; write \"bounds\" or \"grid\" instead");
    if (bounds && grid) grid->complain("a parameter has bounds or a grid, not both; remove one of them");
    if (grid)
      read_grid(*grid, out);
    else
      read_bounds(x.need("bounds", R"(add "bounds": {"min": NUMBER, "max": NUMBER}, or "grid": [NUMBERS])"), out);
  }
  if (auto t = x.find("transformation"))
    out.scale = t->one_of<transformation>({{"none", transformation::none}, {"log", transformation::log}});
  if (auto p = x.find("prior")) out.prior = read_prior(*p);
  if (auto d = x.find("default_value")) out.default_value = read_parameter_value(*d);
  if (auto c = x.find("conditions")) out.conditions = read_conditions(*c);
  return out;
}

conditional read_conditional(const json_reader& x) {
  x.object({keys::conditional});
  conditional out;
  out.name = x.need("name", "give the conditional a name").text();
  x.need("values", R"(add "values": ["first", "second"])").elements([&](const json_reader& v) {
    out.values.push_back(v.text());
  });
  return out;
}

json to_json(const linear_constraint& x) {
  json terms = json::array();
  for (const auto& t : x.terms) terms.push_back({{"name", t.name}, {"weight", number_json(t.weight)}});
  bool less = x.type == linear_constraint::relation::less_than;
  return {{"type", less ? "less_than" : "greater_than"},
          {"threshold", number_json(x.threshold)},
          {"terms", std::move(terms)}};
}

linear_constraint read_linear_constraint(const json_reader& x) {
  using relation = linear_constraint::relation;
  x.object({keys::linear_constraint});
  linear_constraint out;
  out.type = x.need("type", R"(add "type": "less_than" or "greater_than")")
                 .one_of<relation>({{"less_than", relation::less_than}, {"greater_than", relation::greater_than}});
  out.threshold = x.need("threshold", R"(add "threshold": NUMBER)").number();
  x.need("terms", R"(add "terms": [{"name": PARAMETER, "weight": NUMBER}])").elements([&](const json_reader& t) {
    t.object({keys::term});
    out.terms.push_back({t.need("name", "name the parameter that the weight is for").text(),
                         t.need("weight", R"(add "weight": NUMBER)").number()});
  });
  return out;
}
}  // namespace

json number_json(double x) {
  if (x == std::floor(x) && std::abs(x) <= 0x1p53 && !(x == 0 && std::signbit(x))) return static_cast<std::int64_t>(x);
  return x;
}

json to_json(const std::vector<named_value>& x) {
  json out = json::object();
  for (const auto& v : x) out[v.name] = to_json(v.value);
  return out;
}

std::vector<named_value> read_named_values(const json_reader& x) {
  std::vector<named_value> out;
  x.entries([&](const std::string& name, const json_reader& v) { out.push_back({name, read_parameter_value(v)}); });
  return out;
}

void write_space(json& job, const space_definition& x) {
  job["parameters"] = json::array();
  for (const auto& p : x.parameters) job["parameters"].push_back(to_json(p));
  for (const auto& c : x.conditionals) job["conditionals"].push_back({{"name", c.name}, {"values", c.values}});
  for (const auto& c : x.linear_constraints) job["linear_constraints"].push_back(to_json(c));
}

space_definition read_space(const json_reader& job) {
  space_definition out;
  job.need("parameters", R"(add "parameters": [{"name": …, "type": …, "bounds": …}])")
      .elements([&](const json_reader& p) { out.parameters.push_back(read_parameter(p)); });
  if (auto list = job.find("conditionals"))
    list->elements([&](const json_reader& c) { out.conditionals.push_back(read_conditional(c)); });
  if (auto list = job.find("linear_constraints"))
    list->elements([&](const json_reader& c) { out.linear_constraints.push_back(read_linear_constraint(c)); });
  return out;
}

}  // namespace vilfredo::io
