#include "io/fact_codec.hpp"

#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "io/json_text.hpp"
#include "tests/support/files.hpp"
#include "tests/support/mutate.hpp"
#include "tests/support/random_event.hpp"

using namespace vilfredo;
using io::decode;
using io::encode;

namespace {
constexpr auto kinds = std::variant_size_v<events::event>;

events::event read(std::string_view text) {
  auto out = decode(text);
  REQUIRE_MESSAGE(out, (out ? "" : out.error().message));
  return *out;
}

std::vector<std::string> lines_of(const std::string& file) {
  std::istringstream in(tests::contents(tests::source(file)));
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

time_point at(std::int64_t ms) { return time_point(duration(ms)); }

std::shared_ptr<const definition> quadratic() {
  auto out = std::make_shared<definition>();
  out->name = "größe";
  out->space.parameters = {parameter{}};
  out->space.parameters[0].name = "x";
  out->space.parameters[0].max = 4;
  out->metrics = {{"y", objective::minimize, strategy::optimize, 2.5}};
  out->observation_budget = 9;
  out->seed = 18446744073709551615u;
  return out;
}

/// What tests/data/journal_v1.jsonl says, line by line: each event with every field, then each with as few as may be.
std::vector<events::event> version_1() {
  edit_experiment changes;
  changes.name = "new name";
  changes.observation_budget = std::optional<std::uint64_t>{};
  changes.parallel_bandwidth = 3;
  changes.thresholds = {{"y", 0.5}, {"z", std::nullopt}};
  changes.stop_when = stop_rules{60, 5, 7, {{"y", 0.25}}};
  changes.metadata = {{"team", std::string("credit")}, {"ticket", 12.0}};
  events::trial_issued issued;
  issued.trial = {7};
  issued.attempt = 2;
  issued.worker = "host-1/2";
  issued.lease = 5;
  issued.lease_until = at(1700000000123);
  issued.point = assignments{{0.1, absent, -0.0, 5e-324, 1e308}};
  issued.from = origin::stale;
  issued.based_on = 11;
  issued.plan = 4;
  issued.candidate = 1;
  issued.sequence = 16;
  events::trial_issued least;
  least.trial = {8};
  observation seen{{3}, {7}, {{0.5, absent}}, {1.5, absent}, {0.25, absent}, "out of memory", at(1700000000456)};
  observation bare{{4}, {}, {{0.5, 2}}, {}, {}, "", {}};
  events::trial_issued cheap;
  cheap.trial = {12};
  cheap.point = assignments{{0.5, 3}};
  cheap.task = 0;
  observation part{{7}, {12}, {{0.5, 3}}, {0.5, 2}, {}, "", {}, 4.5, 1};
  events::trial_issued resumed;
  resumed.trial = {12};
  resumed.attempt = 2;
  resumed.resumed_from = 3;
  resumed.anew = true;
  edit_experiment limits;
  limits.stop_when = stop_rules{};
  limits.stop_when->improbable = {10, 0.25};
  limits.stop_when->steps = 1000;
  limits.stop_when->cost = {{"y", 12.5}};
  auto noted = std::make_shared<const metadata_map>(metadata_map{{"batch", 7.0}, {"host", std::string("größe")}});
  events::trial_issued own;
  own.trial = {14};
  own.point = assignments{{0.5, 3}};
  own.metadata = noted;
  edit_experiment moved;
  moved.labels = {{"project", "credit"}, {"owner", std::nullopt}};
  observation kept{{8}, {}, {{0.5, 2}}, {0.5, 2}, {}, "", {}};
  kept.metadata = std::make_shared<const metadata_map>();
  return {
      events::experiment_created{quadratic()},
      events::experiment_edited{changes},
      events::experiment_edited{},
      events::trial_queued{{6}, {{0.5, 3}}},
      issued,
      least,
      events::lease_renewed{{7}, 6, at(1700000060123)},
      events::lease_renewed{{7}, 1, forever},
      events::progress_reported{{7}, 2, 10, {0.75, absent}},
      events::progress_reported{{7}, 1, 0.5, {}},
      events::trial_completed{{7}, 2, {3}, {0.75, 12}, {0.125, absent}, true},
      events::trial_completed{{8}, 1, {4}, {0.5}, {}, false},
      events::trial_failed{{9}, 3, {5}, "diverged: \"loss\" is NaN\n"},
      events::trial_failed{{9}, 1, {5}, ""},
      events::trial_returned{{9}, 2, return_cause::machine, "signal 9", at(1700000004000)},
      events::trial_returned{{9}, 1, return_cause::worker_lost, "", {}},
      events::trial_cancelled{{10}, "nobody needs it"},
      events::trial_cancelled{{10}, ""},
      events::result_discarded{{7}, 2, {0.5, 13}},
      events::result_discarded{{7}, 1, {}},
      events::observation_added{seen},
      events::observation_added{bare},
      events::observation_edited{{3}, {1, 2}, {0.5, 0.5}, "wrong data"},
      events::observation_edited{{3}, {}, {}, ""},
      events::observation_deleted{{3}},
      events::trial_deleted{{7}},
      events::plan_made{
          5, 12, "tpe", {{{0.5, 1}}, {{0.25, absent}}}, std::string("\x00\xff\x01", 3), "40 good of 200", true, true},
      events::plan_made{1, 0, "", {}, "", "", false, false},
      events::plan_failed{13, "gp", "the matrix is singular"},
      events::plan_failed{},
      events::experiment_paused{},
      events::experiment_resumed{},
      events::experiment_archived{},
      events::experiment_stopped{"stagnation", "15 trials in a row improved nothing"},
      events::experiment_stopped{},
      events::trial_stopped{
          {11}, 2, {6}, 9, {0.5, absent}, "asha", "8 of the 9 trials that reached step 9 were better there"},
      events::trial_stopped{{11}, 1, {6}, 0, {std::numeric_limits<double>::infinity()}, "", ""},
      events::trial_queued{{13}, {{0.5, 3}}, 2},
      cheap,
      events::observation_added{part},
      events::plan_made{6, 12, "", {{{0.5, 1}}, {{0.25, 2}}}, "", "", false, false, {1, 0}},
      events::experiment_edited{limits},
      events::trial_paused{{12}, 2, 3, "asha", "2 of the 3 trials that reached step 3 were better there"},
      events::trial_paused{{12}, 1, 0, "", ""},
      events::attempt_ended{{12}, 2, true},
      events::attempt_ended{{12}, 1, std::nullopt},
      resumed,
      own,
      events::trial_queued{{15}, {{0.5, 3}}, {}, noted},
      events::experiment_edited{moved},
      events::observation_added{kept},
      events::trial_completed{{14}, 1, {9}, {0.5, 1}, {}, false, noted},
      events::trial_failed{{15}, 1, {10}, "diverged", noted},
      events::observation_edited{{9}, {0.5, 2}, {}, "", noted},
      events::observation_edited{{9}, {0.5, 2}, {}, "", metadata{}},
      events::trial_annotated{{14}, noted, true},
      events::trial_annotated{{14}, metadata{}, {}},
      events::batch_begun{2500, {11}},
  };
}
}  // namespace

TEST_CASE("the journal of version 1 is read for ever") {
  auto expected = version_1();
  auto lines = lines_of("tests/data/journal_v1.jsonl");
  REQUIRE(lines.size() == expected.size());
  std::set<std::size_t> covered;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto event = read(lines[i]);
    covered.insert(event.index());
    CHECK_MESSAGE(tests::same(event, expected[i]), lines[i]);
    CHECK(encode(event) == lines[i]);
  }
  CHECK(covered.size() == kinds);
}

