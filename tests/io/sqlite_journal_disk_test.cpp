// What the SQLite journal does when the disk does not do as it is told.
#include <doctest/doctest.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>

#include <fstream>

#include "io/sqlite.hpp"
#include "io/sqlite_journal.hpp"
#include "tests/support/child.hpp"
#include "tests/support/faulty_vfs.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/journal_contract.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<journal> open(const fs::path& file) { return must(io::open_sqlite_journal(file)); }

const std::string safe = "; nothing was acknowledged that is not stored";
error no_room(const fs::path& file) {
  return {errc::unavailable, "the store " + file.string() + " has no room left: free some space" + safe};
}

bool sound(const fs::path& file) {
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
  return answer == "ok";
}

/// One experiment that is written on, whatever fails, as the journal actor and the experiment do: facts that were not
/// acknowledged are staged again.
struct writing {
  journal& store;
  std::uint64_t acknowledged = 0;
  std::uint64_t failed = 0;
  std::string last_error;

  void batch(std::uint64_t size) {
    auto facts = reports(acknowledged + 1, acknowledged + size);
    if (acknowledged == 0) facts.front() = created("loans");
    auto done = store.stage({1}, facts);
    if (done) done = store.commit();
    if (done) {
      acknowledged += size;
    } else {
      ++failed;
      last_error = done.error().message;
    }
  }
};

/// Runs a test's part in a process of its own, because it changes what cannot be changed back. The part gives back 0
/// when all is well, 77 when it cannot be run here.
void in_child(const std::function<int()>& part) {
  child process(part);
  int code = process.wait();
  if (code == 77)
    MESSAGE("not possible on this machine");
  else
    CHECK(code == 0);
}
// In the child, where doctest's checks would be lost.
#define NEED(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      std::cerr << __FILE__ << ":" << __LINE__ << ": " #condition << std::endl;                                        \
      return 1;                                                                                                        \
    }                                                                                                                  \
  } while (false)

}  // namespace

TEST_CASE("whichever disk operation fails, acknowledged facts stay and others do not come back") {
  faulty_vfs disk;
  int code = SQLITE_FULL;
  SUBCASE("the disk is full") { code = SQLITE_FULL; }
  SUBCASE("the disk is broken") { code = SQLITE_IOERR; }
  // The n-th operation fails, for n = 1, 2, … until all goes well.
  std::uint64_t n = 0, struck = 0;
  for (bool fails = true; fails && n < 1000;) {
    scratch place;
    auto file = place / "a.db";
    std::uint64_t acknowledged = 0;
    {
      // Starting is part of it: a journal that could not be opened is opened again.
      disk.arm(++n, code);
      auto opened = io::open_sqlite_journal(file);
      if (!opened) {
        CHECK(opened.error().code == errc::unavailable);
        opened = io::open_sqlite_journal(file);
      }
      std::shared_ptr<journal> j = must(std::move(opened));
      writing w{*j, 0, 0, {}};
      for (int i = 0; i < 5; ++i) w.batch(i == 3 ? 600 : 2);
      fails = disk.faults() > 0;
      struck += w.failed;
      CHECK(w.failed <= 1);
      CHECK(loaded(*j, 1).size() == w.acknowledged);
      disk.disarm();
      w.batch(1);
      CHECK(loaded(*j, 1).size() == w.acknowledged);
      acknowledged = w.acknowledged;
    }
    CHECK(sound(file));
    CHECK(loaded(*open(file), 1).size() == acknowledged);
  }
  CHECK(n > 30);
  CHECK(n < 1000);
  CHECK(struck > 10);
}

TEST_CASE("a commit whose sync failed is gone, even though all of it was written") {
  faulty_vfs disk;
  scratch place;
  auto file = place / "a.db";
  auto j = open(file);
  writing w{*j, 0, 0, {}};
  w.batch(3);
  // Which operation of the next commit is its sync depends on SQLite, so find it: the first that fails as a sync.
  bool found = false;
  for (std::uint64_t n = 1; n < 20 && !found; ++n) {
    disk.arm(n, SQLITE_IOERR);
    auto before = w.acknowledged;
    stage(*j, 1, reports(before + 1, before + 2));
    stage(*j, 2, {created("new")});
    auto done = j->commit();
    disk.disarm();
    if (done) break;
    found = done.error().message.find("disk I/O error") != std::string::npos ||
            done.error().message.find("Input/output error") != std::string::npos;
    CHECK(loaded(*j, 1).size() == before);
    CHECK(names(*j) == strings{"1 loans"});
    w.batch(1);
    CHECK(w.acknowledged == before + 1);
  }
  CHECK(found);
  j.reset();
  CHECK(loaded(*open(file), 1).size() == w.acknowledged);
}

TEST_CASE("a disk that stays full refuses every commit with the same sentence and serves readers") {
  faulty_vfs disk;
  scratch place;
  auto file = place / "a.db";
  auto j = open(file);
  writing w{*j, 0, 0, {}};
  w.batch(3);
  disk.arm(1, SQLITE_FULL, true);
  for (int i = 0; i < 3; ++i) {
    w.batch(2);
    CHECK(w.last_error == no_room(file).message);
  }
  CHECK(w.failed == 3);
  CHECK(loaded(*j, 1).size() == 3);
  CHECK(loaded(*must(io::open_sqlite_journal_for_reading(file)), 1).size() == 3);
  disk.disarm();
  w.batch(2);
  CHECK(w.failed == 3);
  CHECK(loaded(*j, 1).size() == 5);
}

