#include "io/api/run_index.hpp"

#include <doctest/doctest.h>

#include "core/random.hpp"
#include "io/api/run_fields.hpp"
#include "io/api/run_filter.hpp"
#include "io/api/run_form.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::api;
using nlohmann::json;

namespace {

document run_document(std::uint64_t number, const json& more, std::uint64_t version = 1) {
  auto run = fresh_run("run " + std::to_string(number), "loans");
  run.update(more);
  document out;
  out.collection = "run";
  out.key = std::to_string(number);
  out.number = number;
  out.version = version;
  out.created = time_point{duration{static_cast<std::int64_t>(number) * 1000}};
  out.updated = out.created + duration{5000};
  out.body = run.dump();
  return out;
}

struct shelf {
  void put(const document& x) { index.put(x.number, x.version, index_entry(x)); }
  run_index::shared_row row(std::uint64_t number) const {
    for (const auto& x : index.rows({}, {}))
      if (x->run == number) return x;
    return nullptr;
  }
  std::vector<std::uint64_t> numbers(std::optional<std::uint64_t> experiment,
                                     std::optional<std::string> project) const {
    std::vector<std::uint64_t> out;
    for (const auto& x : index.rows(experiment, project)) out.push_back(x->run);
    return out;
  }

  run_index index;
};

/// Runs of which each field is there in some and not in others.
document random_run(random_source& r, std::uint64_t number) {
  auto maybe = [&] { return r.below(2) == 1; };
  json more{{"project", maybe() ? "loans" : "cars"}};
  if (maybe()) more["state"] = maybe() ? "completed" : "failed", more["completed"] = 100 + r.below(3);
  if (maybe()) more["experiment"] = std::to_string(1 + r.below(2)), more["suggestion"] = std::to_string(r.below(4));
  if (maybe()) more["assignments_sources"] = {{"SigOpt", {{"sort", 1}}}};
  if (maybe()) more["observation"] = std::to_string(r.below(4));
  if (maybe()) more["model"] = {{"type", maybe() ? "trees" : "net"}};
  if (maybe()) more["source_code"] = {{"hash", "ab"}};
  if (maybe()) more["source_code"]["content"] = "print()";
  if (maybe()) more["favorite"] = maybe();
  if (maybe()) more["deleted"] = true;
  if (maybe())
    more["assignments"] = {{"lr", maybe() ? json(0.1) : json(100)}, {"kind", maybe() ? json("trees") : json(1)}};
  if (maybe()) more["metadata"] = {{"host", "h"}, {"size", maybe() ? json() : json(101.5)}};
  if (maybe()) more["logs"] = {{"stdout", {{"content", "hello"}}}};
  if (maybe())
    more["values"] = {
        {"y", {{"value", maybe() ? json(1) : json(101.5)}, {"value_stddev", maybe() ? json(0.5) : json()}}}};
  return run_document(number, more);
}

}  // namespace

TEST_CASE("the index says of its fields what a reading of the run says") {
  random_source r(11);
  shelf s;
  std::vector<document> all;
  for (std::uint64_t n = 1; n <= 200; ++n) {
    all.push_back(random_run(r, n));
    s.put(all.back());
  }
  const auto rows = s.index.rows({}, {});
  REQUIRE(rows.size() == all.size());
  std::vector<std::string> own{"id", "client", "user"};
  own.insert(own.end(), run_index::columns.begin(), run_index::columns.end());
  const std::vector<std::string> others{"assignments.lr",        "assignments.kind",    "metadata.host",
                                        "metadata.size",         "values.y.value",      "values.y.value_stddev",
                                        "values.none.value",     "logs.stdout.content", "source_code.content",
                                        "assignments.unheard of"};
  auto fields = own;
  fields.insert(fields.end(), others.begin(), others.end());
  std::map<std::string, int> told, untold;
  for (const auto& field : fields) {
    CAPTURE(field);
    const indexed_field known(field, s.index);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto column = known.of(*rows[i]);
      ++(column ? told : untold)[field];
      if (column) REQUIRE(*column == column_of(run_object(all[i]), field));
    }
    for (const char* how : {"==", "!=", "<", "<=", ">", ">=", "isnull"})
      for (const json& value : {json(1), json(100), json(101.5), json("loans"), json("trees"), json(true), json()}) {
        const std::vector<run_condition> one{{field, how, std::string(how) == "isnull" ? json(value == true) : value}};
        const indexed_filter filter(one, s.index);
        for (std::size_t i = 0; i < all.size(); ++i) {
          const auto passes_by_index = filter.passes(*rows[i]);
          REQUIRE(passes_by_index.has_value() == known.of(*rows[i]).has_value());
          if (passes_by_index) REQUIRE(*passes_by_index == passes(one, run_object(all[i])));
        }
      }
  }
  for (const auto& field : own) CHECK(untold[field] == 0);
  for (const auto* field : {"assignments.lr", "values.y.value", "values.y.value_stddev", "values.none.value"})
    CHECK(untold[field] == 0);
  for (const auto* field : {"assignments.kind", "metadata.host", "metadata.size", "source_code.content"})
    CHECK(untold[field] > 0);
}