TEST_CASE("the list of fields leaves none out") {
  // A member more in a struct makes its line here refuse to compile.
  const auto size = []<class... T>(const std::tuple<T...>&) { return sizeof...(T); };
#define FIELDS(E, n, ...)                                                                                              \
  {                                                                                                                    \
    E x{};                                                                                                             \
    [[maybe_unused]] auto& [__VA_ARGS__] = io::fact_body(x);                                                           \
    CHECK(size(io::fact_shape<E>::fields) == n);                                                                       \
  }
  FIELDS(events::experiment_created, 1, a)
  FIELDS(events::experiment_edited, 7, a, b, c, d, e, f, g)
  FIELDS(events::trial_queued, 4, a, b, c, d)
  FIELDS(events::trial_issued, 15, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)
  FIELDS(events::lease_renewed, 3, a, b, c)
  FIELDS(events::progress_reported, 4, a, b, c, d)
  FIELDS(events::trial_completed, 7, a, b, c, d, e, f, g)
  FIELDS(events::trial_failed, 5, a, b, c, d, e)
  FIELDS(events::trial_returned, 5, a, b, c, d, e)
  FIELDS(events::trial_cancelled, 2, a, b)
  FIELDS(events::result_discarded, 3, a, b, c)
  FIELDS(events::observation_added, 10, a, b, c, d, e, f, g, h, i, j)
  FIELDS(events::observation_edited, 5, a, b, c, d, e)
  FIELDS(events::observation_deleted, 1, a)
  FIELDS(events::trial_deleted, 1, a)
  FIELDS(events::plan_made, 9, a, b, c, d, e, f, g, h, i)
  FIELDS(events::plan_failed, 3, a, b, c)
  FIELDS(events::experiment_stopped, 2, a, b)
  FIELDS(events::trial_stopped, 7, a, b, c, d, e, f, g)
  FIELDS(events::trial_paused, 5, a, b, c, d, e)
  FIELDS(events::attempt_ended, 3, a, b, c)
  FIELDS(events::trial_annotated, 3, a, b, c)
  FIELDS(events::batch_begun, 2, a, b)
#undef FIELDS
}

