#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/engine.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::test {

/// Drives one engine in virtual time: keeps its facts, collects its replies by ticket, rings its alarms when the time
/// comes, and computes its plans when told to.
class engine_driver {
public:
  explicit engine_driver(const definition& d) {
    auto made = must(engine::create(d, now, "create"));
    engine_ = std::make_unique<engine>(std::move(made.what));
    take(std::move(made.step));
  }

  time_point now{std::chrono::milliseconds{1'000'000}};
  /// Plans are computed as soon as they are wanted; else `compute_plan` must be called.
  bool prompt = true;
  /// What makes the plans; none: the sampler of the definition.
  std::function<result<plan>(const plan_job&)> planner;

  const ledger& book() const { return engine_->book(); }
  const engine& inside() const { return *engine_; }
  const std::vector<fact>& facts() const { return facts_; }
  std::shared_ptr<const plan_job> job() const { return job_; }
  std::size_t plans_asked_for() const { return jobs_; }

  ticket send(command what, std::string request_id = {}) {
    run_plans();
    auto to = next_++;
    take(engine_->handle({std::move(request_id), std::move(what)}, to, now));
    run_plans();
    return to;
  }
  /// The reply to a ticket, or nothing while it waits.
  std::optional<outcome> reply(ticket to) const {
    auto found = replies_.find(to);
    if (found == replies_.end()) return std::nullopt;
    return found->second;
  }
  /// The reply to a command that is answered at once.
  outcome call(command what, std::string request_id = {}) {
    auto to = send(std::move(what), std::move(request_id));
    auto got = reply(to);
    return got ? *got : outcome{error{errc::internal, "no reply yet"}};
  }
  issued ask_now(std::string worker = "w") {
    auto got = must(call(ask{std::move(worker), duration{0}, std::nullopt}));
    return std::get<issued>(got);
  }
  outcome finish(const issued& x, double value, std::string request_id = {}) {
    return call(complete{x.trial, x.attempt, {{book().definition().metrics[0].name, value, std::nullopt}}},
                std::move(request_id));
  }

  /// Computes the plan that is wanted, if any.
  bool compute_plan() {
    if (!job_) return false;
    auto job = std::exchange(job_, nullptr);
    auto made = planner ? planner(*job) : must(find_sampler(*job->definition))->suggest(*job);
    take(engine_->planned(std::move(made), now));
    return true;
  }

  /// Lets the time pass; alarms ring in order.
  void advance(duration by) {
    const auto end = now + by;
    while (!alarms_.empty() && alarms_.begin()->first <= end) {
      auto [at, what] = *alarms_.begin();
      alarms_.erase(alarms_.begin());
      now = std::max(now, at);
      take(engine_->due(what, now));
      run_plans();
    }
    now = end;
  }

  /// The process ends and starts again: all that is kept are the facts.
  void restart(duration grace = std::chrono::seconds{10}) {
    replies_.clear();
    alarms_.clear();
    job_ = nullptr;
    engine_ = std::make_unique<engine>(must(engine::load(replayed())));
    take(engine_->wake(now, grace));
    run_plans();
  }

  ledger replayed() const {
    auto out = must(ledger::open(facts_.front()));
    for (std::size_t i = 1; i < facts_.size(); ++i)
      if (auto fits = out.apply(facts_[i]); !fits) {
        std::cerr << "a fact does not follow: " << fits.error().message << "\n";
        std::abort();
      }
    return out;
  }

private:
  void take(step what) {
    for (auto& f : what.facts) facts_.push_back(std::move(f));
    for (auto& r : what.replies)
      if (!replies_.emplace(r.to, std::move(r.what)).second) {
        std::cerr << "ticket " << r.to << " was answered twice\n";
        std::abort();
      }
    for (auto& a : what.alarms) alarms_.emplace(a.at, a.what);
    if (what.job) {
      if (job_) {
        std::cerr << "two jobs are out\n";
        std::abort();
      }
      ++jobs_;
      job_ = std::move(what.job);
    }
  }
  void run_plans() {
    while (prompt && compute_plan()) {
    }
  }

  std::unique_ptr<engine> engine_;
  std::vector<fact> facts_;
  std::map<ticket, outcome> replies_;
  std::multimap<time_point, timer> alarms_;
  std::shared_ptr<const plan_job> job_;
  std::size_t jobs_ = 0;
  ticket next_ = 1;
};

}  // namespace vilfredo::test
