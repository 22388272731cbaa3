// How long a store of many facts takes to become a ledger again, and how much memory a trial takes in it.
//
//   bench/replay [DIRECTORY] [FACTS] [REPORTS]   default: the working directory, 1000000 facts, 0 reports a trial
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "bench/facts.hpp"
#include "core/ledger.hpp"
#include "io/sqlite_journal.hpp"

namespace {

using namespace vilfredo;
using clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "replay: " << why << "\n";
  std::exit(1);
}

/// Of this process, so that a busy machine does not hide what the work itself costs.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_since(clock::time_point start) { return std::chrono::duration<double>(clock::now() - start).count(); }

std::size_t memory_in_use() {
  auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path place = count > 1 ? arguments[1] : ".";
  const std::uint64_t facts = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000;
  const std::uint64_t reports = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 0;
  const auto store = place / ("bench-replay-" + std::to_string(::getpid()) + ".db");
  bench::fact_maker maker(reports);
  {
    auto opened = io::open_sqlite_journal(store);
    if (!opened) give_up(opened.error().message);
    auto start = clock::now();
    for (std::uint64_t left = facts; left > 0;) {
      std::vector<fact> batch;
      for (std::uint64_t i = std::min<std::uint64_t>(left, 10'000); i > 0; --i, --left) batch.push_back(maker.next());
      auto done = (*opened)->stage({1}, batch);
      if (done) done = (*opened)->commit();
      if (!done) give_up(done.error().message);
    }
    opened = error{};
    auto seconds = seconds_since(start);
    std::printf("wrote      %.2f s for %.2f million facts, %.0f bytes a fact on disk\n", seconds,
                static_cast<double>(facts) / 1e6,
                static_cast<double>(std::filesystem::file_size(store)) / static_cast<double>(facts));
  }
  auto opened = io::open_sqlite_journal_for_reading(store);
  if (!opened) give_up(opened.error().message);

  // Reading alone first: it also warms the page cache, which the file has just gone through anyway.
  auto start = clock::now();
  auto cpu = cpu_seconds();
  std::uint64_t seen = 0;
  if (auto done = (*opened)->load({1}, [&](fact&&) { return ++seen > 0; }); !done) give_up(done.error().message);
  std::printf("read       %.2f s, %.2f s of it CPU (SQLite, checksums, decoding)\n", seconds_since(start),
              cpu_seconds() - cpu);

  auto before = memory_in_use();
  start = clock::now();
  cpu = cpu_seconds();
  std::optional<ledger> book;
  auto done = (*opened)->load({1}, [&](fact&& x) {
    if (book) {
      if (auto applied = book->apply(x); !applied) give_up(applied.error().message);
    } else {
      auto first = ledger::open(x);
      if (!first) give_up(first.error().message);
      book = *std::move(first);
    }
    return true;
  });
  if (!done) give_up(done.error().message);
  std::printf("replayed   %.2f s, %.2f s of it CPU, into a ledger of %zu trials; aim: below 3 s a million\n",
              seconds_since(start), cpu_seconds() - cpu, book->trials().size());
  auto used = static_cast<double>(memory_in_use() - before) / static_cast<double>(maker.trials());
  std::printf(
      "memory     %.0f bytes a trial of 10 parameters, 2 metrics and %llu reports; aim: below 1024 without reports\n",
      used, static_cast<unsigned long long>(reports));
  opened = error{};
  for (const char* end_of_name : {"", ".lock", "-wal", "-shm"}) std::filesystem::remove(store.string() + end_of_name);
}
