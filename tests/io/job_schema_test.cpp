/// Keeps configs/job.schema.json and the codec in step: the same keys, and the same verdict on shapes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "io/definition_codec.hpp"
#include "io/definition_keys.hpp"
#include "io/json_text.hpp"
#include "tests/support/files.hpp"

using namespace vilfredo;
using nlohmann::json;

namespace {
json schema() { return *io::parse_json(tests::contents(tests::source("configs/job.schema.json"))); }

json job(const char* name) {
  return *io::parse_json(tests::contents(tests::source("configs/jobs") / name), io::json_style::relaxed);
}

/// As much of JSON Schema 2020-12 as the schema uses; fails on a keyword it does not know.
class validator {
public:
  explicit validator(json root) : root_(std::move(root)) {}

  bool accepts(const json& x) const { return accepts(x, root_); }

private:
  bool accepts(const json& x, const json& rule) const {
    for (const auto& [keyword, value] : rule.items())
      if (!holds(keyword, value, x, rule)) return false;
    return true;
  }

  bool holds(const std::string& keyword, const json& value, const json& x, const json& rule) const {
    static const std::set<std::string> words{"$schema", "$id", "$defs", "title", "description", "default"};
    if (words.contains(keyword)) return true;
    if (keyword == "$ref") return accepts(x, root_.at(json::json_pointer(value.get<std::string>().substr(1))));
    if (keyword == "type") return is(x, value);
    if (keyword == "enum") return std::ranges::find(value, x) != value.end();
    if (keyword == "const") return x == value;
    if (keyword == "anyOf") return std::ranges::any_of(value, [&](const json& one) { return accepts(x, one); });
    if (keyword == "minimum") return !x.is_number() || x.get<double>() >= value.get<double>();
    if (keyword == "maximum") return !x.is_number() || x.get<double>() <= value.get<double>();
    if (keyword == "exclusiveMinimum") return !x.is_number() || x.get<double>() > value.get<double>();
    if (keyword == "minLength") return !x.is_string() || x.get<std::string>().size() >= value;
    if (keyword == "maxLength") return !x.is_string() || x.get<std::string>().size() <= value;
    if (keyword == "minItems") return !x.is_array() || x.size() >= value;
    if (keyword == "maxItems") return !x.is_array() || x.size() <= value;
    if (keyword == "items")
      return !x.is_array() || std::ranges::all_of(x, [&](const json& one) { return accepts(one, value); });
    if (keyword == "required")
      return !x.is_object() || std::ranges::all_of(value, [&](const json& key) { return x.contains(key); });
    if (keyword == "properties") {
      if (!x.is_object()) return true;
      for (const auto& [key, one] : x.items())
        if (value.contains(key) && !accepts(one, value[key])) return false;
      return true;
    }
    if (keyword == "additionalProperties") {
      if (!x.is_object()) return true;
      for (const auto& [key, one] : x.items()) {
        if (rule.contains("properties") && rule["properties"].contains(key)) continue;
        if (value.is_boolean() ? !value.get<bool>() : !accepts(one, value)) return false;
      }
      return true;
    }
    FAIL("the schema uses a keyword that this test does not know: " << keyword);
    return false;
  }

  static bool is(const json& x, const json& type) {
    if (type.is_array()) return std::ranges::any_of(type, [&](const json& one) { return is(x, one); });
    if (type == "object") return x.is_object();
    if (type == "array") return x.is_array();
    if (type == "string") return x.is_string();
    if (type == "boolean") return x.is_boolean();
    if (type == "null") return x.is_null();
    if (type == "number") return x.is_number();
    if (type == "integer") return x.is_number_integer() || (x.is_number() && x == std::floor(x.get<double>()));
    FAIL("unknown type " << type);
    return false;
  }

