#include "optimizer/study.hpp"

#include <iterator>
#include <utility>

#include "core/replay.hpp"

namespace vilfredo {

namespace {

template <class T>
result<T> narrowed(outcome x) {
  if (!x) return x.error();
  return std::get<T>(*std::move(x));
}

}  // namespace

result<study> study::make(const definition& what, clock now) {
  auto made = engine::create(what, now ? now() : time_point{});
  if (!made) return made.error();
  study out(std::move(made->what), std::move(now));
  out.settle(std::move(made->step), 0);
  return out;
}

result<study> study::load(journal& from, experiment_id which, clock now) {
  auto book = replay(from, which);
  if (!book) return book.error();
  auto loaded = engine::load(*std::move(book));
  if (!loaded) return loaded.error();
  study out(*std::move(loaded), std::move(now));
  out.settle(out.engine_.wake(out.now(), duration{0}), 0);
  return out;
}

result<void> study::save(journal& to, experiment_id as) {
  if (unsaved_.empty()) return {};
  if (auto staged = to.stage(as, unsaved_); !staged) return staged;
  if (auto durable = to.commit(); !durable) return durable;
  unsaved_.clear();
  return {};
}

std::optional<outcome> study::settle(step next, ticket mine) {
  std::optional<outcome> said;
  for (;;) {
    std::ranges::move(next.facts, std::back_inserter(unsaved_));
    for (auto& r : next.replies)
      if (r.to == mine) said = std::move(r.what);
    for (auto& a : next.alarms) alarms_.emplace(a.at, a.what);
    if (!next.job) return said;
    auto sampler = find_sampler(*next.job->definition);
    next = engine_.planned(sampler ? (*sampler)->suggest(*next.job) : result<plan>(sampler.error()), now());
  }
}

void study::ring(time_point until) {
  while (!alarms_.empty() && alarms_.begin()->first <= until) {
    const auto what = alarms_.begin()->second;
    alarms_.erase(alarms_.begin());
    settle(engine_.due(what, until), 0);
  }
}

outcome study::carry_out(command what) {
  const auto at = now();
  ring(at);
  const auto mine = ++last_;
  auto said = settle(engine_.handle({{}, std::move(what)}, mine, at), mine);
  if (said) return *std::move(said);
  return error{errc::later, "nothing to hand out yet; tell what is running first"};
}

result<study::suggestion> study::ask() {
  auto got = narrowed<issued>(carry_out(vilfredo::ask{"study", duration{0}, std::nullopt}));
  if (!got) return got.error();
  suggestion out{got->trial, book().space().name(got->point), got->point, got->from, got->seed};
  if (const auto* task = task_of(book().definition(), got->task)) out.task = *task;
  return out;
}

std::uint32_t study::attempt_of(trial_id x) const {
  const auto* t = book().find(x);
  return t ? t->attempt : 1;
}

result<advice> study::report(trial_id trial, double step, std::vector<measurement> values) {
  auto told = narrowed<advice>(carry_out(vilfredo::report{trial, attempt_of(trial), step, std::move(values)}));
  if (told && told->pause)
    carry_out(give_back{trial, attempt_of(trial), return_cause::interrupted, told->reason, true});
  return told;
}

result<recorded> study::tell(trial_id trial, std::vector<measurement> values) {
  return narrowed<recorded>(carry_out(complete{trial, attempt_of(trial), std::move(values)}));
}

result<recorded> study::fail(trial_id trial, std::string why) {
  return narrowed<recorded>(carry_out(vilfredo::fail{trial, attempt_of(trial), std::move(why)}));
}

const observation* study::best(std::size_t metric) const {
  const auto found = book().summary().best(metric);
  return found ? book().find(found->observation) : nullptr;
}

std::vector<const observation*> study::front() const {
  std::vector<const observation*> out;
  for (auto id : book().summary().front()) out.push_back(book().find(id));
  return out;
}

}  // namespace vilfredo
