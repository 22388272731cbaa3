// How fast /bin/true runs as a trial, two at a time, against a bare loop of posix_spawn and wait: what the folder, the
// environment, the pipes and the record of each run cost.
//
//   bench_launcher [TRIALS a round] [ROUNDS]
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/quantile.hpp"
#include "io/process_launcher.hpp"

namespace {

using namespace vilfredo;
using clock_type = std::chrono::steady_clock;
constexpr int at_a_time = 2;

double seconds_since(clock_type::time_point begin) {
  return std::chrono::duration<double>(clock_type::now() - begin).count();
}

double bare(int trials) {
  auto begin = clock_type::now();
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  int started = 0, ended = 0;
  while (ended < trials) {
    while (started < trials && started - ended < at_a_time) {
      pid_t child;
      if (::posix_spawn(&child, program, nullptr, nullptr, arguments, environ) != 0) std::abort();
      ++started;
    }
    int status = 0;
    if (::wait(&status) < 0 || status != 0) std::abort();
    ++ended;
  }
  return trials / seconds_since(begin);
}

double launched(launcher& by, int trials, std::uint64_t first) {
  std::mutex mutex;
  std::condition_variable changed;
  int started = 0, ended = 0, failed = 0;
  auto begin = clock_type::now();
  std::unique_lock hold(mutex);
  while (ended < trials) {
    while (started < trials && started - ended < at_a_time) {
      trial_run what;
      what.experiment = {1};
      what.experiment_name = "bench";
      what.trial = {first + static_cast<std::uint64_t>(started)};
      what.assignments = {{"learning_rate", 0.125}, {"leaves", std::int64_t{15}}, {"booster", std::string("dart")}};
      what.program.command = {"/bin/true", "{learning_rate}"};
      ++started;
      by.start(what.trial.number, what, [&](const run_message& said) {
        auto* exit = std::get_if<run_exit>(&said);
        if (!exit) return;
        std::lock_guard now(mutex);
        if (exit->code != 0) ++failed;
        ++ended;
        changed.notify_one();
      });
    }
    auto before = ended;
    changed.wait(hold, [&] { return ended > before; });
  }
  if (failed > 0) std::abort();
  return trials / seconds_since(begin);
}

}  // namespace

int main(int count, char** argument) {
  int trials = count > 1 ? std::atoi(argument[1]) : 500;
  int rounds = count > 2 ? std::atoi(argument[2]) : 7;
  auto name = (std::filesystem::temp_directory_path() / "vilfredo-bench-XXXXXX").string();
  if (trials < 1 || rounds < 1 || !::mkdtemp(name.data())) return 2;
  std::vector<double> bare_rates, launcher_rates, ratios;
  {
    auto by = io::make_process_launcher({name});
    std::uint64_t next = 1;
    for (int round = 0; round < rounds; ++round) {  // in turns, so that both meet the same machine
      bare_rates.push_back(bare(trials));
      launcher_rates.push_back(launched(*by, trials, next));
      ratios.push_back(launcher_rates.back() / bare_rates.back());
      next += static_cast<std::uint64_t>(trials);
    }
  }
  std::filesystem::remove_all(name);
  std::printf("/bin/true, %d at a time, median of %d rounds of %d:\n", at_a_time, rounds, trials);
  std::printf("  posix_spawn and wait  %8.0f per second\n", bench::median(bare_rates));
  std::printf("  launcher              %8.0f per second\n", bench::median(launcher_rates));
  std::printf("  ratio                 %8.2f\n", bench::median(ratios));
}
