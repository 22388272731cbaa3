#include "app/house.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unordered_set>

#include <caf/logger.hpp>

#include "actors/supervisor.hpp"
#include "actors/thrown.hpp"
#include "app/nonce.hpp"

namespace vilfredo::app {

namespace {

using namespace std::chrono_literals;
constexpr auto patience = 10min;  // a store may be large and a disk slow

caf::actor_system_config& configured(caf::actor_system_config& config) {
  // Work sharing: stealing polls when idle and answers later. Bounded throughput: one busy actor cannot hold up others.
  config.set("scheduler.policy", caf::atom("sharing"));
  // Half of the cores: what actors do is brief, and a second thread where one would do mostly costs its waking. The
  // other half is for what they wait for: the store, the optimizers, HTTP.
  config.set("scheduler.max-threads", std::max<std::size_t>(1, std::thread::hardware_concurrency() / 2));
  config.set("scheduler.max-throughput", std::size_t{50});
  return config;
}

actors::time_source wall_clock() {
  auto zero = std::chrono::system_clock::now() - std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::time_point_cast<duration>(zero)};
}

error restarting(const std::string& why = {}) {
  return {errc::unavailable, "the orchestrator is restarting" + (why.empty() ? "" : " (" + why + ")") + "; try again"};
}

/// Runs errands for code that is not an actor, on any thread: knows the present household, and finds it again when it
/// was restarted.
struct errand;
using porter_actor = caf::typed_actor<caf::reacts_to<std::shared_ptr<errand>>>;
struct porter_state {
  static inline const char* name = "porter";
  porter_state() = default;
  std::optional<actors::household> home;
  std::unordered_set<std::shared_ptr<errand>> out;  ///< what the household has not answered yet

  void give_up_all();
};
using porter_pointer = porter_actor::stateful_pointer<porter_state>;

/// What is wanted of the household. Dropped before it is answered, it is given up.
struct errand : std::enable_shared_from_this<errand> {
  virtual ~errand() = default;
  virtual void run(porter_pointer p, const actors::household& home) = 0;
  virtual void give_up(error why) = 0;
};

/// A member that dies of an exception drops its promises, and nobody hears of that; but the house falls with it, and
/// then all who wait are told.
void porter_state::give_up_all() {
  home.reset();
  for (auto& e : std::exchange(out, {})) e->give_up(restarting());
}

}  // namespace

}  // namespace vilfredo::app

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<vilfredo::app::errand>)

namespace vilfredo::app {

namespace {

void set_out(porter_pointer self, const std::shared_ptr<errand>& what) {
  try {
    what->run(self, *self->state.home);
  } catch (...) {
    self->state.out.erase(what);
    what->give_up(actors::thrown_by("who carries requests"));
  }
}

porter_actor::behavior_type run_porter(porter_pointer self, actors::supervisor_actor supervisor) {
  self->set_down_handler([self](caf::down_msg&) { self->state.give_up_all(); });
  return {
      [self, supervisor](const std::shared_ptr<errand>& e) {
        if (self->state.home) return set_out(self, e);
        self->request(supervisor, patience, actors::find_household{})
            .then(
                [self, e](const actors::household& found) {
                  if (!found.gateway) return e->give_up(restarting());  // it is being started anew
                  if (!self->state.home) {
                    self->state.home = found;
                    self->monitor(found.gateway);
                  }
                  set_out(self, e);
                },
                [self, e](const caf::error& why) { e->give_up(restarting(self->system().render(why))); });
      },
  };
}

template <class T>
using then = house::then<T>;

/// One question and who waits for its answer, who is answered exactly once: where everything that had it is gone, on
/// the way out.
template <class T, class Answer, class To, class Message, class Make>
class question final : public errand {
public:
  question(To to, Message what, then<T> answer, Make make)
      : to_(std::move(to)), what_(std::move(what)), answer_(std::move(answer)), make_(std::move(make)) {}
  ~question() override { give_up(restarting()); }

