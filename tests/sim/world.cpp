#include "tests/sim/world.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/optimizer_pool.hpp"
#include "core/feasible.hpp"
#include "tests/sim/inhabitants.hpp"
#include "tests/sim/programs.hpp"
#include "tests/support/builders.hpp"

namespace vilfredo::sim {

namespace {
constexpr std::uint64_t most_steps_to_heal = 300'000;
constexpr duration time_to_recover = 120s;  ///< the last doubled request, its lease, back-offs and a restart
constexpr duration time_to_finish = 3600s;
}  // namespace

struct world::process {
  std::uint64_t life = 0;
  std::shared_ptr<test::sim_journal> store;
  std::shared_ptr<test::fake_launcher> launcher;
  actors::supervisor_actor supervisor;
  std::vector<caf::actor> askers;
  bool employed = false, local_ended = false;

  actors::supervisor_state* house() const { return test::state_of<actors::supervisor_state>(supervisor); }
};

world::world(const profile& profile_, random_source& random_, invariants& watch_, trace& log_, planted::bug bug)
    : random(random_),
      watch(watch_),
      log(log_),
      what(profile_),
      disk_(std::make_shared<test::sim_disk>()),
      flaws_(std::make_shared<test::sim_flaws>()),
      bug_(bug) {
  disk_->on_durable = [this](experiment_id id, const fact& x) {
    log.line(now_text(), "durable: experiment " + std::to_string(id.number) + " fact " + std::to_string(x.sequence) +
                             " (" + std::to_string(x.what.index()) + ") " + x.request_id);
    watch.durable(id, x);
  };
  using planted::bug::none;
  flaws_->sync_is_a_lie = bug == planted::bug::sync_is_a_lie;
  if (bug == planted::bug::requests_forgotten)
    flaws_->read = [](fact& x) {
      if (x.sequence > 1) x.request_id.clear();
    };
  if (bug == planted::bug::plan_recomputed)
    flaws_->read = [](fact& x) {
      if (auto* made = std::get_if<events::plan_made>(&x.what)) std::ranges::reverse(made->candidates);
    };
  if (bug == planted::bug::values_rounded)
    flaws_->written = [](fact& x) {
      if (auto* done = std::get_if<events::trial_completed>(&x.what))
        for (auto& v : done->values) v = static_cast<float>(v);
    };
}

world::~world() {
  if (process_) {
    process_->store->power_off();
    time_.stop(process_->supervisor);
    process_->launcher->on_start = process_->launcher->on_stop = nullptr;
    for (auto& a : process_->askers) time_.kill(a);
    process_.reset();
  }
  paused_.clear();
  // While all that they hold of this world is there.
  time_.end_timers();
}

// --- small things ----------------------------------------------------------------------------------------------------

duration world::between(duration low, duration high) {
  return low + duration(random.below(static_cast<std::uint64_t>((high - low).count()) + 1));
}

bool world::strikes(fault kind, double p) {
  if (healing_ || !what[kind] || !chance(p)) return false;
  ++struck_[static_cast<std::size_t>(kind)];
  log.line(now_text(), std::string("fault: ") + to_string(kind));
  return true;
}

time_point world::now() const {
  return epoch_ + std::chrono::duration_cast<duration>(time_.clock().time_since_epoch());
}

std::string world::now_text() const {
  auto ms = std::chrono::duration_cast<duration>(time_.clock().time_since_epoch()).count() - 3'600'000;
  char text[32];
  std::snprintf(text, sizeof text, "%9.3f", static_cast<double>(ms) / 1000);
  return text;
}

void world::later(duration after, std::function<void()> todo) {
  agenda_.emplace(time_.clock() + after, std::move(todo));
}

std::optional<experiment_id> world::id_of(std::size_t n) const {
  auto found = ids_.find(n);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

void world::created(std::size_t n, experiment_id id) {
  ids_.emplace(n, id);
  if (n == 0) employ();
}

std::vector<measurement> world::measure(std::size_t n) {
  std::vector<measurement> out;
  for (const auto& m : what.experiments[n].metrics) {
    if (m.strategy == strategy::store && chance(0.5)) continue;
    out.push_back(
        {m.name, random.uniform() * random.uniform(), chance(0.2) ? std::optional(random.uniform()) : std::nullopt});
  }
  return out;
}

// --- the process -----------------------------------------------------------------------------------------------------

void world::start_process() {
  if (process_) return;
  if (lives_ > 0 && strikes(fault::clock_set, 0.7)) epoch_ += between(-24h, 24h);
  gave_up_ = false;
  process_ = std::make_unique<process>();
  auto& p = *process_;
  p.life = ++lives_;
  log.line(now_text(), "the process starts");
  p.store = std::make_shared<test::sim_journal>(disk_, flaws_);
  p.launcher = std::make_shared<test::fake_launcher>();
  attach_programs(*this, p.launcher);

  actors::supervisor_options o;
  o.store = [store = p.store] { return store; };
  o.detached_journal = false;
  o.optimizers.detached = false;
  o.optimizers.optimizers = what.optimizers;
  o.optimizers.plan = [this](const plan_job& job) { return make_plan(job); };
  o.registry.experiment.time = {epoch_};
  o.registry.experiment.grace = grace;
  o.registry.experiment.append_timeout = 20s;
  o.registry.experiment.longest_retry = 5s;
  o.gateway.locate_timeout = 20s;
  o.gateway.slack = 30s;
  o.longest_pause = 5s;
  auto life = p.life;
  o.give_up = [this, life](const std::string&) {
    if (process_ && process_->life == life) gave_up_ = true;
  };
  o.listener = [this, life](const actors::published& told) {
    if (!process_ || process_->life != life) return;
    if (strikes(fault::listener_throws, 0.02)) {
      torn_ = true;
      throw std::runtime_error("the listener is broken");
    }
    watch.published(told.experiment, *told.facts, torn_);
  };
  p.supervisor = time_.system.spawn(actors::run_supervisor, std::move(o));
  employ();
}

void world::employ() {
  if (!what.local || !process_ || process_->employed || !id_of(0)) return;
  process_->employed = true;
  auto o = std::make_shared<actors::compute_worker_options>();
  o->name = "local";
  o->nonce = std::to_string(process_->life);
  o->experiment = *id_of(0);
  o->definition = std::make_shared<const definition>(what.experiments[0]);
  o->space = std::make_shared<const space>(test::must(space::make(o->definition->space)));
  o->launcher = process_->launcher;
  o->slots = 1 + what.experiments[0].seed % 3;
  o->lease = lease;
  o->patience = patience;
  o->answer_timeout = 45s;
  auto life = process_->life;
  o->ended = [this, life](std::optional<error>) {
    if (process_ && process_->life == life) process_->local_ended = true;
  };
  caf::anon_send(process_->supervisor, actors::employ{std::move(o)});
}

void world::crash_process() {
  log.line(now_text(), "the process ends");
  auto gone = std::move(process_);
  gone->store->power_off();
  gone->launcher->on_start = gone->launcher->on_stop = nullptr;
  for (auto& a : gone->askers) time_.kill(a);
  gone->askers.clear();
  paused_.clear();
  // That it also ends in order shows that nobody is left behind; no one sees what it does meanwhile.
  time_.stop(gone->supervisor);
  gone->supervisor = nullptr;
  time_.end_timers();
  if (auto left = time_.leaked())
    watch.violated("I15 bounded", std::to_string(left) + " actors are left behind when all have been told to end");
  if (bug_ == planted::bug::tail_cut_too_far)
    for (auto& [id, facts] : disk_->books)
      if (facts.size() > 1) facts.pop_back();
  for (const auto& [id, facts] : disk_->books) watch.stored(id, facts);
  watch.forget_feed();
}

std::vector<std::pair<std::string, caf::actor>> world::actors_within() {
  std::vector<std::pair<std::string, caf::actor>> out;
  auto add = [&](std::string name, const auto& handle) {
    if (handle && test::alive(handle)) out.emplace_back(std::move(name), caf::actor_cast<caf::actor>(handle));
  };
  auto* house = process_->house();
  if (!house) return out;
  add("journal", house->journal);
  add("pool", house->pool);
  add("feed", house->feed);
  add("registry", house->registry);
  add("gateway", house->gateway);
  if (auto* registry = test::state_of<actors::registry_state>(house->registry))
    for (auto& [id, handle] : registry->awake) add("experiment " + std::to_string(id.number), handle);
  if (auto* pool = test::state_of<actors::optimizer_pool_state>(house->pool))
    for (auto& [number, member] : pool->members) add("optimizer", member.handle);
  for (auto& [number, handle] : house->workers) add("compute worker", handle);
  return out;
}

void world::make_trouble() {
  if (healing_ || !process_ || !chance(what.rate)) return;
  static constexpr fault kinds[] = {fault::process_crash, fault::actor_crash, fault::store_error, fault::store_outage,
                                    fault::actor_pause};
  auto kind = kinds[random.below(std::size(kinds))];
  auto victims = actors_within();
  if (victims.empty() || !strikes(kind, kind == fault::process_crash ? 0.5 : 1)) return;
  torn_ = true;  // a long pause, too: what is appended then counts as failed
  auto& [name, victim] = victims[random.below(victims.size())];
  switch (kind) {
  case fault::process_crash:
    crash_process();
    later(between(0s, 20s), [this] { start_process(); });
    break;
  case fault::actor_crash:
    log.line(now_text(), name + " dies");
    // Sometimes at once, its mailbox lost, sometimes after what it has been sent already.
    if (chance(0.5))
      time_.kill(victim);
    else
      caf::anon_send_exit(victim, caf::exit_reason::kill);
    break;
  case fault::store_error: process_->store->fail_next(static_cast<test::sim_journal::call>(random.below(4))); break;
  case fault::store_outage:
    process_->store->break_down(true);
    later(between(1s, 40s), [this, store = process_->store] { store->break_down(false); });
    break;
  default: {
    auto how_long = between(100ms, 40s);
    log.line(now_text(), name + " does nothing for " + std::to_string(how_long.count()) + " ms");
    paused_.emplace(victim->id(), victim);
    later(how_long, [this, id = victim->id()] { paused_.erase(id); });
  }
  }
}

result<plan> world::make_plan(const plan_job& job) {
  if (strikes(fault::sampler_failure, 0.3)) switch (random.below(3)) {
    case 0: throw std::runtime_error("the sampler is broken");
    case 1: throw 42;
    default: return error{errc::internal, "the sampler gives up"};
    }
  bool stands_in = !what.real_samplers && job.definition->type != experiment_type::grid;
  plan out;
  if (stands_in) {
    random_source own(job.seed);
    feasible_sampler draw(*job.space);
    for (std::size_t i = 0; i < job.count; ++i) out.candidates.push_back(draw.draw(own));
    out.hint = "after " + std::to_string(job.observations.size());
  } else {
    auto made = actors::plan_by_catalogue(job);
    if (!made) return made;
    out = *std::move(made);
  }
  if (const auto tasks = job.definition->tasks.size(); tasks > 0) {
    random_source own(derive_seed(job.seed, 2));
    for (std::size_t i = 0; i < out.candidates.size(); ++i)
      out.tasks.push_back(static_cast<task_index>(own.below(tasks)));
  }
  if (strikes(fault::sampler_nonsense, 0.3)) {
    auto bad = job.pending.empty() || chance(0.5) ? assignments{std::vector<double>(job.space->size(), 1e6)}
                                                  : job.pending[random.below(job.pending.size())];
    // The ledger would end the process, so no invariant could see the bug that lets it through.
    if (chance(0.1) && bug_ != planted::bug::candidate_unchecked) bad.values.clear();
    out.candidates.insert(out.candidates.begin(), bad);
    if (!out.tasks.empty())
      out.tasks.insert(out.tasks.begin(),
                       static_cast<task_index>(random.below(bug_ == planted::bug::candidate_unchecked ? 3 : 5)));
  }
  return out;
}

// --- the network -----------------------------------------------------------------------------------------------------

std::shared_ptr<call> world::send(experiment_id to, std::string request_id, command todo,
                                  std::function<void(const outcome&)> done) {
  auto c = std::make_shared<call>();
  c->to = to;
  c->what = {std::move(request_id), std::move(todo)};
  c->done = std::move(done);
  ++open_calls_;
  watch.sent(to, c->what);
  transmit(c);
  return c;
}

void world::transmit(const std::shared_ptr<call>& c) {
  if (!c->open) return;
  auto round = ++c->round;
  if (!strikes(fault::request_lost, 0.1)) later(between(0ms, 20ms), [this, c] { arrive(c); });
  if (strikes(fault::request_doubled, 0.15)) later(between(0s, chance(0.3) ? 30s : 1s), [this, c] { arrive(c); });
  auto* wanted = std::get_if<ask>(&c->what.what);
  later((wanted ? wanted->patience : 0s) + between(2s, 8s), [this, c, round] {
    if (c->round == round) transmit(c);
  });
}

void world::arrive(const std::shared_ptr<call>& c) {
  auto* house = process_ ? process_->house() : nullptr;
  if (!house || !house->gateway) return;
  auto once = std::make_shared<bool>(false);
  auto answer = [this, c, life = process_->life, once](outcome got) {
    if (!process_ || process_->life != life) return;
    if (std::exchange(*once, true)) watch.violated("I3 maybe-bounded", "one message was answered twice");
    log.line(now_text(), "answer to " + c->what.request_id + (got ? ": yes" : ": " + got.error().message));
    watch.answered(c->to, c->what, got);
    if (strikes(fault::answer_lost, 0.1)) return;
    later(between(0ms, 20ms), [this, c, got = std::move(got)] {
      if (!c->open) return;
      if (!got && (got.error().code == errc::unavailable || got.error().code == errc::overloaded)) {
        auto round = ++c->round;
        return later(between(200ms, 3s), [this, c, round] {
          if (c->round == round) transmit(c);
        });
      }
      // The same request is waiting twice: the other one will be answered.
      if (!got && got.error().code == errc::conflict && std::holds_alternative<ask>(c->what.what)) return;
      c->open = false;
      --open_calls_;
      c->done(got);
    });
  };
  caf::anon_send(house->gateway, actors::submit{{c->to, c->what}, std::move(answer)});
}

void world::with_registry(std::function<void(caf::event_based_actor*, const actors::registry_actor&)> with) {
  auto* house = process_ ? process_->house() : nullptr;
  if (!house || !house->registry) return;
  auto& askers = process_->askers;
  std::erase_if(askers, [](const caf::actor& a) { return !test::alive(a); });
  askers.push_back(time_.system.spawn(
      [with = std::move(with), registry = house->registry](caf::event_based_actor* self) { with(self, registry); }));
}

// --- time and chance -------------------------------------------------------------------------------------------------

void world::run_a_job() {
  auto& jobs = time_.scheduler.jobs;
  auto at = random.below(jobs.size());
  auto asleep = [&](std::size_t i) {
    auto* actor = dynamic_cast<caf::abstract_actor*>(jobs[i]);
    return actor && paused_.contains(actor->id());
  };
  if (!paused_.empty()) {
    std::size_t tried = 0;
    while (tried < jobs.size() && asleep(at)) {
      at = (at + 1) % jobs.size();
      ++tried;
    }
    if (tried == jobs.size()) return move_time();
  }
  log.add(at);
  auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(at);
  std::rotate(jobs.begin(), chosen, chosen + 1);
  time_.scheduler.run_once();
}

void world::move_time() {
  auto next = time_.next_timer();
  if (!agenda_.empty() && (!next || agenda_.begin()->first < *next)) next = agenda_.begin()->first;
  if (!next) return;
  time_.jump(*next);
  while (!agenda_.empty() && agenda_.begin()->first <= time_.clock()) {
    auto todo = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    todo();
  }
}

void world::step() {
  ++steps_;
  // Time rarely passes while there is something to do: machines are fast, but not always.
  if (!time_.scheduler.jobs.empty() && !chance(0.02))
    run_a_job();
  else
    move_time();
  if (gave_up_ && process_) {
    crash_process();
    later(1s, [this] { start_process(); });
  }
  make_trouble();
  if (steps_ % 256 == 0) look_closely();
}

void world::look_closely() {
  if (!process_ || watch.broken()) return;
  auto* house = process_->house();
  auto* registry = house ? test::state_of<actors::registry_state>(house->registry) : nullptr;
  if (!registry) return;
  for (auto& [id, handle] : registry->awake)
    if (auto* inside = test::state_of<actors::experiment_state>(handle);
        inside && inside->engine && inside->unsettled.empty())
      watch.live(id, *inside->engine, now());
}

// --- the whole -------------------------------------------------------------------------------------------------------

void world::run() {
  start_process();
  inhabit(*this);
  auto most = what.most_steps;
  while (steps_ < most && !watch.broken()) step();
  if (watch.broken()) return;
  heal();
  auto healed = time_.clock();
  auto steps_then = steps_;
  while (!watch.broken() && !at_rest()) {
    step();
    if (time_.clock() > healed + time_to_recover && steps_ % 16 == 0)
      for (const auto& [n, id] : ids_) watch.settled(id, now() - lease);
    if (time_.clock() > healed + time_to_finish || steps_ > steps_then + most_steps_to_heal) say_what_is_left();
  }
  if (watch.broken()) return;
  look_closely();
  if (process_) crash_process();
}

void world::heal() {
  healing_ = true;
  log.line(now_text(), "no more faults");
  paused_.clear();
  if (process_) process_->store->mend();
  make_work();
}

/// Sees to it that each experiment can come to its end: one fresh worker each, and nobody's pause lasts.
void world::make_work() {
  for (std::size_t n = 0; n < experiments(); ++n) {
    settle_down(*this, n);
  }
}

bool world::at_rest() {
  if (ids_.size() < experiments() || open_calls_ > 0 || !process_) return false;
  for (const auto& [n, id] : ids_) {
    auto* book = watch.find(id);
    if (!book || book->archived || !(book->spent() || book->stopped)) return false;
    for (const auto& [number, t] : book->trials)
      if (!t.deleted && (t.state == trial_state::running || t.state == trial_state::paused)) return false;
  }
  if (what.local && !process_->local_ended) return false;
  return process_->launcher->runs.empty();
}

void world::say_what_is_left() {
  std::string left;
  if (ids_.size() < experiments()) left += " an experiment was never created;";
  if (open_calls_) left += " " + std::to_string(open_calls_) + " requests are not answered;";
  for (const auto& [n, id] : ids_) {
    auto* book = watch.find(id);
    if (!book) continue;
    std::size_t running = 0, returned = 0, paused = 0;
    for (const auto& [number, t] : book->trials) {
      running += !t.deleted && t.state == trial_state::running;
      returned += !t.deleted && t.state == trial_state::returned;
      paused += !t.deleted && t.state == trial_state::paused;
    }
    left += " experiment " + std::to_string(id.number) + " has " + std::to_string(book->observations.size()) + " of " +
            std::to_string(book->what.observation_budget.value_or(0)) + " observations, " + std::to_string(running) +
            " trials running, " + std::to_string(paused) + " paused and " + std::to_string(returned) +
            " waiting to be tried again;";
  }
  if (process_ && what.local && !process_->local_ended) left += " the local worker goes on;";
  if (process_ && !process_->launcher->runs.empty()) left += " programs still run;";
  watch.violated("I13 liveness", "long after the last fault it has not come to its end:" + left);
}

}  // namespace vilfredo::sim
