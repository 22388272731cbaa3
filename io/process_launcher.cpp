#include "io/process_launcher.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/trial_end.hpp"
#include "io/child_limits.hpp"
#include "io/child_process.hpp"
#include "io/leftovers.hpp"
#include "io/trial_environment.hpp"
#include "io/trial_log.hpp"
#include "io/watched_run.hpp"

namespace vilfredo::io {

namespace {

namespace asio = boost::asio;

/// How long ends are collected before one look through all processes serves them together.
constexpr std::chrono::milliseconds until_sweep{50};

std::vector<std::string> our_environment() {
  std::vector<std::string> out;
  for (auto entry = ::environ; entry && *entry; ++entry) out.emplace_back(*entry);
  return out;
}

std::filesystem::path from_here(const std::filesystem::path& path) {
  std::error_code unknown;
  auto out = std::filesystem::absolute(path, unknown);
  return unknown ? path : out;
}

/// What happens on the launcher's own thread.
class run_keeper {
public:
  using run_key = launcher::run_key;

  explicit run_keeper(process_launcher_options options)
      : options_(std::move(options)), trials_(from_here(options_.trials_directory)), environment_(our_environment()) {
    // Where SIGCHLD is ignored, the system throws away how children ended.
    struct sigaction now {};
    if (::sigaction(SIGCHLD, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) ::signal(SIGCHLD, SIG_DFL);
  }

  void run() { context_.run(); }
  template <class Task>
  void post(Task task) {
    asio::post(context_, std::move(task));
  }

  void start(run_key key, trial_run what, std::function<void(run_message)> tell);
  void stop(run_key key) {
    if (auto found = runs_.find(key); found != runs_.end()) found->second.watched->stop();
  }
  void end_leftovers(const trial_folder& folder);
  void end_all();

  trial_folder folder_of(experiment_id experiment, trial_id trial) const { return {trials_, experiment, trial}; }

private:
  struct entry {
    std::filesystem::path record;
    record_file file;
    std::string mark;
    std::shared_ptr<watched_run> watched;
  };

  result<void> launch(run_key key, const trial_run& what, const trial_folder& folder, entry& out,
                      std::function<void(run_message)> tell);
  void ended(run_key key, bool complete);
  void forget_record(entry& of);
  void sweep_soon(const std::string& mark);
  void sweep();

  process_launcher_options options_;
  std::filesystem::path trials_;
  std::vector<std::string> environment_;
  rlim_t descriptors_ = raise_descriptor_limit();

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(context_);
  asio::steady_timer sweep_timer_{context_};
  std::unordered_map<run_key, entry> runs_;
  std::map<std::filesystem::path, std::string> records_;  // whose mark is in which record, of runs that run
  std::set<std::string> to_sweep_;
  bool closed_ = false;
};

void run_keeper::start(run_key key, trial_run what, std::function<void(run_message)> tell) {
  if (closed_) return;
  auto refuse = [&](const error& why) {
    run_exit said;
    said.start_failure = why.message;
    if (why.code == errc::overloaded) said.code = exit_try_again;
    tell(std::move(said));
  };
  auto invalid = [&](const std::string& why) { refuse({errc::invalid, "cannot start: " + why}); };
  if (runs_.contains(key)) return invalid("run " + std::to_string(key) + " is running already");
  if (what.program.command.empty()) return invalid("run.command is empty");

  auto folder = folder_of(what.experiment, what.trial);
  end_leftovers(folder);
  if (auto ready = folder.prepare(what.assignments); !ready) return refuse(ready.error());
  entry run{folder.record(), record_file(folder.record()), fresh_mark(), nullptr};
  // Before the start, too: if we die between the two, the mark alone finds the child.
  run.file.write({run.mark, 0, 0, {}});
  records_[run.record] = run.mark;
  if (auto launched = launch(key, what, folder, run, tell); !launched) {
    forget_record(run);
    return refuse(launched.error());
  }
  auto watched = run.watched;
  runs_.emplace(key, std::move(run));
  watched->begin();
}

result<void> run_keeper::launch(run_key key, const trial_run& what, const trial_folder& folder, entry& out,
                                std::function<void(run_message)> tell) {
  const auto& run = what.program;
  auto child = child_process::start({fill_arguments(run.command, what.assignments, folder.assignments().string()),
                                     fill_environment(environment_, what, folder, out.mark), run.directory,
                                     limits_of(run, descriptors_)});
  if (!child) return child.error();
  out.file.write(record_of(child->number(), out.mark));
  try {
    out.watched = std::make_shared<watched_run>(
        context_, *std::move(child), trial_log(folder.output(), options_.log_limit_bytes, what.attempt),
        trial_log(folder.errors(), options_.log_limit_bytes, what.attempt),
        watched_run::options{run.timeout_seconds, run.grace_seconds, options_.drain, options_.line_limit_bytes},
        [tell = std::move(tell), left = folder.checkpoint()](run_message said) {
          // Asked only where somebody may go on from it.
          if (auto* how = std::get_if<run_exit>(&said); how && how->stopped) how->checkpoint = holds_something(left);
          tell(std::move(said));
        },
        [this, key](bool complete) { ended(key, complete); });
  } catch (const boost::system::system_error& e) {  // the kernel can watch no more descriptors
    return error{errc::overloaded, std::string("cannot watch over the program: ") + e.what()};
  }
  return {};
}

void run_keeper::ended(run_key key, bool complete) {
  auto found = runs_.find(key);
  if (!complete) sweep_soon(found->second.mark);
  forget_record(found->second);
  runs_.erase(found);
}

/// Unless another run of the same trial has begun since: then the record is that run's.
void run_keeper::forget_record(entry& of) {
  auto found = records_.find(of.record);
  if (found == records_.end() || found->second != of.mark) return;
  of.file.clear();
  records_.erase(found);
}

void run_keeper::end_leftovers(const trial_folder& folder) {
  if (closed_ || records_.contains(folder.record())) return;
  auto left = read_record(folder.record());
  if (!left) return;
  end_run(*left);
  record_file(folder.record()).clear();
}

void run_keeper::sweep_soon(const std::string& mark) {
  to_sweep_.insert(mark);
  if (to_sweep_.size() > 1) return;
  sweep_timer_.expires_after(until_sweep);
  sweep_timer_.async_wait([this](auto failed) {
    if (!failed) sweep();
  });
}

void run_keeper::sweep() {
  if (!to_sweep_.empty()) end_marked(std::exchange(to_sweep_, {}));
}

void run_keeper::end_all() {
  closed_ = true;
  sweep_timer_.cancel();
  for (auto& [key, run] : runs_) {
    run.watched->abandon();
    to_sweep_.insert(run.mark);
  }
  for (auto& [key, run] : runs_) forget_record(run);
  runs_.clear();
  sweep();
  work_.reset();
}

class process_launcher final : public launcher {
public:
  explicit process_launcher(process_launcher_options options)
      : keeper_(std::make_shared<run_keeper>(std::move(options))) {
    // Signals to this process are for its other threads.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([keeper = keeper_] { keeper->run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  ~process_launcher() override {
    keeper_->post([keeper = keeper_.get()] { keeper->end_all(); });
    // The last owner may let go of it while it is being told something.
    if (std::this_thread::get_id() == thread_.get_id())
      thread_.detach();
    else
      thread_.join();
  }

