#include "optimizer/bayes/trust_region.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "optimizer/grading.hpp"
#include "optimizer/hint.hpp"

namespace vilfredo {

namespace {

// Eriksson, Pearce, Gardner, Turner & Poloczek 2019, "Scalable Global Optimization via Local Bayesian Optimization"
// (NeurIPS), appendix: lengths and how many successes and failures change them.
constexpr double first_length = 0.8, greatest_length = 1.6, least_length = 1.0 / 128;
constexpr std::uint64_t successes_to_widen = 3;
constexpr double least_gain = 1e-3;
constexpr std::uint64_t most_compared = 2000;  // of the newest observations
constexpr std::string_view mark = "turbo";

std::uint64_t round_of(const plan_job& job) { return std::max<std::uint64_t>(1, job.definition->parallel_bandwidth); }
std::uint64_t design_of(const plan_job& job) { return std::max<std::uint64_t>(10, 2 * job.space->size()); }
std::uint64_t id_before(const plan_job& job, std::uint64_t at) {
  return at ? job.observations[static_cast<std::size_t>(at - 1)].id.number : 0;
}

}  // namespace

trust_region::trust_region(const plan_job& job) {
  if (resume(job)) return;
  start_ = successes_ = failures_ = gains_ = restarts_ = 0;
  length_ = first_length;
  seen_ = job.observations.size();
  last_ = id_before(job, seen_);
}

bool trust_region::resume(const plan_job& job) {
  hint_reader in(std::string_view(job.hint).substr(0, job.hint.find('|')), mark);
  for (auto* x : {&start_, &seen_, &last_, &successes_, &failures_, &gains_, &restarts_}) *x = in.count();
  length_ = in.number();
  return in.ended() && start_ <= seen_ && seen_ <= job.observations.size() && id_before(job, seen_) == last_ &&
         length_ >= least_length && length_ <= greatest_length;
}

std::string trust_region::hint() const {
  hint_writer out(mark);
  for (auto x : {start_, seen_, last_, successes_, failures_, gains_, restarts_}) out.count(x);
  out.number(length_);
  return std::move(out).text();
}

std::string trust_region::note() const {
  char out[64];
  std::snprintf(out, sizeof out, "region %.2g wide, restart %llu", length_, static_cast<unsigned long long>(restarts_));
  return out;
}

bool trust_region::opening(const plan_job& job) const {
  return restarts_ > 0 && job.observations.size() + job.pending.size() < start_ + design_of(job);
}

void trust_region::catch_up(const plan_job& job) {
  const auto round = round_of(job), n = std::uint64_t{job.observations.size()};
  const auto patience = (std::max<std::uint64_t>(4, job.space->size()) + round - 1) / round;
  while (true) {
    const auto from = restarts_ > 0 ? std::max(seen_, start_ + design_of(job)) : seen_;
    if (n < from + round) return;
    if (takes_the_lead(job, from, from + round)) {
      failures_ = 0;
      ++gains_;
      if (++successes_ == successes_to_widen) {
        length_ = std::min(2 * length_, greatest_length);
        successes_ = 0;
      }
    } else {
      successes_ = 0;
      if (++failures_ == patience) {
        length_ /= 2;
        failures_ = 0;
      }
    }
    seen_ = from + round;
    last_ = id_before(job, seen_);
    if (length_ < least_length) begin_again();
  }
}

void trust_region::begin_again() {
  if (gains_ == 0) {
    ++restarts_;
    start_ = seen_;
  }
  successes_ = failures_ = gains_ = 0;
  length_ = first_length;
}

bool trust_region::takes_the_lead(const plan_job& job, std::uint64_t from, std::uint64_t end) const {
  std::vector<graded> all;
  for (auto at = std::max(start_, end > most_compared ? end - most_compared : 0); at < end; ++at) {
    const auto& x = job.observations[static_cast<std::size_t>(at)];
    if (x.final() && x.point.values.size() == job.space->size())
      if (auto g = grade(*job.definition, x, static_cast<std::size_t>(at))) all.push_back(*std::move(g));
  }
  rank_violations(all);
  const auto place = places(all);
  const graded* leader = nullptr;
  std::vector<double> before;
  for (const auto& g : all)
    if (g.at < from && g.violation == 0 && g.losses.size() == 1) before.push_back(g.losses[0]);
  for (std::size_t k = 0; k < all.size(); ++k)
    if (place[k] == 0 && (!leader || all[k].losses.size() > 1)) leader = &all[k];
  if (!leader || leader->at < from) return false;
  if (before.empty()) return true;
  std::ranges::sort(before);
  const double best = before.front(), spread = before[before.size() / 2] - best;
  return best - leader->losses[0] > least_gain * std::min(std::abs(best), spread);
}

}  // namespace vilfredo
