// How many durable pairs of ask and complete a second the house carries out for 1 and for 256 askers at once, and how
// long an ask takes while a plan of about half a second is being computed.
//
//   bench/ask [DIRECTORY] [SECONDS]      default: the working directory, 4 seconds a line
#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "bench/house.hpp"
#include "bench/quantile.hpp"

namespace {

using namespace vilfredo;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point x) { return std::chrono::duration<double>(clock::now() - x).count(); }

/// Askers without threads of their own: each asks, completes what it got, and asks again. All speak from one thread,
/// which hears the answers through a queue.
class askers {
public:
  askers(app::house& home, experiment_id experiment, std::vector<std::string> metrics)
      : home_(home), experiment_(experiment), metrics_(std::move(metrics)) {}

  /// Lets `many` of them ask for so long; pairs a second.
  double run(int many, double seconds) {
    auto begin = clock::now();
    auto pairs = pairs_;
    for (int i = 0; i < many; ++i) ask_one();
    for (out_ = many; out_ > 0;) {
      auto [what, asked] = next();
      auto answer = bench::must(std::move(what));
      if (auto* got = std::get_if<issued>(&answer)) {
        asks_.push_back(seconds_since(asked) * 1000);
        complete_one(*got);
      } else {
        ++pairs_;
        if (seconds_since(begin) < seconds)
          ask_one();
        else
          --out_;
      }
    }
    return static_cast<double>(pairs_ - pairs) / seconds_since(begin);
  }
  /// Milliseconds from question to answer of all asks since the last call.
  std::vector<double> take_asks() { return std::exchange(asks_, {}); }

private:
  struct heard {
    outcome what;
    clock::time_point asked;
  };

  void ask_one() { submit(ask{"bench", duration{0}, {}}); }
  void complete_one(const issued& got) {
    complete done{got.trial, got.attempt, {}};
    for (const auto& m : metrics_) done.values.push_back({m, std::uniform_real_distribution<>()(random_), {}});
    submit(std::move(done));
  }
  void submit(command what) {
    request sent{"bench-" + std::to_string(++request_), std::move(what)};
    auto decide = [sent = std::move(sent)](const ledger&) -> result<request> { return sent; };
    home_.enact(experiment_, std::move(decide), {}, [this, asked = clock::now()](outcome x) {
      std::lock_guard hold(mutex_);
      heard_.push_back({std::move(x), asked});
      came_.notify_one();
    });
  }
  heard next() {
    std::unique_lock hold(mutex_);
    came_.wait(hold, [this] { return !heard_.empty(); });
    auto out = std::move(heard_.front());
    heard_.pop_front();
    return out;
  }

  app::house& home_;
  experiment_id experiment_;
  std::vector<std::string> metrics_;
  std::mt19937_64 random_{1};
  std::uint64_t request_ = 0, pairs_ = 0;
  int out_ = 0;
  std::vector<double> asks_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<heard> heard_;
};

/// For TPE with this many observations, all on a front of three metrics, a plan takes long.
void write_long_history(journal& store, const definition& what, std::uint64_t observations) {
  std::vector<fact> facts{{1, time_point{}, {}, events::experiment_created{std::make_shared<definition>(what)}}};
  std::mt19937_64 random(1);
  std::normal_distribution<> normal;
  for (std::uint64_t i = 1; i <= observations; ++i) {
    observation seen;
    seen.id = {i};
    double length = 0;
    for (std::size_t k = 0; k < what.space.parameters.size(); ++k)
      seen.point.values.push_back(std::uniform_real_distribution<>()(random));
    for (int k = 0; k < 3; ++k) {
      seen.values.push_back(std::abs(normal(random)));
      length += seen.values.back() * seen.values.back();
    }
    for (auto& x : seen.values) x /= std::sqrt(length);  // on the sphere nobody beats anybody
    facts.push_back({i + 1, time_point{}, {}, events::observation_added{std::move(seen)}});
  }
  bench::must(store.stage({1}, facts));
  bench::must(store.commit());
}

std::size_t plans_in(app::inbox& letters) {
  std::size_t out = 0;
  for (auto& x : letters.take())
    if (auto* came = std::get_if<app::facts_came>(&x))
      out += static_cast<std::size_t>(std::ranges::count_if(
          *came->facts, [](const fact& f) { return std::holds_alternative<events::plan_made>(f.what); }));
  return out;
}

void measure_pairs(const bench::folder& here, double seconds) {
  std::puts("askers   durable pairs/s   ask p50 ms   ask p99 ms");
  for (int many : {1, 256}) {
    app::inbox letters;
    app::house home({bench::open_store(here / ("pairs-" + std::to_string(many) + ".db")), &letters, 1});
    auto id = bench::must(home.create(bench::cheap_experiment("pairs"), 0));
    askers all(home, id, {"gain"});
    auto rate = all.run(many, seconds);
    auto asks = all.take_asks();
    std::printf("%6d   %15.0f   %10.2f   %10.2f\n", many, rate, bench::quantile(asks, 0.5),
                bench::quantile(asks, 0.99));
  }
}

/// One asker, with a history that makes TPE think long; `uniform` meets the same history and does not think.
void measure_asks(const bench::folder& here, const std::string& sampler, double seconds) {
  auto what = bench::cheap_experiment("plans");
  what.sampler.name = sampler;
  what.metrics.clear();
  for (const char* name : {"a", "b", "c"}) what.metrics.push_back({name, objective::maximize, strategy::optimize, {}});
  auto store = bench::open_store(here / (sampler + ".db"));
  write_long_history(*store, what, 20'000);
  app::inbox letters;
  app::house home({store, &letters, 1});
  askers one(home, {1}, {"a", "b", "c"});
  one.run(1, 1);  // from here on TPE always has a plan to make
  plans_in(letters);
  one.take_asks();
  auto begin = clock::now();
  one.run(1, std::max(seconds, 4.0));
  auto plan_ms = 1000 * seconds_since(begin) / static_cast<double>(std::max<std::size_t>(plans_in(letters), 1));
  auto asks = one.take_asks();
  std::printf("%-8s   %20.0f   %10.2f   %10.2f   %8.2f\n", sampler.c_str(), plan_ms, bench::quantile(asks, 0.5),
              bench::quantile(asks, 0.99), bench::quantile(asks, 1));
}

}  // namespace

int main(int count, char** arguments) {
  const bench::folder here(count > 1 ? arguments[1] : ".");
  const double seconds = count > 2 ? std::atof(arguments[2]) : 4;
  measure_pairs(here, seconds);
  std::puts("\nwith 20000 observations, all on one front; aim: p99 below 5 ms while plans of 500 ms are made");
  std::puts("sampler    one plan in so many ms   ask p50 ms   ask p99 ms   worst ms");
  for (const char* sampler : {"uniform", "tpe"}) measure_asks(here, sampler, seconds);
}
