// Durable facts a second through the SQLite journal, by the size of a batch, against the least that a durable append
// can cost: pwrite and fdatasync of the same bytes to a bare file, in turns with it.
//
//   bench/journal [DIRECTORY] [SECONDS]      default: the working directory, 4 seconds a line
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include "bench/facts.hpp"
#include "io/fact_codec.hpp"
#include "io/sqlite_journal.hpp"

namespace {

using namespace vilfredo;
using clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "journal: " << why << "\n";
  std::exit(1);
}

double seconds_since(clock::time_point start) { return std::chrono::duration<double>(clock::now() - start).count(); }

struct tally {
  double seconds = 0, facts = 0;
  double rate() const { return facts / seconds; }
};

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path place = count > 1 ? arguments[1] : ".";
  const double seconds = count > 2 ? std::atof(arguments[2]) : 4;
  const auto store = place / ("bench-journal-" + std::to_string(::getpid()) + ".db");
  const auto bare = place / ("bench-bare-" + std::to_string(::getpid()));

  std::puts("batch   journal facts/s   bare facts/s   ratio");
  for (std::size_t size : {std::size_t{1}, std::size_t{16}, std::size_t{256}}) {
    auto opened = io::open_sqlite_journal(store);
    if (!opened) give_up(opened.error().message);
    auto& journal = **opened;
    int file = ::open(bare.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) give_up("cannot create " + bare.string());
    bench::fact_maker maker(0);
    tally ours, least;
    off_t end = 0;
    // Short turns, so that both meet the same moods of the disk.
    while (ours.seconds < seconds / 2 || least.seconds < seconds / 2) {
      std::string bytes;
      for (auto start = clock::now(); seconds_since(start) < 0.1;) {
        std::vector<fact> batch;
        for (std::size_t i = 0; i < size; ++i) batch.push_back(maker.next());
        auto began = clock::now();
        auto done = journal.stage({1}, batch);
        if (done) done = journal.commit();
        if (!done) give_up(done.error().message);
        ours.seconds += seconds_since(began);
        ours.facts += static_cast<double>(size);
        bytes.clear();
        for (const auto& x : batch) bytes += io::encode(x.what) + "\n";
      }
      for (auto start = clock::now(); seconds_since(start) < 0.1;) {
        auto began = clock::now();
        if (::pwrite(file, bytes.data(), bytes.size(), end) < 0 || ::fdatasync(file) != 0)
          give_up("cannot write " + bare.string());
        end += static_cast<off_t>(bytes.size());
        least.seconds += seconds_since(began);
        least.facts += static_cast<double>(size);
      }
    }
    std::printf("%5zu %17.0f %14.0f %6.0f %%\n", size, ours.rate(), least.rate(), 100 * ours.rate() / least.rate());
    ::close(file);
    opened = error{};
    for (const char* end_of_name : {"", ".lock", "-wal", "-shm"}) std::filesystem::remove(store.string() + end_of_name);
    std::filesystem::remove(bare);
  }
}