TEST_CASE("of several conditions one that does not hold is enough, whatever the others are") {
  shelf s;
  s.put(run_document(1, {{"assignments", {{"kind", "trees"}}}, {"values", {{"y", {{"value", 2}}}}}}));
  auto asked = [&](double least, const char* kind) {
    return indexed_filter({{"values.y.value", ">=", least}, {"assignments.kind", "==", kind}}, s.index)
        .passes(*s.row(1));
  };
  CHECK(asked(3, "trees") == false);
  CHECK(asked(2, "trees") == std::nullopt);
}

TEST_CASE("fields are counted as they are found in the runs") {
  random_source r(12);
  shelf s;
  std::map<std::string, std::uint64_t> expected;
  run_fields fields(s.index);
  for (std::uint64_t n = 1; n <= 100; ++n) {
    auto x = random_run(r, n);
    s.put(x);
    const auto run = run_object(x);
    for (const char* field : {"id", "experiment", "completed", "model.type", "source_code.hash", "source_code.content"})
      if (!std::holds_alternative<std::monostate>(column_of(run, field))) ++expected[field];
    for (const auto* field : {"assignments.lr", "assignments.kind", "metadata.host", "logs.stdout.content",
                              "values.y.value", "values.y.value_stddev"})
      if (!std::holds_alternative<std::monostate>(column_of(run, field))) ++expected[field];
    if (run["favorite"] == true) ++expected["favorite"];
    fields.count(*s.row(n));
  }
  std::map<std::string, json> listed;
  for (const auto& x : fields.list()) listed[x["key"]] = x;
  CHECK(expected.size() == 13);
  for (const auto& [field, n] : expected) CHECK_MESSAGE(listed[field]["count"] == n, field);
  CHECK(listed["assignments.lr"]["name"] == "lr");
  CHECK(listed["values.y.value"]["type"] == "numeric");
  CHECK(listed["logs.stdout.content"]["type"] == "string");
}

TEST_CASE("rows are those of an experiment and a project, by id, whenever they came") {
  shelf s;
  for (std::uint64_t n : {3, 1, 4, 2})
    s.put(run_document(n, {{"experiment", n % 2 ? json("7") : json()}, {"project", n < 3 ? "loans" : "cars"}}));
  CHECK(s.numbers({}, {}) == std::vector<std::uint64_t>{1, 2, 3, 4});
  CHECK(s.numbers(7, {}) == std::vector<std::uint64_t>{1, 3});
  CHECK(s.numbers({}, "cars") == std::vector<std::uint64_t>{3, 4});
  CHECK(s.numbers(7, "cars") == std::vector<std::uint64_t>{3});
  CHECK(s.numbers(8, {}).empty());
  CHECK(s.index.runs_of(7) == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("what is known of a newer version stays, and who has taken rows keeps them as they were") {
  shelf s;
  s.put(run_document(1, {{"name", "new"}, {"state", "completed"}}, 3));
  auto before = s.row(1);
  s.put(run_document(1, {{"name", "old"}}, 2));
  CHECK(value_of(*s.row(1), "name") == symbol{std::string("new")});
  CHECK(s.index.of_project("loans").finished == 1);
  s.put(run_document(1, {{"name", "newest"}, {"project", "cars"}}, 4));
  CHECK(value_of(*s.row(1), "name") == symbol{std::string("newest")});
  CHECK(value_of(*before, "name") == symbol{std::string("new")});
  CHECK(s.index.of_project("loans").total() == 0);
  CHECK(s.index.of_project("cars").active == 1);
  CHECK(s.index.project_of(1) == "cars");
}
