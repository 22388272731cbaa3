#include "io/api/run_filter.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "io/api/body.hpp"
#include "io/api/query.hpp"
#include "io/api/refusal.hpp"
#include "io/json_text.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

enum class kind { id, time, boolean, text, any, number };

std::optional<kind> kind_of(std::string_view field) {
  static constexpr std::array ids{"id", "client", "experiment", "observation", "suggestion", "user"};
  static constexpr std::array times{"created", "updated", "completed"};
  static constexpr std::array booleans{"finished", "deleted", "favorite", "optimized_suggestion"};
  static constexpr std::array texts{"name", "state", "model.type", "source_code.content", "source_code.hash"};
  auto in = [&](const auto& list) { return std::ranges::find(list, field) != list.end(); };
  if (in(ids)) return kind::id;
  if (in(times)) return kind::time;
  if (in(booleans)) return kind::boolean;
  if (in(texts)) return kind::text;
  if (field.starts_with("values.") && (field.ends_with(".value") || field.ends_with(".value_stddev")))
    return kind::number;
  if (field.starts_with("logs.") && field.ends_with(".content")) return kind::text;
  if (field.starts_with("assignments.") || field.starts_with("metadata.")) return kind::any;
  return std::nullopt;
}

/// The value at a field, or null.
const json& at(const json& run, std::string_view field) {
  static const json nothing;
  auto member = [](const json& x, std::string_view name) -> const json& {
    if (!x.is_object()) return nothing;
    auto found = x.find(name);
    return found == x.end() ? nothing : *found;
  };
  auto dot = field.find('.');
  if (dot == std::string_view::npos) return member(run, field);
  auto head = field.substr(0, dot), rest = field.substr(dot + 1);
  const auto& part = member(run, head);
  if (head == "values" || head == "logs") {
    auto last = rest.rfind('.');
    return member(member(part, rest.substr(0, last)), rest.substr(last + 1));
  }
  return member(part, rest);
}

json plain(const json& run, const std::string& field) {
  // A suggestion that was asked for gave its values to the run, under the reserved name of a source.
  if (field == "optimized_suggestion")
    return run["suggestion"].is_null() ? json() : json(run["assignments_sources"].contains("SigOpt"));
  const auto& x = at(run, field);
  if (kind_of(field) == kind::id && x.is_string())
    if (auto number = digits(x.get_ref<const std::string&>())) return *number;
  return x;
}

bool holds(const run_condition& c, const json& x) {
  if (c.comparison == "isnull") return x.is_null() == c.value.get<bool>();
  if (c.comparison == "==") return x == c.value;
  if (c.comparison == "!=") return x != c.value;
  if (x.is_null() || c.value.is_null() || x.is_string() != c.value.is_string()) return false;
  if (c.comparison == "<") return x < c.value;
  if (c.comparison == "<=") return x <= c.value;
  if (c.comparison == ">") return x > c.value;
  return x >= c.value;
}

json to_json(const symbol& x) {
  return std::visit(
      [](const auto& value) -> json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
          return nullptr;
        else
          return value;
      },
      x);
}

constexpr std::array always{"id", "client", "user"};

}  // namespace

