#include "app/log_writer.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"
#include "tests/support/child.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace std::chrono_literals;
using app::log_level;
using app::log_writer;

namespace {

constexpr auto info = static_cast<std::size_t>(log_level::info), notice = static_cast<std::size_t>(log_level::notice);

log_writer::wording words() {
  return {[](const app::log_losses& x) {
            return "lost " + std::to_string(x[notice]) + " and " + std::to_string(x[info]) + "\n";
          },
          [](const error& why) { return why.message + "\n"; }};
}

/// One whose reader does not read until it is told to.
class unread_pipe {
public:
  unread_pipe() { REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0); }
  ~unread_pipe() { ::close(ends_[0]); }
  unread_pipe(const unread_pipe&) = delete;

  int writing_end() const { return ends_[1]; }
  /// Waits until somebody writes.
  void until_written() const {
    for (int bytes = 0; bytes == 0; std::this_thread::yield()) REQUIRE(::ioctl(ends_[0], FIONREAD, &bytes) == 0);
  }
  /// Lines up to the one that begins so, which is the last.
  std::vector<std::string> read_until(const std::string& beginning) {
    std::vector<std::string> out;
    for (std::string text; out.empty() || !out.back().starts_with(beginning);) {
      char some[4096];
      const auto n = ::read(ends_[0], some, sizeof some);
      REQUIRE(n > 0);
      text.append(some, static_cast<std::size_t>(n));
      for (std::size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1))
        out.push_back(text.substr(0, end));
    }
    return out;
  }

private:
  int ends_[2];
};

/// For a child that is to abort: no report of a test that crashed, and no core file.
void abort_alone() {
  ::signal(SIGABRT, SIG_DFL);
  rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
}

std::string numbered(const std::string& name, std::size_t n) { return name + " " + std::to_string(n) + "\n"; }

}  // namespace

TEST_CASE("nobody who writes waits for who does not read, and what was lost is told once he reads, changes last") {
  unread_pipe pipe;
  log_writer to(pipe.writing_end(), words());
  to.put(log_level::info, std::string(1 << 20, '.') + "\n");
  pipe.until_written();
  const std::string padding(1000, '.');
  std::size_t requests = 0, changes = 0;
  while (to.lost()[info] < 10) to.put(log_level::info, numbered(padding + "request", requests++));
  CHECK_FALSE(to.flush(0ms));
  // What is graver finds room where requests found none.
  for (; changes < 100; ++changes) to.put(log_level::notice, numbered("change", changes));
  CHECK(to.lost()[notice] == 0);
  while (to.lost()[notice] < 7) to.put(log_level::notice, numbered(padding + "change", changes++));
  // Requests may take half, and both together all.
  CHECK(requests * padding.size() > log_writer::most_bytes / 6);
  CHECK((requests + changes) * padding.size() < log_writer::most_bytes);

  auto got = pipe.read_until("lost");
  REQUIRE(got.size() == 1 + requests - 10 + changes - 7 + 1);
  CHECK(got.back() == "lost 7 and 10");
  for (std::size_t i = 0; i < requests - 10; ++i) CHECK(got[1 + i] + "\n" == numbered(padding + "request", i));
  for (std::size_t i = 0; i < 100; ++i) CHECK(got[1 + requests - 10 + i] + "\n" == numbered("change", i));
  to.put(log_level::info, "after it\n");
  CHECK(pipe.read_until("after").size() == 1);
  CHECK(to.lost() == app::log_losses{0, 0, 7, 10});
}

TEST_CASE("lines of many threads stand alone, each thread's in its order") {
  test::scratch place;
  {
    log_writer to(test::must(log_writer::open(place / "log")), words());
    std::vector<std::thread> writers;
    for (auto name : {"a", "b", "c", "d"})
      writers.emplace_back([&to, name] {
        for (std::size_t i = 0; i < 2000; ++i) to.put(log_level::info, numbered(name, i));
      });
    for (auto& x : writers) x.join();
    // What was said is written when it has ended.
  }
  std::istringstream in(tests::contents(place / "log"));
  std::size_t next[4] = {};
  for (std::string line; std::getline(in, line);) {
    REQUIRE(line.size() > 2);
    auto& mine = next[(line[0] - 'a') & 3];
    CHECK(line + "\n" == numbered(line.substr(0, 1), mine++));
  }
  for (auto n : next) CHECK(n == 2000);
}

TEST_CASE("a line that was written half is ended before the next, and counts as lost") {
  test::scratch place;
  log_writer to(test::must(log_writer::open(place / "log")), words());
  to.put(log_level::info, "whole\n");
  REQUIRE(to.flush(60s));
  {
    test::file_size_limit tight(10);
    to.put(log_level::info, "half of it\n");
    REQUIRE(to.flush(60s));
    to.put(log_level::notice, "none of it\n");
    REQUIRE(to.flush(60s));
  }
  to.put(log_level::info, "again\n");
  REQUIRE(to.flush(60s));
  CHECK(tests::contents(place / "log") == "whole\nhalf\nlost 1 and 1\nagain\n");
}

TEST_CASE("what the one file did not take is told in the next") {
  test::scratch place;
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  log_writer to(ends[1], words());
  to.put(log_level::notice, "to nobody\n");
  REQUIRE(to.flush(60s));
  to.reopen(place / "none" / "log");
  to.put(log_level::notice, "to nobody either\n");
  REQUIRE(to.flush(60s));
  to.reopen(place / "log");
  to.put(log_level::notice, "to the file\n");
  REQUIRE(to.flush(60s));
  CHECK(tests::contents(place / "log") == "to the file\nlost 2 and 0\n");
}

TEST_CASE("what was said before an abort is written") {
  test::scratch place;
  constexpr std::size_t lines = 20'000;
  test::child aborting([&] {
    abort_alone();
    auto to = log_writer::open(place / "log");
    if (!to) return 1;
    log_writer out(*to, words());
    log_writer::hold_up_aborts();
    for (std::size_t i = 0; i < lines; ++i) out.put(log_level::notice, numbered("line", i));
    std::abort();
  });
  CHECK(aborting.wait() == -SIGABRT);
  CHECK(tests::contents(place / "log").ends_with(numbered("line", lines - 1)));
}

TEST_CASE("an abort does not wait for who does not read") {
  unread_pipe pipe;
  test::child aborting([&]() -> int {
    abort_alone();
    log_writer out(pipe.writing_end(), words());
    log_writer::hold_up_aborts();
    out.put(log_level::notice, std::string(1 << 20, '.'));
    std::abort();
  });
  CHECK(aborting.wait() == -SIGABRT);
}

TEST_CASE("an end does not wait for who does not read") {
  unread_pipe pipe;
  const auto begin = std::chrono::steady_clock::now();
  {
    log_writer to(pipe.writing_end(), words());
    to.put(log_level::notice, std::string(1 << 20, '.') + "\n");
  }
  CHECK(std::chrono::steady_clock::now() - begin < 60s);
  // Whoever reads after all gets what was being written.
  CHECK(pipe.read_until(".")[0].size() >= 1 << 20);
}
