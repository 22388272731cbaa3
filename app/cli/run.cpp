#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "app/cli/verbs.hpp"
#include "app/ending_limit.hpp"
#include "app/ending_watch.hpp"
#include "app/false_start.hpp"
#include "app/house.hpp"
#include "app/inbox.hpp"
#include "app/presenter.hpp"
#include "app/say.hpp"
#include "app/signals.hpp"
#include "app/submission.hpp"
#include "app/watch.hpp"
#include "io/process_launcher.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app::cli {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto frame = std::chrono::milliseconds{100};      // at most ten pictures a second
constexpr auto longest_delivery = std::chrono::seconds{2};  // of facts between two threads of ours
constexpr auto tick = std::chrono::milliseconds{500};       // one at least, for the times shown
constexpr auto to_be_stored = std::chrono::seconds{5};      // at the end, besides the programs' own time

/// One run from the worker's start to its end, told to a presenter.
class session {
public:
  session(house& home, inbox& letters, signals& caught, presenter& shown, experiment_id experiment, watch run,
          duration grace)
      : home_(home),
        letters_(letters),
        caught_(caught),
        shown_(shown),
        experiment_(experiment),
        watch_(std::move(run)),
        beginning_(watch_.book().definition()),
        grace_(grace) {
    const auto& before = watch_.book().summary();
    if (before.completed() + before.stopped() > 0) beginning_.worked();
  }

  /// Returns when the worker has ended, or the user has lost patience.
  /// `heard` are the signals that came before.
  void last(const std::vector<int>& heard) {
    for (int number : heard) on_signal(number);
    auto next_picture = clock::now();
    while (!over_) {
      if (auto now = clock::now(); now >= next_picture) {
        shown_.moment(watch_, home_.now());
        next_picture = now + tick;
        changed_ = false;
      }
      auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(next_picture - clock::now());
      pollfd sources[2] = {{letters_.descriptor(), POLLIN, 0}, {caught_.descriptor(), POLLIN, 0}};
      poll(sources, 2, static_cast<int>(std::max<long long>(wait.count() + 1, 1)));
      for (int number : caught_.take()) on_signal(number);
      for (auto& x : letters_.take()) std::visit([this](auto& l) { on(l); }, x);
      if (changed_) next_picture = std::min(next_picture, clock::now() + frame);
      if (deadline_ && clock::now() >= *deadline_ && !over_) {
        // Whoever says SIGTERM does not wait until a disk has room.
        over_ = true;
        shown_.news("the store could not be told how the running trials ended; the next run tries them again");
      }
    }
  }

  /// The worker can end before its last facts are here: what is stored by then is told, too.
  void catch_up(const ledger& stored) {
    const auto end = clock::now() + longest_delivery;
    while (watch_.book().facts() < stored.facts()) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
      pollfd source{letters_.descriptor(), POLLIN, 0};
      if (left <= 0 || poll(&source, 1, static_cast<int>(left)) == 0) break;
      for (auto& x : letters_.take()) std::visit([this](auto& l) { on(l); }, x);
    }
    watch_.replace(stored);
  }

  watch& run() { return watch_; }
  bool interrupted() const { return interrupts_ > 0; }
  const std::optional<error>& failure() const { return failure_; }