  json root_;
};

std::set<std::string> names(std::span<const std::string_view> keys) { return {keys.begin(), keys.end()}; }

std::set<std::string> properties(const json& rule) {
  std::set<std::string> out;
  for (const auto& [key, value] : rule["properties"].items()) out.insert(key);
  return out;
}

/// Calls `each` with a changed copy of the document for every value in it.
void changed(const json& document, const json::json_pointer& at,
             const std::function<void(json, const std::string&)>& each) {
  const auto& here = document.at(at);
  static const json others[] = {
      true, -1, 0, 2.5, "text", "", json::array(), json::object(), json::array({1, "a"}), json{{"name", "x"}}};
  for (const auto& other : others) {
    auto copy = document;
    copy[at] = other;
    each(std::move(copy), at.to_string() + " = " + other.dump());
  }
  if (here.is_object()) {
    auto copy = document;
    copy[at]["unheard_of"] = 1;
    each(std::move(copy), at.to_string() + " with an unknown key");
    for (const auto& [key, value] : here.items()) {
      copy = document;
      copy[at].erase(key);
      each(std::move(copy), at.to_string() + " without " + key);
      changed(document, at / key, each);
    }
  }
  if (here.is_array())
    for (std::size_t i = 0; i < here.size(); ++i) changed(document, at / i, each);
}
}  // namespace

TEST_CASE("schema and codec know the same keys of each object") {
  namespace keys = io::keys;
  auto s = schema();
  auto& parts = s["$defs"];
  CHECK(properties(s) == names(keys::job));
  const std::map<std::string, std::span<const std::string_view>> objects{
      {"parameter", keys::parameter},
      {"bounds", keys::bounds},
      {"categorical_value", keys::categorical_value},
      {"normal_prior", keys::normal_prior},
      {"beta_prior", keys::beta_prior},
      {"conditional", keys::conditional},
      {"linear_constraint", keys::linear_constraint},
      {"term", keys::term},
      {"metric", keys::metric},
      {"task", keys::task},
      {"stop_when", keys::stop_when},
      {"stagnation", keys::stagnation},
      {"run", keys::run},
      {"resources", keys::resources},
  };
  for (const auto& [name, known] : objects) CHECK(properties(parts[name]) == names(known));
  for (const auto& [name, rule] : parts.items())
    if (rule["type"] == "object" && name != "sampler") {
      CHECK_MESSAGE(objects.contains(name), name);
      CHECK_MESSAGE(rule["additionalProperties"] == false, name);
    }
}

TEST_CASE("every key has a description") {
  auto s = schema();
  for (const auto& [key, rule] : s["properties"].items()) CHECK_MESSAGE(rule.contains("description"), key);
  for (const auto& [name, object] : s["$defs"].items())
    if (object.contains("properties"))
      for (const auto& [key, rule] : object["properties"].items())
        CHECK_MESSAGE(rule.contains("description"), name << "." << key);
}

TEST_CASE("every job file fits the schema") {
  validator fits(schema());
  for (const auto& file : tests::files_in(tests::source("configs/jobs"), ".json"))
    CHECK_MESSAGE(fits.accepts(job(file.filename().c_str())), file);
}

TEST_CASE("schema and codec give the same verdict on every change of shape") {
  validator fits(schema());
  int refused = 0;
  changed(job("every-option.json"), json::json_pointer(""), [&](json x, const std::string& what) {
    bool fine = fits.accepts(x);
    auto read = io::read_definition(x);
    if (!fine) {
      ++refused;
      CHECK_MESSAGE(!read, "only the schema refuses " << what);
    } else if (!read) {
      // What fits may still make no sense; but a complaint about shape is one that editors should show, too.
      const auto& why = read.error().message;
      bool shape = why.find("unknown key") != why.npos || why.find("expected ") != why.npos;
      CHECK_MESSAGE(!shape, "only the codec refuses " << what << ": " << why);
    }
  });
  CHECK(refused > 500);
}

TEST_CASE("what the codec writes fits the schema") {
  validator fits(schema());
  for (auto name : {"every-option.json", "smallest.json"})
    CHECK(fits.accepts(io::to_json(*io::read_definition(job(name)))));
}
