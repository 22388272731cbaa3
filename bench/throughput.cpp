// How fast /bin/true runs as a trial through the whole house (actors, sampler, store with its syncs, folders, logs),
// in turns with two bare loops of posix_spawn and wait: the plain one, which waits for each program before it starts
// the next, and one that keeps as many programs going as the house does. The CPU time of a trial, its program's own
// included, is what remains to be compared where other programs keep the machine busy.
//
// For five minutes after many files were deleted ext4 makes new ones slowly: run it in a folder of another file system
// (/dev/shm has one in memory, whose syncs cost nothing), or wait.
//
//   bench/throughput [DIRECTORY] [TRIALS a round] [ROUNDS] [AT A TIME…]
//   default: the working directory, 2000 trials, 5 rounds, 2, 8 and 64 at a time
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
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

struct speed {
  double per_second = 0, cpu_ms = 0;
};

double cpu_seconds() {
  double out = 0;
  for (auto whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(whose, &used);
    for (const auto& t : {used.ru_utime, used.ru_stime})
      out += static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  }
  return out;
}

class stopwatch {
public:
  speed read(int trials) const {
    return {trials / std::chrono::duration<double>(clock::now() - begin_).count(),
            1000 * (cpu_seconds() - cpu_) / trials};
  }

private:
  clock::time_point begin_ = clock::now();
  double cpu_ = cpu_seconds();
};

speed bare(int trials, int at_a_time) {
  stopwatch watch;
  char program[] = "/bin/true";
  // With one argument, as our trials have: true then sets up its locale, which doubles what it costs.
  char number[] = "0.01";
  char* arguments[] = {program, number, nullptr};
  for (int started = 0, ended = 0; ended < trials; ++ended) {
    for (; started < trials && started - ended < at_a_time; ++started) {
      pid_t child;
      if (::posix_spawn(&child, program, nullptr, nullptr, arguments, environ) != 0) bench::give_up("cannot spawn");
    }
    int status = 0;
    if (::wait(&status) < 0 || status != 0) bench::give_up("cannot wait");
  }
  return watch.read(trials);
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
speed orchestrated(const bench::folder& at, int trials, int at_a_time, int round) {
  auto what = bench::cheap_experiment(std::to_string(at_a_time) + "-" + std::to_string(round));
  what.observation_budget = static_cast<std::uint64_t>(trials);
  what.parallel_bandwidth = static_cast<std::uint32_t>(at_a_time);
  what.run.emplace();
  what.run->command = {"/bin/true", "{learning_rate}"};
  std::shared_ptr<launcher> programs = io::make_process_launcher({at / ("trials-" + what.name)});
  app::inbox letters;
  app::house home({bench::open_store(at / (what.name + ".db")), &letters, 1});
  auto id = bench::must(home.create(what, 0));
  auto book = bench::must(home.describe(id));
  stopwatch watch;
  home.employ({id,
               std::make_shared<definition>(what),
               book->shared_space(),
               programs,
               static_cast<std::size_t>(at_a_time),
               {}});
  wait_for_the_worker(letters);
  auto rate = watch.read(trials);
  if (bench::must(home.describe(id))->observations().size() != static_cast<std::size_t>(trials))
    bench::give_up("trials are missing");
  return rate;
}

struct turn {
  speed plain, crowd, ours;
};

/// The median of one of their numbers.
template <class Number>
double median(const std::vector<turn>& turns, Number number) {
  std::vector<double> x;
  for (const auto& t : turns) x.push_back(number(t));
  std::ranges::sort(x);
  return x[x.size() / 2];
}

void print(int at_a_time, const std::vector<turn>& turns) {
  auto of = [&](auto number) { return median(turns, number); };
  std::printf("%9d   %6.0f %7.0f %9.0f   %5.2f %7.2f   %6.2f %9.2f   %7.2f\n", at_a_time,
              of([](const turn& t) { return t.plain.per_second; }),
              of([](const turn& t) { return t.crowd.per_second; }), of([](const turn& t) { return t.ours.per_second; }),
              of([](const turn& t) { return t.ours.per_second / t.plain.per_second; }),
              of([](const turn& t) { return t.ours.per_second / t.crowd.per_second; }),
              of([](const turn& t) { return t.crowd.cpu_ms; }), of([](const turn& t) { return t.ours.cpu_ms; }),
              of([](const turn& t) { return t.crowd.cpu_ms / t.ours.cpu_ms; }));
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const bench::folder here(count > 1 ? arguments[1] : ".");
  const int trials = count > 2 ? std::atoi(arguments[2]) : 2000;
  const int rounds = count > 3 ? std::atoi(arguments[3]) : 5;
  if (trials < 1 || rounds < 1) return 2;
  std::vector<int> many{2, 8, 64};
  if (count > 4) many.clear();
  for (int i = 4; i < count; ++i) many.push_back(std::atoi(arguments[i]));
  std::printf("/bin/true, median of %d rounds of %d trials; aim: a ratio of 0.70\n", rounds, trials);
  std::puts("                 trials per second         ratio to       CPU ms a trial    ratio to");
  std::puts("at a time    plain   crowd  vilfredo   plain   crowd    crowd  vilfredo     crowd");
  for (int at_a_time : many) {
    std::vector<turn> turns;
    for (int i = 0; i < rounds; ++i) {
      turn t{bare(trials, 1), bare(trials, at_a_time), {}};
      t.ours = orchestrated(here, trials, at_a_time, i);
      turns.push_back(t);
    }
    print(at_a_time, turns);
  }
}
