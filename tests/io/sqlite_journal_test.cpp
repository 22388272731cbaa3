#include "io/sqlite_journal.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "io/store_schema.hpp"
#include "tests/support/child.hpp"
#include "tests/support/journal_contract.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
namespace fs = std::filesystem;

namespace {

struct sqlite_store {
  scratch place;
  std::shared_ptr<journal> open() { return must(io::open_sqlite_journal(place / "a.db")); }
};

std::shared_ptr<journal> open(const fs::path& file) { return must(io::open_sqlite_journal(file)); }
error refused(const fs::path& file) {
  auto x = io::open_sqlite_journal(file);
  REQUIRE_FALSE(x);
  return x.error();
}
error refused_to_read(const fs::path& file) {
  auto x = io::open_sqlite_journal_for_reading(file);
  REQUIRE_FALSE(x);
  return x.error();
}
error load_error(journal& j, std::uint64_t experiment) {
  auto x = j.load({experiment}, [](fact&&) { return true; });
  REQUIRE_FALSE(x);
  return x.error();
}

/// Does to a store what no journal does.
void tamper(const fs::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  char* why = nullptr;
  sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why);
  INFO(std::string(why ? why : ""));
  CHECK(why == nullptr);
  sqlite3_close(db);
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

/// A closed store of one experiment with these many facts.
fs::path store_with(const scratch& place, std::uint64_t facts) {
  auto file = place / "a.db";
  auto j = open(file);
  stage(*j, 1, {created("loans")});
  if (facts > 1) stage(*j, 1, reports(2, facts));
  commit(*j);
  return file;
}

}  // namespace

TEST_CASE("the SQLite journal keeps the contract of journals") { check_journal_contract<sqlite_store>(); }

TEST_CASE("a store is one private file when nobody has it open") {
  scratch place;
  auto file = place / "a.db";
  {
    auto j = open(file);
    stage(*j, 1, {created("one")});
    commit(*j);
    for (auto name : {"a.db", "a.db-wal", "a.db-shm", "a.db.lock"}) {
      struct stat info {};
      INFO(std::string(name));
      REQUIRE(::stat((place / name).c_str(), &info) == 0);
      CHECK((info.st_mode & 0777) == 0600);
    }
  }
  CHECK_FALSE(fs::exists(place / "a.db-wal"));
  CHECK_FALSE(fs::exists(place / "a.db-shm"));
}

TEST_CASE("a second writer is refused and told who the first is") {
  scratch place;
  auto file = place / "a.db";
  auto first = open(file);
  auto expected = "the store " + file.string() + " is in use by process " + std::to_string(::getpid()) +
                  ": wait until it ends, stop it, or use another store";
  CHECK(refused(file) == error{errc::conflict, expected});

  SUBCASE("also in another process") {
    child other([&] {
      auto x = io::open_sqlite_journal(file);
      return !x && x.error().message == expected ? 7 : 1;
    });
    CHECK(other.wait() == 7);
  }
  SUBCASE("also by another name of the file") {
    fs::create_symlink(file, place / "b.db");
    CHECK(refused(place / "b.db").message == expected);
  }
  SUBCASE("until the first has ended") {
    first.reset();
    CHECK(io::open_sqlite_journal(file));
  }
}

TEST_CASE("readers look on while a writer writes") {
  scratch place;
  auto file = place / "a.db";
  auto writer = open(file);
  stage(*writer, 1, {created("one")});
  commit(*writer);
  auto reader = must(io::open_sqlite_journal_for_reading(file));
  CHECK(loaded(*reader, 1).size() == 1);

  stage(*writer, 1, reports(2, 100));
  CHECK(loaded(*reader, 1).size() == 1);
  commit(*writer);
  CHECK(loaded(*reader, 1).size() == 100);

  // A commit in the middle of a load changes nothing for it.
  std::uint64_t seen = 0;
  REQUIRE(reader->load({1}, [&](fact&&) {
    if (++seen == 50) {
      stage(*writer, 1, reports(101, 200));
      commit(*writer);
    }
    return true;
  }));
  CHECK(seen == 100);
  CHECK(names(*reader) == strings{"1 one"});

  writer.reset();
  CHECK(loaded(*reader, 1).size() == 200);
}

