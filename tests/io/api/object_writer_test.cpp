#include "io/api/object_writer.hpp"

#include <bit>
#include <limits>
#include <random>

#include <doctest/doctest.h>

#include "io/api/objects.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using api::append_text;
using api::text_of;
using nlohmann::json;

namespace {
template <class T>
std::string text(const T& x) {
  std::string out;
  append_text(out, x);
  return out + "\n";
}
}  // namespace

TEST_CASE("a number is written as it is in a value") {
  std::mt19937_64 draw(7);
  for (double x : {0.0, -0.0, 1.0, -3.0, 0.1, 1e22, 1e-7, 123456789012345680.0, 5e-324,
                   std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(text(x) == text_of(json(x)));
  for (int i = 0; i < 20'000; ++i) {
    auto x = std::bit_cast<double>(draw());
    if (text(x) != text_of(json(x))) FAIL_CHECK(x);
  }
}

TEST_CASE("a text is written as it is in a value, whatever it holds") {
  std::mt19937_64 draw(8);
  CHECK(text(std::string_view("<a & \"b\">")) == "\"\\u003Ca \\u0026 \\\"b\\\"\\u003E\"\n");
  CHECK(text(std::string_view("größer")) == "\"größer\"\n");
  for (int i = 0; i < 5'000; ++i) {
    std::string x;
    for (auto n = draw() % 12; n > 0; --n) x += static_cast<char>(draw() % 4 ? 0x20 + draw() % 0x60 : draw() % 256);
    if (text(std::string_view(x)) != text_of(json(x))) FAIL_CHECK(x);
  }
}

TEST_CASE("objects and lists that are empty or nested look the same written and as values") {
  auto fill = [](auto& to) {
    to.list("a", [](auto) {});
    to.object("b", [](auto&) {});
    to.list("c", [](auto add) {
      add([](auto&) {});
      add([](auto& in) {
        in("x", true);
        in.object("y", [](auto& deep) { deep("z", std::int64_t{-4}); });
      });
    });
    to("d", nullptr);
    to("e<", "word");
  };
  api::value_object value;
  fill(value);
  std::string written;
  api::text_object all(written);
  fill(all);
  all.end();
  auto built = std::move(value).end();
  CHECK(written + "\n" == text_of(built));
  CHECK(built["c"][1]["y"]["z"] == -4);
}

TEST_CASE("a suggestion and an observation are written as their values are") {
  auto d = experiment({real("rate", 0, 1), integer("Leaves & more", 1, 9), categorical("kind", {"a<b", "c"})},
                      {minimize("loss"), maximize("gain")});
  auto domain = must(space::make(d.space));
  auto notes = std::make_shared<const metadata_map>(
      metadata_map{{"host", "n\n1"}, {"cost", 0.25}, {"count", 3.0}, {"empty", ""}});
  const experiment_id id{12};

  trial t;
  t.id = {7};
  t.point.values = {0.3, 4, 0};
  t.attempt = 2;
  t.issued = time_point(duration(1'700'000'000'123));
  t.state = trial_state::running;
  t.lease_until = forever;
  auto check_trial = [&] {
    auto value = api::suggestion_object(id, d, domain, t);
    CHECK(api::suggestion_text(id, d, domain, t) == text_of(value));
    return value;
  };
  CHECK(check_trial()["assignments"] == json{{"rate", 0.3}, {"Leaves & more", 4}, {"kind", "a<b"}});
  t.metadata = notes;
  t.lease_until = time_point(duration(1'700'000'100'000));
  CHECK(check_trial()["metadata"] == json{{"host", "n\n1"}, {"cost", 0.25}, {"count", 3}, {"empty", ""}});

  observation seen;
  seen.id = {31};
  seen.trial = t.id;
  seen.point = t.point;
  seen.values = {0.5, absent};
  seen.stddevs = {absent, absent};
  auto check_seen = [&] {
    auto value = api::observation_object(id, d, domain, seen);
    CHECK(api::observation_text(id, d, domain, seen) == text_of(value));
    return value;
  };
  CHECK(check_seen()["values"].size() == 1);
  seen.values = {2, 1e-9};
  seen.stddevs = {0.25, absent};
  seen.metadata = notes;
  seen.stopped_at = 4;
  auto both = check_seen();
  CHECK(both["values"][0]["name"] == "gain");
  CHECK(both["values"][1]["value_stddev"] == 0.25);
  seen.failure = "failed";
  seen.trial = {};
  CHECK(check_seen()["values"] == json::array());

  d.tasks = {{"quick", 0.1}, {"full", 1}};
  t.task = task_index{0};
  CHECK(check_trial()["task"]["name"] == "quick");
  CHECK(check_seen()["task"]["name"] == "full");
  d.tasks = {{"quick", 0.1}};
  CHECK(check_seen()["task"] == nullptr);
  d.metrics.pop_back();
  d.labels[api::label::unnamed] = "true";
  seen.failure.clear();
  seen.values = {1};
  seen.stddevs.clear();
  CHECK(check_seen()["values"][0]["name"] == nullptr);
}
