#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <poll.h>
#include <random>
#include <signal.h>
#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/false_start.hpp"
#include "app/inbox.hpp"
#include "app/nonce.hpp"
#include "app/remote_experiments.hpp"
#include "app/say.hpp"
#include "app/signals.hpp"
#include "app/submission.hpp"
#include "app/terminal.hpp"
#include "app/view/number.hpp"
#include "app/worker_narration.hpp"
#include "app/workshop.hpp"
#include "io/process_launcher.hpp"
#include "io/remote/backoff.hpp"
#include "io/remote/courier.hpp"

namespace vilfredo::app::cli {

namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t most_lines = 8;                   // connections of a kind
constexpr auto to_give_back = std::chrono::seconds{5};  // at the end, besides the programs' own time

/// One connection to the daemon, for one experiment.
class line final : public remote::connection {
public:
  line(std::unique_ptr<remote::orchestra> daemon, experiment_id experiment, remote::subject about)
      : daemon_(std::move(daemon)), experiment_(experiment), about_(std::move(about)) {}
  outcome carry_out(const request& what) override { return daemon_->carry_out(experiment_, what, about_); }
  void close() override { daemon_->close(); }

private:
  std::unique_ptr<remote::orchestra> daemon_;
  experiment_id experiment_;
  remote::subject about_;
};

/// Watches what trials come to here, which may be nowhere else what it is: a node without a package, or without a disk,
/// must not fail every trial of an experiment before the others get to them. From any thread.
class beginning {
public:
  beginning(const definition& of, inbox& letters)
      : so_far_(of), retries_(of.run && of.run->retries > 0), letters_(letters) {}

  void happened(const command& what, const outcome& how) {
    std::lock_guard hold(mutex_);
    auto* told = how ? std::get_if<advice>(&*how) : nullptr;
    if (std::holds_alternative<complete>(what) || (told && told->stop)) return so_far_.worked();
    if (auto* begun = how ? std::get_if<issued>(&*how) : nullptr) so_far_.started(begun->trial);
    auto* failed = std::get_if<fail>(&what);
    auto* returned = std::get_if<give_back>(&what);
    // What is to be tried again has not failed yet.
    if (returned && (returned->cause != return_cause::machine || retries_)) return;
    bool hopeless = (failed && so_far_.failed(failed->trial, failed->reason)) ||
                    (returned && so_far_.failed(returned->trial, returned->reason));
    if (hopeless) letters_.put(began_badly{so_far_.sentence()});
  }

private:
  std::mutex mutex_;
  false_start so_far_;
  bool retries_;
  inbox& letters_;
};

/// What is told, as it happens. Lines come from several threads and are written by one, so that a terminal that stands
/// still holds up no trial; what is beyond `most_waiting` then is left out.
class teller {
public:
  teller(const worker_options& options, std::shared_ptr<const ledger> book)
      : json_(options.format == output_format::json), quiet_(options.quiet), book_(std::move(book)) {}

  /// From any thread.
  void happened(const command& what, const outcome& how) {
    if (how && std::holds_alternative<ask>(what)) ++started_;
    if (quiet_ || waiting_ >= most_waiting) return;
    if (json_) {
      if (auto event = narrate_json(what, how, *book_)) keep(one_line(*event));
    } else if (auto line = narrate(what, how, *book_)) {
      keep(view::paint(*line, style_) + "\n");
    }
  }
  /// Readable while lines wait.
  int descriptor() const { return lines_.descriptor(); }
  void write() {
    for (auto& x : lines_.take()) {
      --waiting_;
      if (auto* line = std::get_if<told>(&x)) write_all(STDOUT_FILENO, line->news);
    }
  }
  void news(const std::string& what) { tell(json_, what); }
  static void tell(bool json, const std::string& news) {
    if (json) return say({{"event", "news"}, {"message", news}});
    write_all(STDERR_FILENO, "vilfredo: " + news + "\n");
  }
  void ended(const std::string& why) {
    write();
    if (json_) return say({{"event", "worker_ended"}, {"attempts", started_.load()}, {"reason", why}});
    write_all(STDOUT_FILENO, "Ended after " + view::counted(started_, "attempt") + ": " + why + ".\n");
  }

private:
  static constexpr std::size_t most_waiting = 10'000;