TEST_CASE("a journal opened for reading writes nothing") {
  scratch place;
  auto file = store_with(place, 3);
  auto reader = must(io::open_sqlite_journal_for_reading(file));
  auto expected =
      error{errc::internal, "the store " + file.string() + " was opened for reading only; nothing was stored"};
  auto staged = reader->stage({1}, reports(4, 4));
  REQUIRE_FALSE(staged);
  CHECK(staged.error() == expected);
  auto committed = reader->commit();
  REQUIRE_FALSE(committed);
  CHECK(committed.error() == expected);
  CHECK(loaded(*reader, 1).size() == 3);
  CHECK(io::open_sqlite_journal(file));  // and keeps no writer out
}

TEST_CASE("reading needs a store that is there") {
  scratch place;
  auto file = place / "none.db";
  CHECK(refused_to_read(file) == error{errc::not_found, "the store " + file.string() +
                                                            " does not exist: check its name, or start an experiment"});
  CHECK_FALSE(fs::exists(file));
  write(file, "");
  CHECK(refused_to_read(file) ==
        error{errc::not_found, "the store " + file.string() + " holds nothing yet: start an experiment"});
  CHECK(open(file));  // left by a writer that died at once
}

TEST_CASE("damage is found when an experiment is loaded, and named") {
  scratch place;
  auto file = store_with(place, 20);
  {
    auto j = open(file);
    stage(*j, 2, {created("other")});
    commit(*j);
  }
  auto start = "the store " + file.string() + " is damaged: fact 7 of experiment 1 (\"loans\") ";
  std::string end = "; see \"Repair\" in docs/store.md", sql, expected;

  SUBCASE("a changed body") {
    sql = "UPDATE fact SET body = replace(body, '\"step\":7', '\"step\":8') WHERE experiment = 1 AND sequence = 7";
    expected = "is not what was written (its checksum differs)";
  }
  SUBCASE("a changed time") {
    sql = "UPDATE fact SET at_ms = at_ms + 1 WHERE experiment = 1 AND sequence = 7";
    expected = "is not what was written (its checksum differs)";
  }
  SUBCASE("a changed request id") {
    sql = "UPDATE fact SET request_id = 'x' WHERE experiment = 1 AND sequence = 7";
    expected = "is not what was written (its checksum differs)";
  }
  SUBCASE("a deleted fact") {
    sql = "DELETE FROM fact WHERE experiment = 1 AND sequence = 7";
    expected = "is missing";
  }
  SUBCASE("a lost tail") {
    sql = "DELETE FROM fact WHERE experiment = 1 AND sequence >= 7";
    expected = "is missing";
  }
  SUBCASE("two facts that changed places") {
    sql = "UPDATE fact SET place = (1 << 32) + 99 WHERE experiment = 1 AND sequence = 7;"
          "UPDATE fact SET place = (1 << 32) + 7 WHERE experiment = 1 AND sequence = 8;"
          "UPDATE fact SET place = (1 << 32) + 8 WHERE experiment = 1 AND sequence = 99";
    expected = "is not what was written (its checksum differs)";
  }
  SUBCASE("a tail that nobody counted") {
    sql = "UPDATE experiment SET facts = 6 WHERE id = 1";
    expected = "is not on the list of experiments";
  }
  tamper(file, sql);
  auto j = open(file);
  CHECK(load_error(*j, 1) == error{errc::internal, start + expected + end});
  CHECK(loaded(*j, 2).size() == 1);  // the others are well
  stage(*j, 2, reports(2, 2));
  commit(*j);
}

