#include "io/store_schema.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <memory>
#include <string>

#include "io/sqlite_journal.hpp"
#include "tests/support/bookkeeper.hpp"
#include "tests/support/journal_contract.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// A query's rows as the sqlite3 shell prints them.
std::string ask_store(const std::filesystem::path& file, const std::string& sql, int access = SQLITE_OPEN_READONLY) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &db, access, nullptr) == SQLITE_OK);
  std::string out;
  char* why = nullptr;
  sqlite3_exec(
      db, sql.c_str(),
      [](void* to, int n, char** values, char**) {
        auto& text = *static_cast<std::string*>(to);
        for (int i = 0; i < n; ++i) text += std::string(i ? "|" : "") + (values[i] ? values[i] : "");
        text += "\n";
        return 0;
      },
      &out, &why);
  CHECK(std::string(why ? why : "") == "");
  sqlite3_free(why);
  sqlite3_close(db);
  return out;
}

void keep(const std::filesystem::path& file, experiment_id id, const bookkeeper& books) {
  auto j = must(io::open_sqlite_journal(file));
  REQUIRE(j->stage(id, books.facts()));
  REQUIRE(j->commit());
}

definition loans() {
  auto d = experiment({real("rate", 0, 1), integer("depth", 1, 9), when(real("extra", 0, 1), "kind", {"b"})},
                      {maximize("aucpr"), minimize("lost money"), store("seconds")});
  d.space.conditionals.push_back({"kind", {"a", "b"}});
  d.space.parameters.push_back(categorical("booster", {"tree", "größe"}));
  d.name = "loans";
  return d;
}

}  // namespace

TEST_CASE("trials, observations and reports can be read with names") {
  scratch place;
  auto file = place / "a.db";
  bookkeeper books(loans());
  const double off = absent;
  // conditional kind, then rate, depth, extra, booster
  auto first = books.issue({0, 0.25, 3, off, 1}, "anna");
  CHECK(books.send(report{first, 1, 10, {{"aucpr", 0.5, {}}}}));
  books.now += duration(1500);
  CHECK(books.send(report{first, 1, 20, {{"aucpr", 0.75, {}}, {"seconds", 3, {}}}}));
  CHECK(books.send(complete{first, 1, {{"aucpr", 0.75, 0.125}, {"lost money", -12.5, {}}}}));
  auto second = books.issue({1, 0.5, 4, 0.5, 0}, "berta");
  CHECK(books.send(fail{second, 1, "no convergence"}));
  auto third = books.issue({0, 0.5, 5, off, 0}, "carl");
  CHECK(books.record(events::trial_returned{third, 1, return_cause::worker_lost, "carl is gone", books.now}));
  CHECK(books.issue_again(third, "dora"));
  books.issue({0, 0.75, 6, off, 0}, "emil");
  CHECK(books.send(cancel{{4}, "enough"}));
  CHECK(books.send(enqueue{{{"kind", "a"}, {"rate", 0.125}, {"depth", std::int64_t{7}}, {"booster", "tree"}}}));
  auto gone = books.issue({0, 0.75, 7, off, 0});
  CHECK(books.send(complete{gone, 1, {{"aucpr", 0.1, {}}, {"lost money", 1, {}}}}));
  CHECK(books.send(delete_trial{gone}));
  CHECK(books.send(
      observe{{},
              {{"kind", "b"}, {"rate", 0.5}, {"depth", std::int64_t{8}}, {"extra", 0.25}, {"booster", "größe"}},
              {{"aucpr", 0.5, {}}, {"lost money", 2, {}}},
              ""}));
  CHECK(books.send(edit_observation{{1}, {{"aucpr", 0.875, {}}, {"lost money", -12.5, {}}}, ""}));
  keep(file, {1}, books);
  keep(file, {2}, bookkeeper(simple_experiment()));

  CHECK(
      ask_store(file, "SELECT trial, state, attempts, worker, origin, assignments, observation, metrics, reason FROM "
                      "trials WHERE experiment = 1") ==
      R"(1|completed|1|anna|design|{"kind":"a","rate":0.25,"depth":3,"booster":"größe"}|1|{"aucpr":0.875,"lost money":-12.5}|
2|failed|1|berta|design|{"kind":"b","rate":0.5,"depth":4,"extra":0.5,"booster":"tree"}|2|{}|no convergence
3|running|2|dora|design|{"kind":"a","rate":0.5,"depth":5,"booster":"tree"}|||
4|cancelled|1|emil|design|{"kind":"a","rate":0.75,"depth":6,"booster":"tree"}|||enough
5|queued|0||user|{"kind":"a","rate":0.125,"depth":7,"booster":"tree"}|||
)");
  CHECK(ask_store(file, "SELECT trial, issued, ended FROM trials WHERE trial IN (1, 3)") ==
        "1|1970-01-01 00:16:40.000|1970-01-01 00:16:41.500\n"
        "3|1970-01-01 00:16:41.500|\n");
  CHECK(ask_store(file, "SELECT observation, trial, assignments, metrics, stddevs, failure FROM observations") ==
        R"(1|1|{"kind":"a","rate":0.25,"depth":3,"booster":"größe"}|{"aucpr":0.875,"lost money":-12.5}|{}|
2|2|{"kind":"b","rate":0.5,"depth":4,"extra":0.5,"booster":"tree"}|{}|{}|no convergence
4||{"kind":"b","rate":0.5,"depth":8,"extra":0.25,"booster":"größe"}|{"aucpr":0.5,"lost money":2}|{}|
)");
  CHECK(ask_store(file, "SELECT trial, attempt, step, at, metrics FROM reports") ==
        R"(1|1|10|1970-01-01 00:16:40.000|{"aucpr":0.5}
1|1|20|1970-01-01 00:16:41.500|{"aucpr":0.75,"seconds":3}
)");
  CHECK(ask_store(file, "SELECT json_extract(metrics, '$.\"lost money\"') FROM trials WHERE trial = 1") == "-12.5\n");
  CHECK(ask_store(file, "SELECT experiment, position, name, objective, strategy FROM metrics WHERE experiment = 1") ==
        "1|0|aucpr|maximize|optimize\n1|1|lost money|minimize|optimize\n1|2|seconds|maximize|store\n");
  CHECK(ask_store(file, "SELECT id, name, facts FROM experiment") ==
        "1|loans|" + std::to_string(books.facts().size()) + "\n2|test|1\n");
}