  static std::string one_line(const nlohmann::ordered_json& x) {
    return x.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  static void say(const nlohmann::ordered_json& x) { write_all(STDOUT_FILENO, one_line(x)); }
  void keep(std::string line) {
    ++waiting_;
    lines_.put(told{std::move(line)});
  }

  bool json_, quiet_;
  std::shared_ptr<const ledger> book_;
  view::style style_ = style_of(STDOUT_FILENO);
  inbox lines_;
  std::atomic<std::size_t> started_ = 0, waiting_ = 0;
};

/// From the worker's start to its end.
class session {
public:
  session(workshop& shop, inbox& letters, signals& caught, teller& out, duration grace)
      : shop_(shop), letters_(letters), caught_(caught), out_(out), grace_(grace) {}

  exit_code last() {
    while (!over_) {
      pollfd sources[3] = {
          {letters_.descriptor(), POLLIN, 0}, {caught_.descriptor(), POLLIN, 0}, {out_.descriptor(), POLLIN, 0}};
      poll(sources, 3, time_left());
      out_.write();
      for (int number : caught_.take()) on_signal(number);
      for (auto& x : letters_.take()) {
        if (auto* news = std::get_if<told>(&x)) out_.news(news->news);
        if (auto* end = std::get_if<worker_ended>(&x)) on_end(end->refusal);
        if (auto* badly = std::get_if<began_badly>(&x)) give_up(badly->reason);
      }
      if (deadline_ && clock::now() >= *deadline_ && !over_) {
        over_ = true;
        out_.ended("the daemon could not be told; what ran here is handed out again when its lease ends");
      }
    }
    return code_;
  }

private:
  int time_left() const {
    if (!deadline_) return -1;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
  }

  void on_end(const std::optional<error>& refusal) {
    over_ = true;
    if (!refusal && cannot_work_) {
      out_.ended("what it started failed");
      code_ = refuse(error{errc::unavailable, *cannot_work_});
      return;
    }
    if (!refusal) return out_.ended("interrupted; what it held was given back or has ended");
    out_.ended(refusal->message);
    // The experiment's end is what it waits for.
    if (refusal->code == errc::exhausted)
      code_ = exit_done;
    else
      code_ = refuse(*refusal);
  }

  void give_up(const std::string& why) {
    if (interrupts_ > 0) return;
    cannot_work_ = why;
    shop_.drain();
    out_.news("no new trials, for what is started here fails; waiting for the running ones");
  }

  void on_signal(int number) {
    if (number == SIGWINCH) return;
    ++interrupts_;
    if (interrupts_ == 1) {
      shop_.drain();
      out_.news("no new trials; waiting for the running ones (once more: give them back)");
    } else if (interrupts_ == 2) {
      shop_.halt();
      deadline_ = clock::now() + grace_ + to_give_back;
      out_.news("giving the running trials back (once more: end at once)");
    } else {
      over_ = true;
    }
  }