  void start(run_key key, trial_run what, std::function<void(run_message)> tell) override {
    keeper_->post([keeper = keeper_.get(), key, what = std::move(what), tell = std::move(tell)]() mutable {
      keeper->start(key, std::move(what), std::move(tell));
    });
  }
  void stop(run_key key) override {
    keeper_->post([keeper = keeper_.get(), key] { keeper->stop(key); });
  }
  void end_leftovers(experiment_id experiment, trial_id trial) override {
    keeper_->post(
        [keeper = keeper_.get(), experiment, trial] { keeper->end_leftovers(keeper->folder_of(experiment, trial)); });
  }

private:
  std::shared_ptr<run_keeper> keeper_;
  std::thread thread_;
};

}  // namespace

result<void> startable(const run_definition& run) {
  if (run.command.empty() || run.command[0].find('{') != std::string::npos) return {};
  std::vector<std::string> environment;  // the first that is found of a name counts
  for (const auto& [name, value] : run.environment) environment.push_back(name + "=" + value);
  std::ranges::move(our_environment(), std::back_inserter(environment));
  return startable(child_program{run.command, std::move(environment), run.directory, {}});
}

std::unique_ptr<launcher> make_process_launcher(process_launcher_options options) {
  return std::make_unique<process_launcher>(std::move(options));
}

}  // namespace vilfredo::io
