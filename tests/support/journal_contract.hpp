#pragma once
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/ports.hpp"
#include "io/fact_codec.hpp"
#include "tests/support/builders.hpp"

/// What every journal promises. `Store` is made once a test case and has `std::shared_ptr<journal> open()`; what was
/// committed must be there again after each `open`, which ends the journal opened before.
namespace vilfredo::test {

inline fact at_sequence(std::uint64_t sequence, events::event what, std::string request_id = {}) {
  return {sequence, time_point(duration(1'700'000'000'000 + static_cast<std::int64_t>(sequence))),
          std::move(request_id), std::move(what)};
}
inline fact created(std::string name) {
  auto d = simple_experiment();
  d.name = std::move(name);
  return at_sequence(1, events::experiment_created{std::make_shared<const definition>(std::move(d))});
}
inline fact renamed(std::uint64_t sequence, std::string name) {
  events::experiment_edited e;
  e.changes.name = std::move(name);
  return at_sequence(sequence, e);
}
/// Facts `from` to `to` of a journal, each with something to tell it by.
inline std::vector<fact> reports(std::uint64_t from, std::uint64_t to) {
  std::vector<fact> out;
  for (auto i = from; i <= to; ++i)
    out.push_back(at_sequence(i,
                              events::progress_reported{{1}, 1, static_cast<double>(i), {0.1 * static_cast<double>(i)}},
                              "request-" + std::to_string(i)));
  return out;
}

inline void stage(journal& j, std::uint64_t experiment, const std::vector<fact>& facts) {
  auto done = j.stage({experiment}, facts);
  INFO(done.error().message);
  REQUIRE(done);
}
inline void commit(journal& j) {
  auto done = j.commit();
  INFO(done.error().message);
  REQUIRE(done);
}
inline std::vector<fact> loaded(journal& j, std::uint64_t experiment, std::uint64_t after = 0) {
  std::vector<fact> out;
  auto take = [&](fact&& x) {
    out.push_back(std::move(x));
    return true;
  };
  auto done = j.load({experiment}, take, after);
  INFO(done.error().message);
  REQUIRE(done);
  return out;
}
inline std::vector<std::string> names(journal& j) {
  std::vector<std::string> out;
  for (const auto& e : must(j.list())) out.push_back(std::to_string(e.experiment.number) + " " + e.name);
  return out;
}
/// A fact as text, to compare by.
inline std::string shown(const fact& x) {
  return std::to_string(x.sequence) + " " + std::to_string(x.at.time_since_epoch().count()) + " " + x.request_id + " " +
         io::encode(x.what);
}
inline void check_same(const std::vector<fact>& got, const std::vector<fact>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(shown(got[i]) == shown(expected[i]));
}
using strings = std::vector<std::string>;

template <class Store>
void check_journal_contract() {
  Store store;
  auto j = store.open();
  auto reopen = [&] {
    j.reset();
    j = store.open();
  };

  SUBCASE("an empty store lists nothing and loads nothing") {
    CHECK(names(*j).empty());
    CHECK(loaded(*j, 7).empty());
    CHECK(j->commit());
  }
  SUBCASE("facts come back in order and complete, also after a restart") {
    std::vector<fact> all{created("one")};
    all[0].request_id = "the first";
    for (auto& x : reports(2, 5)) all.push_back(x);
    all[3].at = time_point(duration(-5));
    events::trial_completed strange{{9}, 3, {4}, {absent, -0.0, 0.1, 1e-320, INFINITY}, {}, true};
    all.push_back(at_sequence(6, strange));
    stage(*j, 1, all);
    commit(*j);
    check_same(loaded(*j, 1), all);
    reopen();
    check_same(loaded(*j, 1), all);
    auto back = std::get<events::trial_completed>(loaded(*j, 1).back().what);
    CHECK(std::isnan(back.values[0]));
    CHECK(std::signbit(back.values[1]));
    CHECK(back.values[3] == 1e-320);
  }
  SUBCASE("a reader goes on after the facts that it has") {
    std::vector<fact> all{created("one")};
    for (auto& x : reports(2, 5)) all.push_back(x);
    stage(*j, 1, all);
    commit(*j);
    check_same(loaded(*j, 1, 3), {all[3], all[4]});
    CHECK(loaded(*j, 1, 5).empty());
    CHECK(loaded(*j, 1, 9).empty());
    CHECK(loaded(*j, 2, 1).empty());
  }
  SUBCASE("documents are kept beside, whole, and know when they were changed") {
    auto* d = j->documents();
    if (!d) return;
    auto change = [](std::string key, std::optional<std::uint64_t> version, std::optional<std::string> body, int at) {
      return document_change{"run", std::move(key), version, std::move(body), time_point(duration(at))};
    };
    std::vector<document_change> two{change("", {}, "first", 5), change("named", 0, "second", 5)};
    auto made = must(d->stage(two));
    REQUIRE(made.size() == 2);
    CHECK(made[0].key == "1");
    CHECK(made[0].version == 1);
    CHECK(made[1].number == 2);
    commit(*j);
    std::vector<document_change> refused{change("", {}, "third", 6), change("named", 7, "x", 6)};
    CHECK(d->stage(refused).error().code == errc::conflict);
    std::vector<document_change> taken{change("named", 0, "x", 6)};
    CHECK(d->stage(taken).error().message == "run \"named\" exists already");
    stage(*j, 1, {created("one")});
    std::vector<document_change> next{change("named", 1, "changed", 7), change("1", {}, std::nullopt, 7)};
    must(d->stage(next));
    commit(*j);
    reopen();
    d = j->documents();
    auto all = must(d->find({"run", {}}));
    REQUIRE(all.size() == 1);
    CHECK(all[0].body == "changed");
    CHECK(all[0].version == 2);
    CHECK(all[0].created == time_point(duration(5)));
    CHECK(all[0].updated == time_point(duration(7)));
    CHECK(must(d->find({"run", "1"})).empty());
    CHECK(must(d->find({"other", {}})).empty());
    std::vector<document_change> fresh{change("", {}, "fourth", 8)};
    CHECK(must(d->stage(fresh))[0].number == 3);
    commit(*j);
    CHECK(names(*j) == strings{"1 one"});
  }
  SUBCASE("what was staged beside facts that did not fit is taken back with them") {
    auto* d = j->documents();
    if (!d) return;
    std::vector<document_change> one{{"run", "a", {}, "x", {}}};
    must(d->stage(one));
    CHECK_FALSE(j->stage({1}, reports(2, 3)));
    commit(*j);
    CHECK(must(d->find({"run", {}})).empty());
  }
  SUBCASE("a journal is continued after a restart") {
    stage(*j, 1, {created("one")});
    commit(*j);
    reopen();
    stage(*j, 1, reports(2, 3));
    commit(*j);
    CHECK(loaded(*j, 1).size() == 3);
  }
  SUBCASE("a batch holds facts of several experiments, which stay apart") {
    stage(*j, 2, {created("two")});
    stage(*j, 1, {created("one")});
    stage(*j, 2, reports(2, 3));
    stage(*j, 1, reports(2, 2));
    stage(*j, 2, reports(4, 4));
    commit(*j);
    reopen();
    CHECK(names(*j) == strings{"1 one", "2 two"});
    CHECK(loaded(*j, 1).size() == 2);
    CHECK(loaded(*j, 2).size() == 4);
    CHECK(loaded(*j, 3).empty());
  }
  SUBCASE("a fact that leaves a hole, comes twice or creates nothing is refused") {
    stage(*j, 1, {created("one")});
    stage(*j, 1, reports(2, 3));
    commit(*j);
    CHECK_FALSE(j->stage({1}, reports(5, 5)));
    CHECK_FALSE(j->stage({1}, reports(3, 4)));
    CHECK_FALSE(j->stage({1}, std::vector{created("one")}));
    CHECK_FALSE(j->stage({2}, reports(1, 1)));
    CHECK_FALSE(j->stage({2}, reports(2, 2)));
    CHECK_FALSE(j->stage({0}, std::vector{created("none")}));
    CHECK_FALSE(j->stage({std::uint64_t{1} << 31}, std::vector{created("beyond")}));
    auto hole = reports(4, 6);
    hole.erase(hole.begin() + 1);
    auto refused = j->stage({1}, hole);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() ==
          error{errc::internal, "experiment 1 cannot be stored: fact 6 came where fact 5 is due; nothing was stored"});
    CHECK(names(*j) == strings{"1 one"});
    CHECK(loaded(*j, 1).size() == 3);
  }
  SUBCASE("a failed stage takes back what was staged, and nothing else") {
    stage(*j, 1, {created("one")});
    commit(*j);
    stage(*j, 1, {renamed(2, "another")});
    stage(*j, 2, {created("two")});
    CHECK_FALSE(j->stage({1}, reports(9, 9)));
    commit(*j);
    CHECK(names(*j) == strings{"1 one"});
    CHECK(loaded(*j, 1).size() == 1);
    CHECK(loaded(*j, 2).empty());
    stage(*j, 2, {created("two again")});
    stage(*j, 1, reports(2, 2));
    commit(*j);
    reopen();
    CHECK(names(*j) == strings{"1 one", "2 two again"});
    CHECK(loaded(*j, 1).size() == 2);
  }
  SUBCASE("nothing to stage is no work") {
    stage(*j, 1, {});
    commit(*j);
    CHECK(names(*j).empty());
  }
  SUBCASE("the name follows its edits") {
    stage(*j, 1, {created("old")});
    events::experiment_edited budget;
    budget.changes.parallel_bandwidth = 4;
    stage(*j, 1, {renamed(2, "new"), at_sequence(3, budget)});
    commit(*j);
    CHECK(names(*j) == strings{"1 new"});
    reopen();
    CHECK(names(*j) == strings{"1 new"});
  }
  SUBCASE("experiments are listed by number, and any text is a name") {
    const std::string odd = "Größe 大きさ 🚀 \"quoted\" 'n' \\ ; DROP TABLE fact; --";
    stage(*j, 10, {created("ten")});
    stage(*j, 9, {created(odd)});
    commit(*j);
    reopen();
    CHECK(names(*j) == strings{"9 " + odd, "10 ten"});
    auto first = std::get<events::experiment_created>(loaded(*j, 9).front().what);
    CHECK(first.definition->name == odd);
  }
  SUBCASE("the last number of an experiment is one") {
    const auto last = (std::uint64_t{1} << 31) - 1;
    stage(*j, last, {created("last")});
    stage(*j, last - 1, {created("last but one")});
    stage(*j, last, reports(2, 20));
    stage(*j, last - 1, reports(2, 10));
    commit(*j);
    reopen();
    CHECK(names(*j) == strings{std::to_string(last - 1) + " last but one", std::to_string(last) + " last"});
    CHECK(loaded(*j, last).size() == 20);
    CHECK(loaded(*j, last - 1).size() == 10);
  }
  SUBCASE("any text is a request id") {
    std::vector<fact> all{created("one")};
    std::uint64_t n = 1;
    for (const std::string& id : {std::string(), std::string("a\0b", 3), std::string("'\"\\\n"), std::string("日本"),
                                  std::string(10'000, 'x'), std::string("\xff\xfe")})
      all.push_back(at_sequence(++n, events::experiment_paused{}, id));
    stage(*j, 1, all);
    commit(*j);
    reopen();
    check_same(loaded(*j, 1), all);
  }
  SUBCASE("loading stops when the reader has enough") {
    stage(*j, 1, {created("one")});
    stage(*j, 1, reports(2, 50));
    commit(*j);
    std::uint64_t seen = 0;
    CHECK(j->load({1}, [&](fact&&) { return ++seen < 20; }));
    CHECK(seen == 20);
    CHECK(loaded(*j, 1).size() == 50);
  }
  SUBCASE("ten thousand facts in unequal batches") {
    stage(*j, 1, {created("long")});
    std::uint64_t next = 2;
    for (std::uint64_t size = 1; next <= 10'000; size = size % 613 + 67) {
      auto last = std::min<std::uint64_t>(next + size - 1, 10'000);
      stage(*j, 1, reports(next, last));
      commit(*j);
      next = last + 1;
    }
    reopen();
    std::uint64_t seen = 0;
    bool in_order = true;
    REQUIRE(j->load({1}, [&](fact&& x) {
      in_order = in_order && x.sequence == ++seen;
      if (auto* r = std::get_if<events::progress_reported>(&x.what))
        in_order = in_order && r->step == static_cast<double>(seen);
      return true;
    }));
    CHECK(seen == 10'000);
    CHECK(in_order);
  }
}

}  // namespace vilfredo::test
