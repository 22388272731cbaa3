// How fast /bin/true runs as a trial through the whole house (actors, sampler, store with its syncs, folders, logs),
// against a bare loop of posix_spawn and wait with as many at a time, in turns with it.
//
//   bench/throughput [DIRECTORY] [TRIALS a round] [ROUNDS]     default: the working directory, 2000 trials, 5 rounds
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "bench/house.hpp"
#include "io/process_launcher.hpp"

namespace {

using namespace vilfredo;
using clock = std::chrono::steady_clock;

double per_second(int trials, clock::time_point begin) {
  return trials / std::chrono::duration<double>(clock::now() - begin).count();
}

double bare(int trials, int at_a_time) {
  auto begin = clock::now();
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  for (int started = 0, ended = 0; ended < trials; ++ended) {
    for (; started < trials && started - ended < at_a_time; ++started) {
      pid_t child;
      if (::posix_spawn(&child, program, nullptr, nullptr, arguments, environ) != 0) bench::give_up("cannot spawn");
    }
    int status = 0;
    if (::wait(&status) < 0 || status != 0) bench::give_up("cannot wait");
  }
  return per_second(trials, begin);
}

void wait_for_the_worker(app::inbox& letters) {
  for (;;) {
    pollfd source{letters.descriptor(), POLLIN, 0};
    ::poll(&source, 1, -1);
    for (auto& x : letters.take()) {
      if (auto* gone = std::get_if<app::house_gave_up>(&x)) bench::give_up(gone->reason);
      if (std::holds_alternative<app::worker_ended>(x)) return;
    }
  }
}

/// `at` is the house's own folder. Its trials fail, for /bin/true says nothing: an end like any other.
double orchestrated(const bench::folder& at, int trials, int at_a_time, int round) {
  auto what = bench::cheap_experiment("round " + std::to_string(round));
  what.observation_budget = static_cast<std::uint64_t>(trials);
  what.parallel_bandwidth = static_cast<std::uint32_t>(at_a_time);
  what.run.emplace();
  what.run->command = {"/bin/true", "{learning_rate}"};
  std::shared_ptr<launcher> programs = io::make_process_launcher({at / ("trials-" + what.name)});
  app::inbox letters;
  app::house home({bench::open_store(at / (what.name + ".db")), &letters, 1});
  auto id = bench::must(home.create(what));
  auto book = bench::must(home.describe(id));
  auto begin = clock::now();
  home.employ({id, std::make_shared<definition>(what), book->shared_space(), programs,
               static_cast<std::size_t>(at_a_time), {}});
  wait_for_the_worker(letters);
  auto rate = per_second(trials, begin);
  if (bench::must(home.describe(id))->observations().size() != static_cast<std::size_t>(trials))
    bench::give_up("trials are missing");
  return rate;
}

double median(std::vector<double> x) {
  std::ranges::sort(x);
  return x[x.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  const bench::folder here(count > 1 ? arguments[1] : ".");
  const int trials = count > 2 ? std::atoi(arguments[2]) : 2000;
  const int rounds = count > 3 ? std::atoi(arguments[3]) : 5;
  if (trials < 1 || rounds < 1) return 2;
  std::printf("/bin/true, median of %d rounds of %d trials; aim: a ratio of 0.70\n", rounds, trials);
  std::puts("at a time   spawn and wait/s   vilfredo/s   ratio");
  int round = 0;
  for (int at_a_time : {2, 8, 64}) {
    std::vector<double> spawned, ours, ratios;
    for (int i = 0; i < rounds; ++i) {
      spawned.push_back(bare(trials, at_a_time));
      ours.push_back(orchestrated(here, trials, at_a_time, ++round));
      ratios.push_back(ours.back() / spawned.back());
    }
    std::printf("%9d   %16.0f   %10.0f   %5.2f\n", at_a_time, median(spawned), median(ours), median(ratios));
    std::fflush(stdout);
  }
}
