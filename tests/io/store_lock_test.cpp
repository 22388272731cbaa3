#include "io/store_lock.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>

#include "tests/support/child.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}
}  // namespace

TEST_CASE("a lock is held by one, who is named, until it ends") {
  scratch place;
  auto store = place / "a.db";
  {
    auto first = io::store_lock::take(store);
    REQUIRE(first);
    CHECK(text_of(place / "a.db.lock") == std::to_string(::getpid()) + "\n");
    auto second = io::store_lock::take(store);
    REQUIRE_FALSE(second);
    CHECK(second.error() ==
          error{errc::conflict, "the store " + store.string() + " is in use by process " + std::to_string(::getpid()) +
                                    ": wait until it ends, stop it, or use another store"});
    CHECK(text_of(place / "a.db.lock") == std::to_string(::getpid()) + "\n");
  }
  CHECK(text_of(place / "a.db.lock").empty());
  CHECK(io::store_lock::take(store));
}

TEST_CASE("who looks on learns who writes, and keeps nobody out") {
  scratch place;
  auto store = place / "a.db";
  if (!io::writer_of(store)) return;  // a system that does not show its locks
  CHECK(io::writer_of(store) == 0);
  {
    auto lock = io::store_lock::take(store);
    REQUIRE(lock);
    CHECK(io::writer_of(store) == ::getpid());
    CHECK(io::writer_of(place / "b.db") == 0);
  }
  CHECK(io::writer_of(store) == 0);
}

TEST_CASE("a lock ends with the process that holds it") {
  scratch place;
  auto store = place / "a.db";
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  child holder([&] {
    auto lock = io::store_lock::take(store);
    (void)!::write(ends[1], lock ? "y" : "n", 1);
    ::pause();
    return 0;
  });
  char taken = 0;
  REQUIRE(::read(ends[0], &taken, 1) == 1);
  REQUIRE(taken == 'y');
  auto refused = io::store_lock::take(store);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("is in use by process " + std::to_string(holder.pid()) + ":") !=
        std::string::npos);
  holder.kill();
  CHECK(io::store_lock::take(store));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("an owner without a readable number is another process") {
  scratch place;
  auto store = place / "a.db";
  auto first = io::store_lock::take(store);
  REQUIRE(first);
  std::ofstream(place / "a.db.lock") << "rubbish";
  auto second = io::store_lock::take(store);
  REQUIRE_FALSE(second);
  CHECK(second.error().message ==
        "the store " + store.string() +
            " is in use by another process: wait until it ends, stop it, or use another store");
}

TEST_CASE("locks are not taken through links that somebody else may have made") {
  scratch place;
  std::ofstream(place / "precious") << "text";
  std::filesystem::create_symlink(place / "precious", place / "a.db.lock");
  CHECK_FALSE(io::store_lock::take(place / "a.db"));
  CHECK(text_of(place / "precious") == "text");
}

TEST_CASE("network file systems are known by their type") {
  CHECK(io::network_file_system(0x6969) == "NFS");
  CHECK(io::network_file_system(0xff534d42) == "CIFS");
  CHECK(io::network_file_system(static_cast<int>(0xfe534d42)) == "SMB2");  // where long has 32 bits, it is negative
  CHECK(io::network_file_system(0xef53).empty());                          // ext4
  CHECK(io::network_file_system(0x01021994).empty());                      // tmpfs
}

TEST_CASE("a child of an owner that was killed may hold the lock for a moment, which is waited for") {
  scratch place;
  auto store = place / "a.db";
  int ends[2], life[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::pipe(life) == 0);
  child owner([&] {
    auto lock = io::store_lock::take(store);
    // A child that inherits the lock and holds it until its pipe is closed.
    if (::fork() == 0) {
      ::close(life[1]);
      char end = 0;
      (void)!::read(life[0], &end, 1);
      ::_exit(0);
    }
    (void)!::write(ends[1], lock ? "y" : "n", 1);
    ::pause();
    return 0;
  });
  char taken = 0;
  REQUIRE(::read(ends[0], &taken, 1) == 1);
  REQUIRE(taken == 'y');
  owner.kill();
  int waits = 0;
  SUBCASE("until it ends") {
    auto lock = io::store_lock::take(store, [&] {
      if (++waits == 1) ::close(life[1]);
      char end = 0;
      // Its end of the pipe closes with it.
      ::close(ends[1]);
      (void)!::read(ends[0], &end, 1);
    });
    CHECK(lock);
    CHECK(waits >= 1);
  }
  SUBCASE("but not for ever") {
    auto lock = io::store_lock::take(store, [&] { ++waits; });
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code == errc::conflict);
    CHECK(waits > 10);
    ::close(life[1]);
    ::close(ends[1]);
  }
  ::close(life[0]);
  ::close(ends[0]);
}