TEST_CASE("a fact of an unknown kind is named, too") {
  scratch place;
  auto file = store_with(place, 1);
  // The checksum of what a newer program might have written, by the rule in docs/store.md (computed with Python's
  // zlib).
  tamper(file, "INSERT INTO fact VALUES((1 << 32) + 2, 5, '', '{\"event\":\"moon_landed\"}', 0x1a4b3668);"
               "UPDATE experiment SET facts = 2");
  auto j = open(file);
  auto message = load_error(*j, 1).message;
  CHECK(message.starts_with("the store " + file.string() +
                            " is damaged: fact 2 of experiment 1 (\"loans\") cannot be read ("));
  CHECK(message.find("event \"moon_landed\" is not known; a newer version may have written it") != std::string::npos);
}

TEST_CASE("a damaged page is found, not served") {
  scratch place;
  auto file = store_with(place, 2000);
  auto size = fs::file_size(file);
  // Every page from the middle to the end.
  std::fstream disk(file, std::ios::in | std::ios::out | std::ios::binary);
  disk.seekp(static_cast<std::streamoff>(size / 2 / 4096 * 4096));
  disk << std::string(size - size / 2 / 4096 * 4096, '\x5a');
  disk.close();
  auto j = open(file);
  auto why = load_error(*j, 1);
  CHECK(why.code == errc::internal);
  CHECK(why.message.starts_with("the store " + file.string() + " is damaged (database disk image is malformed)"));
  CHECK(why.message.find(", after fact ") != std::string::npos);
}

TEST_CASE("stores of a newer version are refused and stay as they are") {
  scratch place;
  auto file = store_with(place, 3);
  tamper(file, "PRAGMA user_version = 5");
  auto expected =
      error{errc::invalid, "the store " + file.string() +
                               " was written by a newer vilfredo (store version 5, this program knows 4): use "
                               "that version, or name another file"};
  CHECK(refused(file) == expected);
  CHECK(refused_to_read(file) == expected);
  tamper(file, "PRAGMA user_version = 4");
  CHECK(loaded(*open(file), 1).size() == 3);
}

TEST_CASE("what is no store is refused and stays as it is") {
  scratch place;
  auto file = place / "x.db";
  SUBCASE("a text") {
    const std::string text(5000, 'x');
    write(file, text);
    auto expected =
        error{errc::invalid, file.string() + " is not a store: it is no SQLite database; name another file"};
    CHECK(refused(file) == expected);
    CHECK(refused_to_read(file) == expected);
    std::ifstream back(file);
    CHECK(std::string(std::istreambuf_iterator<char>(back), {}) == text);
  }
  SUBCASE("another program's database") {
    tamper(file, "CREATE TABLE theirs(x)");
    auto before = fs::file_size(file);
    auto expected =
        error{errc::invalid, file.string() + " is not a store: another program made this database; name another file"};
    CHECK(refused(file) == expected);
    CHECK(refused_to_read(file) == expected);
    CHECK(fs::file_size(file) == before);
  }
  SUBCASE("a directory") {
    fs::create_directory(file);
    CHECK(refused(file) == error{errc::invalid, "the store " + file.string() + " is no ordinary file: name another"});
    CHECK(refused_to_read(file).code == errc::invalid);
  }
  SUBCASE("a file in a directory that is not there") {
    file = place / "none" / "x.db";
    CHECK(refused(file) ==
          error{errc::unavailable, "the store " + file.string() +
                                       " cannot be opened (No such file or directory): check that its directory exists "
                                       "and that you may use it"});
  }
  SUBCASE("no name") { CHECK(refused("") == error{errc::invalid, "the store has no file name: give one"}); }
}

TEST_CASE("any file name will do") {
  scratch place;
  for (const std::string name : {"a b.db", "100%25?mode=memory#x.db", "größe-大.db", "it's \"quoted\".db"}) {
    INFO(name);
    {
      auto j = open(place / name);
      stage(*j, 1, {created("one")});
      commit(*j);
    }
    CHECK(fs::exists(place / name));
    CHECK(loaded(*must(io::open_sqlite_journal_for_reading(place / name)), 1).size() == 1);
  }
}

TEST_CASE("nothing that was staged and not committed is kept when the journal ends") {
  scratch place;
  auto file = store_with(place, 3);
  {
    auto j = open(file);
    stage(*j, 1, reports(4, 9));
  }
  CHECK(loaded(*open(file), 1).size() == 3);
}