private:
  void on(facts_came& x) {
    if (x.experiment != experiment_) return;
    for (const auto& f : *x.facts) {
      auto how = watch_.follow(f);
      if (how == watch::followed::yes) {
        shown_.fact_came(f, watch_.book());
        if (hopeless_after(f)) give_up();
      }
      if (how == watch::followed::gap) {
        if (auto book = home_.describe(experiment_)) watch_.replace(**book);
        break;
      }
    }
    changed_ = true;
  }
  bool hopeless_after(const fact& x) {
    using namespace events;
    if (auto* begun = std::get_if<trial_issued>(&x.what)) beginning_.started(begun->trial);
    if (auto* failed = std::get_if<trial_failed>(&x.what)) return beginning_.failed(failed->trial, failed->reason);
    if (std::holds_alternative<trial_completed>(x.what) || std::holds_alternative<trial_stopped>(x.what) ||
        std::holds_alternative<trial_paused>(x.what))
      beginning_.worked();
    return false;
  }
  void give_up() {
    if (interrupts_ > 0 || watch_.book().state() != experiment_state::active) return;
    home_.drain();
    watch_.enter(view::screen::phase::draining);
    shown_.news("no new trials, for what is started here fails; waiting for the running ones");
    failure_ = error{errc::unavailable, beginning_.sentence()};
  }
  void on(told& x) {
    watch_.tell(x.news);
    shown_.news(x.news);
    changed_ = true;
  }
  void on(worker_ended& x) {
    over_ = true;
    if (x.refusal && x.refusal->code != errc::exhausted) failure_ = x.refusal;
  }
  void on(began_badly&) {}  // of a worker for another machine's daemon
  void on(house_gave_up& x) {
    over_ = true;
    failure_ = error{errc::unavailable, x.reason};
  }

  void on_signal(int number) {
    if (number == SIGWINCH) return shown_.resized();
    // The first Ctrl-C is a wish, SIGTERM and SIGHUP are somebody else's deadline.
    interrupts_ = number == SIGINT ? interrupts_ + 1 : std::max(interrupts_ + 1, 2);
    changed_ = true;
    if (interrupts_ == 1) {
      home_.drain();
      watch_.enter(view::screen::phase::draining);
      shown_.news("no new trials; waiting for the running ones (Ctrl-C again: stop them)");
    } else if (interrupts_ == 2) {
      home_.halt();
      watch_.enter(view::screen::phase::halting);
      shown_.news("stopping the running trials (Ctrl-C again: kill them)");
      deadline_ = clock::now() + grace_ + to_be_stored;
    } else {
      over_ = true;
    }
  }

  house& home_;
  inbox& letters_;
  signals& caught_;
  presenter& shown_;
  experiment_id experiment_;
  watch watch_;
  false_start beginning_;
  duration grace_;
  std::optional<clock::time_point> deadline_;
  bool over_ = false, changed_ = false;
  int interrupts_ = 0;
  std::optional<error> failure_;
};

exit_code meaning(const ledger& book, bool interrupted) {
  auto state = book.state();
  bool at_its_end = state == experiment_state::finished || state == experiment_state::stopped;
  if (interrupted && !at_its_end) return exit_interrupted;
  const auto& s = book.summary();
  if (s.completed() == 0) {
    complain("no trial of \"" + book.definition().name + "\" completed");
    return exit_failed;
  }
  return exit_done;
}

/// The ends of a process that waits for the store: what it says then, and how it leaves.
std::function<void()> without_the_store(const char* meaning) {
  return [meaning] {
    complain(std::string("the store does not answer, as where its disk hangs; leaving without it: ") + meaning);
  };
}
constexpr auto not_begun = "no trial was started";
constexpr auto not_told = "the next run tries again what it was not told";
void leave() { ::_exit(exit_interrupted); }

}  // namespace

exit_code run(const run_options& options) {
  auto wanted = read_runnable_job(options);
  if (!wanted) return refuse(wanted.error());

  signals caught;
  const std::vector<int> to_end{SIGINT, SIGTERM, SIGHUP};
  // For as long as this thread waits for the store and hears nothing; outlives all whose end it bounds.
  std::optional<ending_watch> watching;
  watching.emplace(caught, to_end, last_commit, without_the_store(not_begun), leave);
  auto store = io::open_sqlite_journal(options.store);
  if (!store) return refuse(store.error());
  inbox letters;
  // Outlives the house: a program that is told to go is given its time by whoever ends the launcher.
  io::process_launcher_options programs;
  programs.trials_directory = std::filesystem::absolute(options.store + ".trials");
  std::shared_ptr<launcher> launcher = io::make_process_launcher(std::move(programs));
  std::optional<ending_limit> limit;  // outlives the house, whose end it bounds
  house home({std::move(*store), &letters, 1});

  auto mine = submit(home, *wanted);
  if (!mine) return refuse(mine.error());
  const auto id = mine->experiment;
  const address where{options.store, id};
  auto shown = make_presenter(options);
  session now(home, letters, caught, *shown, id,
              watch(wanted->name + " (experiment " + std::to_string(id.number) + " in " + options.store + ")",
                    *mine->book, home.now()),
              duration{std::llround(wanted->run->grace_seconds * 1000)});
  home.employ(work_for(options, *wanted, id, *mine->book, launcher));
  const auto heard = watching->heard();
  watching.reset();
  now.last(heard);
  // Whoever has told it to go, or does so now, does not wait for a disk that hangs.
  if (now.interrupted())
    limit.emplace(last_commit, without_the_store(not_told), leave);
  else
    watching.emplace(caught, to_end, last_commit, without_the_store(not_told), leave);

  if (auto last = home.describe(id)) now.catch_up(**last);
  shown->ended(where, now.run().book());
  if (now.failure()) return refuse(*now.failure());
  return meaning(now.run().book(), now.interrupted());
}

}  // namespace vilfredo::app::cli