  void run(porter_pointer p, const actors::household& home) override {
    p->state.out.insert(shared_from_this());
    // The porter's list alone keeps it: handlers of what is never answered stay for ever.
    auto end = [p, it = weak_from_this()] {
      auto ended = it.lock();
      p->state.out.erase(ended);
      return ended;
    };
    p->request(to_(home), caf::infinite, std::move(what_))
        .then(
            [end](Answer& got) {
              if (auto ended = end()) static_cast<question&>(*ended).take(got);
            },
            [p, end](const caf::error& why) {
              p->state.home.reset();
              if (auto ended = end()) ended->give_up(restarting(p->system().render(why)));
            });
  }
  void give_up(error why) override { settle(T{std::move(why)}); }

private:
  void take(Answer& got) {
    auto made = [&]() -> T {
      try {
        return make_(got);
      } catch (...) {
        return actors::thrown_by("who read the orchestrator's answer");
      }
    }();
    settle(std::move(made));
  }
  /// What it throws ends here: others wait for the porter, too.
  void settle(T how) noexcept {
    auto answer = std::exchange(answer_, nullptr);
    if (!answer) return;
    try {
      answer(std::move(how));
    } catch (...) {
      // Whoever was answered has been told; there is nobody else.
    }
  }

  To to_;
  Message what_;
  then<T> answer_;
  Make make_;
};

/// Has a change passed on, which answers for itself.
class delivery final : public errand {
public:
  explicit delivery(std::shared_ptr<actors::enactment> what) : what_(std::move(what)) {}
  void run(porter_pointer p, const actors::household& home) override {
    p->send(home.gateway, actors::enact{std::exchange(what_, nullptr)});
  }
  void give_up(error why) override {
    if (auto what = std::exchange(what_, nullptr)) what->settle(std::move(why));
  }

private:
  std::shared_ptr<actors::enactment> what_;
};

}  // namespace

struct house::machinery {
  explicit machinery(house_options given)
      : options(std::move(given)), system(configured(config)), self(system), time(wall_clock()), nonce(fresh_nonce()) {
    actors::supervisor_options s;
    s.store = [store = options.store] { return store; };
    s.optimizers.optimizers = options.optimizers;
    s.registry.experiment.time = time;
    s.moved = [this](const actors::household& home) {
      std::lock_guard hold(door_mutex);
      door = home.gateway;
    };
    s.listener = [this](const actors::published& p) {
      facts_came came{p.experiment, p.facts, p.standing.state};
      std::lock_guard hold(mutex);
      if (listener)
        listener(came);
      else if (options.letters)
        options.letters->put(std::move(came));
    };
    if (auto* letters = options.letters) {
      s.tell = [letters](const std::string& news) { letters->put(told{news}); };
      s.give_up = [letters](const std::string& why) { letters->put(house_gave_up{why}); };
    }
    supervisor = system.spawn(actors::run_supervisor, std::move(s));
    porter = system.spawn(run_porter, supervisor);
    // CAF leaves a reference to the system's logger with the thread that makes the system and spawns in it, and the
    // system's end waits for the last reference: for ever, where another thread ends it.
    caf::logger::set_current_actor_system(nullptr);
  }
  ~machinery() {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    supervisor = nullptr;
    caf::anon_send_exit(porter, caf::exit_reason::user_shutdown);
    porter = nullptr;
    std::lock_guard hold(door_mutex);
    door = nullptr;
  }

  /// Where commands go, without asking an actor first.
  actors::gateway_actor present_door() {
    std::shared_lock hold(door_mutex);
    return door;
  }

  /// Sends `what` to the actor that `to` picks from the household; the answer, or why there is none, is made a T.
  template <class T, class Answer, class To, class Message, class Make>
  void send(To to, Message what, then<T> answer, Make make) {
    using kind = question<T, Answer, To, Message, Make>;
    std::shared_ptr<errand> sent =
        std::make_shared<kind>(std::move(to), std::move(what), std::move(answer), std::move(make));
    caf::anon_send(porter, std::move(sent));
  }

