// kill -9 at any moment: what was acknowledged is there, what is there has no holes.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "io/sqlite_journal.hpp"
#include "tests/support/child.hpp"
#include "tests/support/journal_contract.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t experiments = 3;

/// What the child tells after each commit: how many facts of each experiment are durable.
using acknowledgement = std::array<std::uint64_t, experiments>;

acknowledgement stored(journal& j) {
  acknowledgement out{};
  for (std::uint64_t i = 0; i < experiments; ++i) {
    auto read = j.load({i + 1}, [&](fact&& x) {
      if (x.sequence != ++out[i]) std::abort();
      if (auto* r = std::get_if<events::progress_reported>(&x.what);
          x.sequence > 1 && (!r || r->step != double(out[i])))
        std::abort();
      return true;
    });
    INFO(read.error().message);
    REQUIRE(read);
  }
  return out;
}

/// Appends batches of all sizes to all experiments until it is killed.
int append_for_ever(const fs::path& file, unsigned seed, int tell) {
  auto opened = io::open_sqlite_journal(file);
  if (!opened) return 3;
  auto& j = **opened;
  acknowledgement done{};
  for (std::uint64_t i = 0; i < experiments; ++i)
    if (!j.load({i + 1}, [&](fact&&) { return ++done[i], true; })) return 4;
  std::mt19937 random(seed);
  for (;;) {
    auto next = done;
    for (auto stages = random() % 4 + 1; stages > 0; --stages) {
      auto i = random() % experiments;
      auto size = random() % 16 == 0 ? 400 : random() % 6 + 1;
      auto facts = reports(next[i] + 1, next[i] + size);
      if (next[i] == 0) facts.front() = created("experiment");
      if (!j.stage({i + 1}, facts)) return 5;
      next[i] += size;
    }
    if (!j.commit()) return 6;
    done = next;
    if (::write(tell, done.data(), sizeof done) != static_cast<ssize_t>(sizeof done)) return 7;
  }
}

std::string integrity(const fs::path& file) {
  sqlite3* db = nullptr;
  std::string answer;
  sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
  sqlite3_exec(
      db, "PRAGMA integrity_check",
      [](void* to, int, char** text, char**) {
        *static_cast<std::string*>(to) += text[0];
        return 0;
      },
      &answer, nullptr);
  sqlite3_close(db);
  return answer;
}

}  // namespace

TEST_CASE("after kill -9 at any of 40 moments all acknowledged facts are there, without holes") {
  scratch place;
  auto file = place / "a.db";
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937 random(seed);
  acknowledgement durable{};
  std::uint64_t commits = 0;
  for (unsigned round = 0; round < 40; ++round) {
    INFO("round ", round);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    auto hear = [&] {
      acknowledgement told{};
      if (::read(ends[0], told.data(), sizeof told) != static_cast<ssize_t>(sizeof told)) return false;
      durable = told;
      ++commits;
      return true;
    };
    {
      child writer([&] {
        ::close(ends[0]);
        return append_for_ever(file, seed + round, ends[1]);
      });
      ::close(ends[1]);
      // Counted in commits, whatever a commit costs on this disk; the first rounds hit the start, when there is not
      // even a file.
      for (auto wait = random() % (round < 10 ? 2 : 8); wait > 0; --wait) hear();
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
      writer.kill();
    }
    while (hear()) {
    }
    ::close(ends[0]);
    auto j = must(io::open_sqlite_journal(file));
    auto there = stored(*j);
    for (std::uint64_t i = 0; i < experiments; ++i) CHECK(there[i] >= durable[i]);
    durable = there;
    CHECK(integrity(file) == "ok");
  }
  CHECK(commits > 60);
  MESSAGE("facts kept: ", durable[0] + durable[1] + durable[2], " in ", commits, " commits");
}