  workshop& shop_;
  inbox& letters_;
  signals& caught_;
  teller& out_;
  duration grace_;
  std::optional<clock::time_point> deadline_;
  std::optional<std::string> cannot_work_;
  exit_code code_ = exit_interrupted;
  bool over_ = false;
  int interrupts_ = 0;
};

/// Where the trials of one daemon have their folders: others have experiments of the same numbers.
std::filesystem::path folder_of(const worker_options& options, const http::url& where) {
  auto name = where.host + "-" + std::to_string(where.port) + where.prefix;
  std::ranges::replace(name, '/', '-');
  return std::filesystem::absolute(options.directory) / name;
}

std::string own_name() {
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return std::string(host) + "/" + fresh_nonce();
}

result<submission> find_experiment(const worker_options& options, const definition& wanted) {
  auto daemon = remote_experiments::open(options.where);
  if (!daemon) return daemon.error();
  if (!options.experiment) return join(**daemon, wanted);
  auto book = (*daemon)->describe({*options.experiment});
  if (!book) return book.error();
  if (auto same = check_same(**book, wanted); !same) return same.error();
  return submission{{*options.experiment}, submission::change::none, *std::move(book)};
}

/// Whether somebody wants the worker to end before this time is over.
bool interrupted_within(signals& caught, duration time) {
  pollfd source{caught.descriptor(), POLLIN, 0};
  poll(&source, 1, static_cast<int>(time.count()));
  return std::ranges::any_of(caught.take(), [](int number) { return number == SIGINT || number == SIGTERM; });
}

/// As every later word to the daemon, the first is said again until it is answered; nothing when the worker is to end
/// before.
std::optional<result<submission>> insist_on_experiment(const worker_options& options, const definition& wanted,
                                                       signals& caught) {
  std::minstd_rand random(std::random_device{}());
  remote::backoff pause(duration{100}, duration{10'000});
  std::size_t faults = 0;
  for (bool told = false;; told = true) {
    auto found = find_experiment(options, wanted);
    if (found) return found;
    // Of a fault of the daemon's own it may be cured, but not if it says so again and again.
    if (found.error().code == errc::internal && ++faults >= remote::courier_options{}.most_faults) return found;
    if (found.error().code != errc::unavailable && found.error().code != errc::internal) return found;
    if (!told)
      teller::tell(options.format == output_format::json, found.error().message + "; trying again until it answers");
    if (interrupted_within(caught, pause.next(std::uniform_real_distribution<>(0, 1)(random)))) return std::nullopt;
  }
}

}  // namespace

exit_code worker(const worker_options& options) {
  auto wanted = read_runnable_job(options);
  if (!wanted) return refuse(wanted.error());
  signals caught;
  auto looked = insist_on_experiment(options, *wanted, caught);
  if (!looked) return exit_interrupted;
  auto& mine = *looked;
  if (!mine) return refuse(mine.error());
  auto access = access_to(options.where);
  if (!access) return refuse(access.error());

  inbox letters;
  teller out(options, mine->book);
  beginning so_far(mine->book->definition(), letters);
  io::process_launcher_options programs;
  programs.trials_directory = folder_of(options, access->where);
  workshop_options shop;
  shop.work = work_for(options, *wanted, mine->experiment, *mine->book, io::make_process_launcher(std::move(programs)));
  shop.name = options.name.empty() ? own_name() : options.name;
  shop.lease = duration{std::llround(options.lease_seconds * 1000)};
  shop.letters = &letters;

  remote::courier_options how;
  how.talkers = how.askers = std::min(shop.work.slots, most_lines);
  how.chance = [random = std::minstd_rand(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<>(0, 1)(random);
  };
  how.tell = [&letters](const std::string& news) { letters.put(told{news}); };
  std::vector<std::unique_ptr<remote::orchestra>> lines;
  for (std::size_t i = 0; i < how.talkers + how.askers; ++i) {
    auto daemon = remote::orchestra::make(*access);
    if (!daemon) return refuse(daemon.error());
    lines.push_back(*std::move(daemon));
  }
  const remote::subject about{mine->book->shared_definition(), mine->book->shared_space()};
  remote::courier courier(how, [&] {
    auto next = std::make_unique<line>(std::move(lines.back()), mine->experiment, about);
    lines.pop_back();
    return next;
  });
  shop.carry = [&](const request& what, std::function<void(outcome)> answer) {
    courier.carry(what, [&out, &so_far, what = what.what, answer = std::move(answer)](outcome got) {
      out.happened(what, got);
      so_far.happened(what, got);
      answer(std::move(got));
    });
  };
  out.news("working for experiment " + std::to_string(mine->experiment.number) + " (\"" + wanted->name + "\") of " +
           options.where.url + " as " + shop.name + ", trials at a time: " + std::to_string(shop.work.slots));
  workshop here(shop);
  return session(here, letters, caught, out, duration{std::llround(wanted->run->grace_seconds * 1000)}).last();
}

}  // namespace vilfredo::app::cli