std::vector<run_condition> read_filters(const http::request& from) {
  std::vector<run_condition> out;
  auto* text = from.parameter("filters");
  if (!text) return out;
  auto all = io::parse_json(*text);
  if (!all || !all->is_array()) throw refusal{400, "filters must be a JSON list of {field, operator, value}"};
  for (const auto& one : *all) {
    if (!one.is_object()) wrong_type("filters", one, "object");
    body form(one, {"field", "operator", "value"});
    form.need("field");
    form.need("operator");
    run_condition c{*form.text("field"), *form.text("operator"), one.value("value", json())};
    auto type = kind_of(c.field);
    if (!type) throw refusal{400, "filters: there is no field \"" + c.field + "\""};
    static constexpr std::array known{"==", "!=", ">=", ">", "<=", "<", "isnull"};
    if (std::ranges::find(known, c.comparison) == known.end())
      throw refusal{400, "filters: \"" + c.comparison + "\" is not one of the allowed values: == != >= > <= < isnull"};
    bool order = c.comparison != "==" && c.comparison != "!=" && c.comparison != "isnull";
    if (c.field == "state" && c.comparison != "==") throw refusal{400, "filters: state allows only =="};
    if (*type == kind::boolean && order) throw refusal{400, "filters: " + c.field + " has no order"};
    if (c.comparison == "isnull") {
      // SigOpt's has no value; ours may say false, for runs where there is something.
      if (c.value.is_null()) c.value = true;
      if (!c.value.is_boolean()) wrong_type("filters." + c.field, c.value, "boolean");
    } else if (!c.value.is_null()) {
      bool fits = false;
      switch (*type) {
      case kind::id:
        if (c.value.is_string())
          if (auto number = digits(c.value.get_ref<const std::string&>())) c.value = *number;
        fits = c.value.is_number_integer();
        if (fits && c.value >= 0) c.value = c.value.get<std::uint64_t>();
        break;
      case kind::time: fits = c.value.is_number_integer(); break;
      case kind::boolean: fits = c.value.is_boolean(); break;
      case kind::text: fits = c.value.is_string(); break;
      case kind::number: fits = c.value.is_number(); break;
      case kind::any: fits = c.value.is_number() || c.value.is_string(); break;
      }
      if (!fits) wrong_type("filters." + c.field, c.value, "the field's own type");
      if (c.field == "state" && c.value != "active" && c.value != "completed" && c.value != "failed")
        throw refusal{400,
                      "filters: " + brief(c.value) + " is not one of the allowed values: active, completed, failed"};
    }
    out.push_back(std::move(c));
  }
  return out;
}

bool passes(const std::vector<run_condition>& all, const json& run) {
  return std::ranges::all_of(all, [&](const run_condition& c) { return holds(c, plain(run, c.field)); });
}

std::optional<std::uint64_t> experiment_wanted(const std::vector<run_condition>& all) {
  for (const auto& c : all)
    if (c.field == "experiment" && c.comparison == "==" && c.value.is_number_unsigned())
      return c.value.get<std::uint64_t>();
  return std::nullopt;
}

symbol column_of(const json& run, const std::string& field) {
  if (!kind_of(field)) throw refusal{400, "sort: there is no field \"" + field + "\""};
  auto x = plain(run, field);
  if (x.is_boolean()) return x.get<bool>();
  if (x.is_number_integer()) return x.get<std::int64_t>();
  if (x.is_number()) return x.get<double>();
  if (x.is_string()) return x.get<std::string>();
  return {};
}

symbol value_of(const run_index::row& run, std::string_view field) {
  if (field == "id") return static_cast<std::int64_t>(run.run);
  if (std::ranges::find(always, field) != always.end()) return std::int64_t{1};  // there is one client and one user
  auto column = std::ranges::find(run_index::columns, field);
  if (column == run_index::columns.end()) return {};
  return run.values[static_cast<std::size_t>(column - run_index::columns.begin())];
}

indexed_field::indexed_field(std::string name, const run_index& of)
    : name_(std::move(name)),
      own_(std::ranges::find(always, name_) != always.end() ||
           std::ranges::find(run_index::columns, name_) != run_index::columns.end()),
      place_(own_ ? std::nullopt : of.place_of_other(name_)) {}

std::optional<symbol> indexed_field::of(const run_index::row& run) const {
  if (own_) return value_of(run, name_);
  auto found = place_ ? std::ranges::find(run.others, *place_, &run_index::row::other::place) : run.others.end();
  if (found == run.others.end()) return symbol{};
  if (auto* whole = std::get_if<std::int64_t>(&found->value)) return *whole;
  if (auto* real = std::get_if<double>(&found->value)) return *real;
  return std::nullopt;
}

indexed_filter::indexed_filter(std::vector<run_condition> all, const run_index& of) {
  for (auto& c : all) {
    indexed_field field(c.field, of);
    all_.emplace_back(std::move(c), std::move(field));
  }
}

std::optional<bool> indexed_filter::passes(const run_index::row& run) const {
  std::optional<bool> out = true;
  for (const auto& [condition, field] : all_) {
    const auto value = field.of(run);
    if (!value)
      out = std::nullopt;
    else if (!holds(condition, to_json(*value)))
      return false;
  }
  return out;
}

}  // namespace vilfredo::api