TEST_CASE("a real disk that fills up, and has room again") {
  scratch place;
  in_child([&] {
    // A file system of two megabytes for this process alone; without root, in a user namespace.
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
    if (::mount("tmpfs", place.path().c_str(), "tmpfs", 0, "size=2m") != 0) return 77;
    auto file = place / "a.db";
    auto j = open(file);
    writing w{*j, 0, 0, {}};
    while (w.failed < 5 && w.acknowledged < 100'000) w.batch(50);
    NEED(w.failed == 5);
    NEED(w.last_error == no_room(file).message);
    NEED(loaded(*j, 1).size() == w.acknowledged);
    auto full = w.acknowledged;
    NEED(full > 500);
    NEED(::mount("tmpfs", place.path().c_str(), "tmpfs", MS_REMOUNT, "size=8m") == 0);
    for (int i = 0; i < 10; ++i) w.batch(50);
    NEED(w.failed == 5);
    NEED(w.acknowledged == full + 500);
    j.reset();
    NEED(sound(file));
    NEED(loaded(*open(file), 1).size() == w.acknowledged);
    return 0;
  });
}

TEST_CASE("a process that may not write larger files says so, and goes on when it may") {
  scratch place;
  in_child([&] {
    auto file = place / "a.db";
    ::signal(SIGXFSZ, SIG_IGN);
    auto j = open(file);
    writing w{*j, 0, 0, {}};
    w.batch(10);
    {
      file_size_limit tight(200'000);
      while (w.failed < 3 && w.acknowledged < 100'000) w.batch(50);
      NEED(w.failed == 3);
      NEED(w.last_error == "the store " + file.string() +
                               " may not grow beyond this process's limit of file size: raise it (ulimit -f)" + safe);
      NEED(loaded(*j, 1).size() == w.acknowledged);
    }
    for (int i = 0; i < 10; ++i) w.batch(50);
    NEED(w.failed == 3);
    j.reset();
    NEED(sound(file));
    NEED(loaded(*open(file), 1).size() == w.acknowledged);
    return 0;
  });
}

TEST_CASE("without the right to write there is no writer, but there are readers") {
  scratch place;
  auto file = place / "a.db";
  {
    auto j = open(file);
    stage(*j, 1, {created("loans")});
    commit(*j);
  }
  fs::permissions(file, fs::perms(0444));
  bool directory = false;
  std::string expected;
  SUBCASE("the file is read-only") {
    fs::permissions(place.path(), fs::perms(0777));
    fs::permissions(place / "a.db.lock", fs::perms(0666));
    expected = " cannot be written: make the file and its directory writable" + safe;
  }
  SUBCASE("the directory is read-only") {
    directory = true;
    fs::remove(place / "a.db.lock");
    fs::permissions(place.path(), fs::perms(0555));
    expected = " cannot be locked (" + file.string() +
               ".lock: Permission denied): check that its directory exists, is writable and has room";
  }
  in_child([&] {
    // The superuser may do everything, so be somebody else.
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) return 77;
    auto writer = io::open_sqlite_journal(file);
    NEED(!writer);
    NEED((writer.error() == error{errc::unavailable, "the store " + file.string() + expected}));
    auto reader = io::open_sqlite_journal_for_reading(file);
    NEED(reader);
    NEED(loaded(**reader, 1).size() == 1);
    NEED(fs::exists(place / "a.db.lock") != directory);
    return 0;
  });
  fs::permissions(place.path(), fs::perms(0755));
}

TEST_CASE("each failure of SQLite has its sentence") {
  auto says = [](int code, int system_error) {
    return io::sqlite::failure_sentence("f.db", code, system_error, "text").message;
  };
  CHECK(says(SQLITE_FULL, 0) == no_room("f.db").message);
  CHECK(says(SQLITE_IOERR_WRITE, ENOSPC) == no_room("f.db").message);
  CHECK(says(SQLITE_IOERR_SHMSIZE, EDQUOT) == no_room("f.db").message);
  CHECK(says(SQLITE_IOERR_FSYNC, EIO) ==
        "the store f.db cannot be read or written (Input/output error): check the disk" + safe);
  CHECK(says(SQLITE_IOERR_READ, 0) == "the store f.db cannot be read or written (text): check the disk" + safe);
  CHECK(says(SQLITE_CANTOPEN, EROFS) == "the store f.db is on a read-only file system: make it writable" + safe);
  CHECK(says(SQLITE_CANTOPEN, EACCES) ==
        "the store f.db cannot be opened (Permission denied): check that its directory exists and that you may use it");
  CHECK(says(SQLITE_READONLY_DIRECTORY, 0) ==
        "the store f.db cannot be written: make the file and its directory writable" + safe);
  CHECK(says(SQLITE_BUSY_SNAPSHOT, 0) ==
        "the store f.db is locked by another program: let its backup or query finish" + safe);
  CHECK(says(SQLITE_CORRUPT_INDEX, 0) == "the store f.db is damaged (text): see \"Repair\" in docs/store.md");
  CHECK(says(SQLITE_NOTADB, 0) == "f.db is not a store: it is no SQLite database; name another file");
  CHECK(says(SQLITE_MISUSE, 0) == "the store f.db fails (text, SQLite's code 21)");
}