TEST_CASE("paused trials and the tasks of trials can be read") {
  scratch place;
  auto file = place / "a.db";
  auto d = simple_experiment();
  d.observation_budget = 9;
  d.tasks = {{"part", 0.25}, {"all", 1}};
  bookkeeper books(d);
  auto waiting = books.issue({0.1});
  CHECK(books.send(report{waiting, 1, 3, {{"y", 1, {}}}}));
  CHECK(books.record(events::trial_paused{waiting, 1, 3, "asha", "others were better"}));
  CHECK(books.send(give_back{waiting, 1, return_cause::interrupted, "", true}));
  CHECK(books.send(enqueue{{{"x", 0.5}}, "part"}));
  keep(file, {1}, books);
  keep(file, {2}, bookkeeper(simple_experiment()));
  CHECK(ask_store(file, "SELECT trial, state, attempts, reason, task, ended FROM trials") ==
        "1|paused|1|others were better|all|\n2|queued|0||part|\n");
}

/// 200 trials that end in different ways.
bookkeeper busy_books() {
  bookkeeper books(loans());
  for (int i = 0; i < 200; ++i) {
    auto id = books.issue({0, i / 200.0, 1.0 + i % 9, absent, 1.0 * (i % 2)});
    if (i % 7 == 0) {
      CHECK(books.send(fail{id, 1, "bad"}));
    } else if (i % 11 == 0) {
      CHECK(books.send(cancel{id, "no"}));
    } else if (i % 13 != 0) {
      CHECK(books.send(complete{id, 1, {{"aucpr", i / 100.0, {}}, {"lost money", 1.0 * i, {}}}}));
    }
  }
  return books;
}

TEST_CASE("the views agree with the ledger") {
  scratch place;
  auto file = place / "a.db";
  const auto books = busy_books();
  keep(file, {1}, books);
  std::string expected;
  for (auto* t : books.book().trials()) {
    expected += std::to_string(t->id.number) + "|" + to_string(t->state) + "|";
    auto* seen = books.book().find(t->observed);
    if (seen && !seen->failed()) expected += std::to_string(static_cast<int>(seen->values[1]));
    expected += "\n";
  }
  CHECK(
      ask_store(file, "SELECT trial, state, CAST(json_extract(metrics, '$.\"lost money\"') AS INTEGER) FROM trials") ==
      expected);
}

TEST_CASE("a store is known by its header") {
  scratch place;
  auto file = place / "a.db";
  keep(file, {1}, bookkeeper(simple_experiment()));
  CHECK(ask_store(file, "PRAGMA application_id") == "1447644230\n");
  CHECK(ask_store(file, "PRAGMA user_version") == "4\n");
  CHECK(ask_store(file, "PRAGMA journal_mode") == "wal\n");
}

/// Makes a store of today one of an older version: two columns are the key of its facts, and its views are others.
void make_older(const std::filesystem::path& file, int version) {
  ask_store(file,
            "DROP VIEW reports; DROP VIEW trials; DROP VIEW observations; DROP VIEW metrics; DROP VIEW dimensions;"
            "CREATE TABLE former(experiment INTEGER NOT NULL, sequence INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
            " request_id TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY(experiment,"
            " sequence)) STRICT, WITHOUT ROWID;"
            "INSERT INTO former SELECT experiment, sequence, at_ms, request_id, body, checksum FROM fact;"
            "DROP TABLE fact; ALTER TABLE former RENAME TO fact;"
            "CREATE VIEW trials AS SELECT 1; PRAGMA user_version = " +
                std::to_string(version),
            SQLITE_OPEN_READWRITE);
}

TEST_CASE("an older store is read as it is, and becomes one of today when it is next written to") {
  scratch place;
  auto file = place / "a.db";
  keep(file, {1}, busy_books());
  keep(file, {2}, bookkeeper(simple_experiment()));
  auto facts = [&](std::uint64_t experiment) {
    return loaded(*must(io::open_sqlite_journal_for_reading(file)), experiment);
  };
  const auto before = facts(1);
  const auto trials = ask_store(file, "SELECT * FROM trials");
  REQUIRE(before.size() > 5);
  int version = 3;
  SUBCASE("of version 1") { version = 1; }
  SUBCASE("of version 3") {}
  make_older(file, version);
  check_same(facts(1), before);
  CHECK(facts(2).size() == 1);
  CHECK(ask_store(file, "PRAGMA user_version") == std::to_string(version) + "\n");
  keep(file, {3}, bookkeeper(simple_experiment()));
  CHECK(ask_store(file, "PRAGMA user_version") == "4\n");
  check_same(facts(1), before);
  CHECK(facts(2).size() == 1);
  CHECK(ask_store(file, "SELECT * FROM trials WHERE experiment < 3") == trials);
  CHECK(ask_store(file, "SELECT sum(facts) - (SELECT count(*) FROM fact) FROM experiment") == "0\n");
  CHECK(ask_store(file, "PRAGMA integrity_check") == "ok\n");
  CHECK(ask_store(file, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'former%'") == "0\n");
}