  error broken(const caf::error& e) {
    return {errc::unavailable, "the orchestrator does not answer: " + system.render(e)};
  }

  template <class Answer, class Handle, class Message>
  result<Answer> ask_actor(const Handle& to, Message what) {
    std::optional<result<Answer>> out;
    self->request(to, patience, std::move(what))
        .receive([&](result<Answer>& got) { out = std::move(got); },
                 [&](const caf::error& e) { out.emplace(broken(e)); });
    return *std::move(out);
  }

  result<actors::household> household() {
    result<actors::household> out = error{};
    self->request(supervisor, patience, actors::find_household{})
        .receive([&](actors::household& found) { out = std::move(found); },
                 [&](const caf::error& e) { out = broken(e); });
    return out;
  }

  house_options options;
  std::shared_mutex door_mutex;
  actors::gateway_actor door;  // guarded by its mutex; nobody's while the house is not up
  std::mutex mutex;
  std::function<void(const facts_came&)> listener;  // guarded by the mutex
  caf::actor_system_config config;
  caf::actor_system system;
  caf::scoped_actor self;
  actors::time_source time;
  std::string nonce;
  actors::supervisor_actor supervisor;
  porter_actor porter;
  std::uint64_t requests = 0;
};

house::house(house_options options) : machinery_(std::make_unique<machinery>(std::move(options))) {}
house::~house() = default;
void house::close() { machinery_.reset(); }

result<std::vector<journal::entry>> house::list() {
  auto home = machinery_->household();
  if (!home) return home.error();
  auto known = machinery_->ask_actor<actors::store_listing>(home->registry, actors::list_experiments{});
  if (!known) return known.error();
  return std::move(known->entries);
}

result<experiment_id> house::create(const definition& what, std::size_t) {
  auto home = machinery_->household();
  if (!home) return home.error();
  auto made = machinery_->ask_actor<actors::located>(
      home->registry, actors::create{std::make_shared<const definition>(what), machinery_->nonce + "/create"});
  if (!made) return made.error();
  return made->experiment;
}

result<std::shared_ptr<const ledger>> house::describe(experiment_id experiment) {
  auto home = machinery_->household();
  if (!home) return home.error();
  auto found = machinery_->ask_actor<actors::located>(home->registry, actors::locate{experiment});
  if (!found) return found.error();
  auto got = machinery_->ask_actor<actors::loaded>(found->handle, actors::describe{});
  if (!got) return got.error();
  return got->book;
}

outcome house::carry_out(experiment_id experiment, command what) {
  auto home = machinery_->household();
  if (!home) return home.error();
  auto id = machinery_->nonce + "/" + std::to_string(++machinery_->requests);
  return machinery_->ask_actor<answer>(home->gateway,
                                       actors::command_to{experiment, request{std::move(id), std::move(what)}});
}

namespace {
constexpr auto to_registry = [](const actors::household& h) { return h.registry; };
constexpr auto to_gateway = [](const actors::household& h) { return h.gateway; };
constexpr auto to_journal = [](const actors::household& h) { return h.journal; };
}  // namespace

void house::list(then<result<std::vector<journal::entry>>> answer) {
  using out = result<std::vector<journal::entry>>;
  machinery_->send<out, result<actors::store_listing>>(
      to_registry, actors::list_experiments{}, std::move(answer),
      [](result<actors::store_listing>& got) { return got ? out{std::move(got->entries)} : out{got.error()}; });
}

void house::create(std::shared_ptr<const definition> what, std::string request_id, bool first,
                   then<result<experiment_id>> answer) {
  machinery_->send<result<experiment_id>, result<actors::located>>(
      to_registry, actors::create{std::move(what), std::move(request_id), true, first}, std::move(answer),
      [](result<actors::located>& got) {
        return got ? result<experiment_id>{got->experiment} : result<experiment_id>{got.error()};
      });
}

void house::enact(experiment_id experiment, std::function<result<request>(const ledger&)> decide,
                  std::function<void(const ledger&, const vilfredo::answer&)> seen, then<outcome> answer) {
  auto what = std::make_shared<actors::enactment>(experiment, std::move(decide), std::move(seen), std::move(answer));
  if (auto door = machinery_->present_door()) return caf::anon_send(door, actors::enact{std::move(what)});
  // Not up, or not yet: the porter waits for it.
  caf::anon_send(machinery_->porter, std::shared_ptr<errand>(std::make_shared<delivery>(std::move(what))));
}

void house::look(experiment_id experiment, std::function<void(const ledger&)> look, then<result<void>> answer) {
  machinery_->send<result<void>, result<actors::inspected>>(
      to_gateway, actors::show{experiment, std::move(look)}, std::move(answer),
      [](result<actors::inspected>& got) { return got ? result<void>{} : result<void>{got.error()}; });
}

void house::facts_after(experiment_id experiment, std::uint64_t sequence, std::size_t most,
                        then<result<std::shared_ptr<const std::vector<fact>>>> answer) {
  using out = result<std::shared_ptr<const std::vector<fact>>>;
  machinery_->send<out, result<actors::found_facts>>(
      to_journal, actors::find_facts{experiment, sequence, most}, std::move(answer),
      [](result<actors::found_facts>& got) { return got ? out{std::move(got->facts)} : out{got.error()}; });
}

void house::measure(then<result<actors::house_measures>> answer) {
  machinery_->send<result<actors::house_measures>, actors::house_measures>(
      [all = machinery_->supervisor](const actors::household&) { return all; }, actors::measure{}, std::move(answer),
      [](actors::house_measures& got) { return result<actors::house_measures>{std::move(got)}; });
}

void house::listen(std::function<void(const facts_came&)> to) {
  std::lock_guard hold(machinery_->mutex);
  machinery_->listener = std::move(to);
}

void house::find(document_query what, then<result<std::vector<document>>> answer) {
  using out = result<std::vector<document>>;
  machinery_->send<out, result<actors::kept_documents>>(
      to_journal, actors::find_documents{std::move(what)}, std::move(answer),
      [](result<actors::kept_documents>& got) { return got ? out{std::move(got->documents)} : out{got.error()}; });
}

void house::keep(std::vector<document_change> what, then<result<std::vector<document>>> answer) {
  using out = result<std::vector<document>>;
  machinery_->send<out, result<actors::kept_documents>>(
      to_journal, actors::keep_documents{std::make_shared<const std::vector<document_change>>(std::move(what))},
      std::move(answer),
      [](result<actors::kept_documents>& got) { return got ? out{std::move(got->documents)} : out{got.error()}; });
}

void house::employ(const local_work& work) {
  auto o = std::make_shared<actors::compute_worker_options>();
  // One name for every process of a store: its lock lets only one of them live, so what "local" holds is held by us.
  o->name = "local";
  o->nonce = machinery_->nonce;
  o->experiment = work.experiment;
  o->definition = work.definition;
  o->space = work.space;
  o->launcher = work.launcher;
  o->slots = work.slots;
  o->gpus = work.gpus;
  if (auto* letters = machinery_->options.letters) {
    o->ended = [letters](std::optional<error> refusal) { letters->put(worker_ended{std::move(refusal)}); };
    o->tell = [letters](const std::string& news) { letters->put(told{news}); };
  }
  caf::anon_send(machinery_->supervisor, actors::employ{std::move(o)});
}

void house::drain() { caf::anon_send(machinery_->supervisor, actors::drain_workers{}); }
void house::halt() { caf::anon_send(machinery_->supervisor, actors::halt_workers{}); }

time_point house::now() const {
  return machinery_->time.epoch +
         std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace vilfredo::app