TEST_CASE("random events read back to the bit, from text that any JSON parser would read") {
  random_source random(7);
  for (std::size_t i = 0; i < 400 * kinds; ++i) {
    if (i % kinds == 0 && i / kinds % 10) continue;  // definitions cost more than all others together
    auto event = tests::random_event(i % kinds, random);
    auto text = encode(event);
    CHECK_MESSAGE(tests::same(read(text), event), text);
    CHECK(text.find_first_of(std::string_view("\n\0", 2)) == text.npos);  // one line each
    if (text.find("\\udc") == text.npos) CHECK_MESSAGE(nlohmann::json::accept(text), text);
  }
}

TEST_CASE("fields may come in any order, and the event's name as well") {
  auto event = read(R"( { "values" : [1, 2] , "observation":4, "event":"trial_completed","late" :true,"trial":3 } )");
  CHECK(tests::same(event, events::trial_completed{{3}, 1, {4}, {1, 2}, {}, true}));
}

TEST_CASE("a fact that cannot be read says why and shows itself") {
  auto said = [](std::string_view text) {
    auto out = decode(text);
    REQUIRE_FALSE_MESSAGE(out, text);
    CHECK(out.error().code == errc::internal);
    return out.error().message;
  };
  CHECK(said(R"({"event":"trial_deleted"})") ==
        R"(a fact cannot be read: field "trial" is missing at byte 25 ({"event":"trial_deleted"}))");
  CHECK(said(R"({"event":"trial_married","trial":1})")
            .find("event \"trial_married\" is not known; a newer version may have written it") != std::string::npos);
  CHECK(said(R"({"event":"trial_deleted","trial":1,"why":"x"})")
            .find("field \"why\" is given twice, or a newer version has written it") != std::string::npos);
  CHECK(said(R"({"event":"trial_deleted","trial":1,"trial":2})").find("field \"trial\" is given twice") !=
        std::string::npos);
  CHECK(said(R"({"event":"trial_deleted","trial":-1})").find("expected a whole number from 0") != std::string::npos);
  CHECK(said(R"({"event":"trial_deleted","trial":1.5})").find("expected a whole number from 0") != std::string::npos);
  CHECK(said(R"({"event":"trial_failed","trial":1,"observation":1,"attempt":4294967296})").find("to 4294967295") !=
        std::string::npos);
  CHECK(said(R"({"event":"trial_returned","trial":1,"cause":"boredom"})").find("\"boredom\" is not known here") !=
        std::string::npos);
  CHECK(said(R"({"event":"lease_renewed","trial":1,"lease_until":"never"})").find("\"forever\"") != std::string::npos);
  CHECK(said(R"({"event":"experiment_created","definition":{"name":"x"}})")
            .find("definition: key \"parameters\" is missing") != std::string::npos);
  for (auto text : {"", "{}", "[]", "null", R"({"event":1})", R"({"event":"trial_deleted","trial":1)",
                    R"({"event":"trial_deleted","trial":1}})", R"({"event":"experiment_paused"} x)"})
    said(text);
  CHECK(said(std::string(100'000, '{')).size() < 600);
}

TEST_CASE("damaged facts are refused or read, and never more than that") {
  random_source random(9);
  auto lines = lines_of("tests/data/journal_v1.jsonl");
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto text = tests::mutated(lines[random.below(lines.size())], random);
    auto event = decode(text);
    if (!event) CHECK(io::first_not_utf8(event.error().message) == event.error().message.size());
    if (!event) continue;
    ++accepted;
    CHECK_MESSAGE(tests::same(read(encode(*event)), *event), text);
  }
  CHECK(accepted > 100);
}
