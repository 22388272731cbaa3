// Tunes a function of this program itself: no actors, no store, no child process. An engine is one experiment with
// everything but waiting; whoever drives it carries its jobs out and says what time it is.
#include <chrono>
#include <iostream>

#include "optimizer/engine.hpp"

using namespace vilfredo;

namespace {

definition two_hills() {
  definition x;
  x.name = "two hills";
  for (const char* name : {"x1", "x2"}) {
    parameter p;
    p.name = name;
    p.min = 0;
    p.max = 10;
    x.space.parameters.push_back(p);
  }
  for (const char* name : {"near", "far"}) {
    metric m;
    m.name = name;
    x.metrics.push_back(m);
  }
  x.observation_budget = 100;
  x.seed = 1;
  return x;
}

/// Two hills with their tops at (7, 8) and (1, 4): who climbs the one leaves the other.
std::vector<measurement> measure(double x1, double x2) {
  auto height = [&](double top1, double top2) { return -((x1 - top1) * (x1 - top1) + (x2 - top2) * (x2 - top2)); };
  return {{"near", height(7, 8), {}}, {"far", height(1, 4), {}}};
}

/// Drives an engine in one thread: what it wants planned is planned at once.
class driver {
public:
  explicit driver(engine& what) : engine_(&what) {}

  outcome carry_out(command what) {
    const auto mine = ++last_;
    outcome answer = error{errc::later, "nothing came of it"};
    auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    auto next = engine_->handle({.request_id = {}, .what = std::move(what)}, mine, now);
    for (;;) {
      // A program that wants to survive its own end would make next.facts durable here.
      for (auto& r : next.replies)
        if (r.to == mine) answer = std::move(r.what);
      if (!next.job) return answer;
      auto sampler = find_sampler(*next.job->definition);
      next = engine_->planned(sampler ? (*sampler)->suggest(*next.job) : result<plan>(sampler.error()), now);
    }
  }

private:
  engine* engine_;
  ticket last_ = 0;
};

}  // namespace

int main() {
  auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  auto made = engine::create(two_hills(), now);
  if (!made) {
    std::cerr << made.error().message << '\n';
    return 1;
  }
  driver tuning(made->what);
  for (;;) {
    auto asked = tuning.carry_out(ask{.worker = "me", .patience = duration{0}, .lease = {}});
    if (!asked) break;  // the budget is spent
    const auto& trial = std::get<issued>(*asked);
    tuning.carry_out(complete{trial.trial, trial.attempt, measure(trial.point.values[0], trial.point.values[1])});
  }
  const auto& book = made->what.book();
  for (auto id : book.summary().front()) {
    const auto* x = book.find(id);
    std::cout << x->point.values[0] << ' ' << x->point.values[1] << ": " << x->values[0] << ' ' << x->values[1] << '\n';
  }
  std::cout << book.summary().front().size() << " of " << book.observations().size() << " on the front\n";
}
