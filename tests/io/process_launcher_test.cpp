// Real processes: what a run tells, how it ends, and that nothing of it is left.
#include "io/process_launcher.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "core/trial_end.hpp"
#include "io/leftovers.hpp"
#include "tests/support/child.hpp"
#include "tests/support/files.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/run_listener.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace std::chrono_literals;
using test::eventually;
using test::run_listener;
using tests::contents;

namespace {

const std::string helper = VILFREDO_TRIAL_PROGRAM;

/// A launcher whose trials are in a directory of the test's own.
struct world {
  explicit world(std::function<void(io::process_launcher_options&)> change = {}) {
    io::process_launcher_options options{here / "trials"};
    if (change) change(options);
    launcher = io::make_process_launcher(options);
  }

  static trial_run program(std::vector<std::string> arguments, std::uint64_t trial = 1) {
    trial_run out;
    out.experiment = {1};
    out.experiment_name = "test";
    out.trial = {trial};
    out.program.command = std::move(arguments);
    out.program.command.insert(out.program.command.begin(), helper);
    return out;
  }
  run_listener start(trial_run what) {
    run_listener listener;
    launcher->start(++last_key, std::move(what), listener.ear());
    return listener;
  }
  run_exit exit_of(trial_run what) {
    auto exit = start(std::move(what)).exit();
    REQUIRE(exit);
    return *exit;
  }
  std::string output(std::uint64_t trial = 1) const { return contents(folder(trial) / "stdout.log"); }
  std::filesystem::path folder(std::uint64_t trial = 1) const { return here / "trials/1" / std::to_string(trial); }

  test::scratch here;
  std::unique_ptr<vilfredo::launcher> launcher;
  launcher::run_key last_key = 0;
};

double first_value(const run_message& said) { return std::get<run_report>(said).values.at(0).value; }

bool plain(const run_exit& x) { return !x.signal && !x.timed_out && !x.stopped && x.start_failure.empty(); }

}  // namespace

TEST_CASE("reports are told while the program runs, and the last needs no end of line") {
  world w;
  auto go = w.here / "go";
  auto run = w.start(world::program({"report", go.string()}));
  auto said = run.first(1);
  REQUIRE(said.size() == 1);
  CHECK(std::get<run_report>(said[0]).step == 1.0);
  CHECK(first_value(said[0]) == 0.5);
  CHECK(w.output() == "{\"step\": 1, \"metrics\": {\"a\": 0.5}}\n");  // the log is live, too
  std::ofstream(go) << "";
  said = run.all();
  REQUIRE(said.size() == 3);
  CHECK(std::get<run_report>(said[1]).values == std::vector<measurement>{{"a", 0.75, 0.125}});
  auto exit = std::get<run_exit>(said[2]);
  CHECK(exit.code == 0);
  CHECK(plain(exit));
  CHECK(exit.seconds > 0);
  CHECK(exit.last_words == "");
}

TEST_CASE("failures, misreports and log lines") {
  world w;
  auto said =
      w.start(world::program({"say", "hello\n{\"metrics\": {\"a\": NaN}}\n{\"failed\": \"diverged\"}\nbye"})).all();
  REQUIRE(said.size() == 3);
  CHECK(std::get<run_misreport>(said[0]).reason.find("metric \"a\" is NaN") != std::string::npos);
  CHECK(std::get<run_failure>(said[1]).reason == "diverged");
  CHECK(w.output().ends_with("\nbye"));
}

TEST_CASE("of a program that tells nothing, the line that was perhaps meant to is told at its end") {
  world w;
  auto said = w.start(world::program({"say", "{\"a\": 1}\n{\"a\": 2}\nbye"})).all();
  REQUIRE(said.size() == 2);
  CHECK(std::get<run_misreport>(said[0]).reason == R"({"a": 1}: a report is {"metrics": {NAME: NUMBER}})");
  CHECK(std::get<run_exit>(said[1]).code == 0);
  // Who reports may log what it likes.
  said = w.start(world::program({"say", "{\"a\": 1}\n{\"metrics\": {\"a\": 2}}\n"})).all();
  REQUIRE(said.size() == 2);
  CHECK(std::holds_alternative<run_report>(said[0]));
}

TEST_CASE("exit codes and signals are told apart") {
  world w;
  auto nine = w.exit_of(world::program({"exit", "9"}));
  CHECK(nine.code == 9);
  CHECK(plain(nine));
  auto killed = w.exit_of(world::program({"signal", "9"}));
  CHECK(killed.signal == SIGKILL);
  CHECK_FALSE(killed.code);
  CHECK_FALSE(killed.stopped);
}

TEST_CASE("the last line on standard error is kept for people") {
  world w;
  CHECK(w.exit_of(world::program({"complain", "Traceback:\n  ValueError: no\n\n"})).last_words == "  ValueError: no");
  CHECK(w.exit_of(world::program({"complain", "10%\r20%\r30%"})).last_words == "30%");
  CHECK(w.exit_of(world::program({"complain", "\x1b[31mred\xff"})).last_words == " [31mred?");
  CHECK(w.exit_of(world::program({"complain", std::string(5000, 'e')})).last_words == std::string(500, 'e') + "…");
  CHECK(contents(w.folder() / "stderr.log").find("ValueError") != std::string::npos);
}

TEST_CASE("a program that cannot start is told, and leaves no trace") {
  world w;
  auto before = test::open_descriptors();
  auto what = world::program({});
  what.program.command = {"no-such-program"};
  auto exit = w.exit_of(what);
  CHECK(exit.start_failure ==
        "cannot start \"no-such-program\": No such file or directory (run.command[0], looked in PATH)");
  CHECK_FALSE(exit.code);
  CHECK_FALSE(exit.signal);
  CHECK_FALSE(io::read_record(w.folder() / "run.json"));
  what.program.command.clear();
  CHECK_FALSE(machine_refused(exit));
  CHECK(w.exit_of(what).start_failure == "cannot start: run.command is empty");
  CHECK(test::open_descriptors() == before);
}

TEST_CASE("a folder that cannot be made is a start that failed") {
  world w;
  std::ofstream(w.here / "trials") << "in the way";
  auto exit = w.exit_of(world::program({"exit", "0"}));
  CHECK(exit.start_failure.find("cannot make the trial's folder") == 0);
  CHECK(machine_refused(exit));
}

TEST_CASE("a machine that lacks something is told apart from a program that is not there") {
  world w;
  SUBCASE("descriptors") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto none = before;
    // What is open stays open, and there is one for a file, but none for two pipes.
    none.rlim_cur = test::open_descriptors() + 2;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    auto exit = w.exit_of(world::program({"exit", "0"}));
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(exit.start_failure.ends_with("Too many open files"));
    CHECK(machine_refused(exit));
  }
  SUBCASE("the directory it runs in") {
    auto what = world::program({"exit", "0"});
    what.program.directory = (w.here / "not-mounted").string();
    auto exit = w.exit_of(what);
    CHECK(exit.start_failure.find("cannot be entered") != std::string::npos);
    CHECK(machine_refused(exit));
  }
  CHECK(w.exit_of(world::program({"exit", "0"})).code == 0);
}

TEST_CASE("a time-out ends the program and is told") {
  world w;
  auto what = world::program({"sleep"});
  what.program.timeout_seconds = 0.2;
  auto exit = w.exit_of(what);
  CHECK(exit.timed_out);
  CHECK_FALSE(exit.stopped);
  CHECK(exit.signal == SIGTERM);
  CHECK(exit.seconds >= 0.2);
}

TEST_CASE("a program in time does not meet its time-out") {
  world w;
  auto what = world::program({"exit", "0"});
  what.program.timeout_seconds = 50;
  CHECK_FALSE(w.exit_of(what).timed_out);
}

TEST_CASE("a stop is polite: the program may report once more and choose its exit code") {
  world w;
  auto run = w.start(world::program({"heed-term"}));
  REQUIRE(run.first(1).size() == 1);
  w.launcher->stop(w.last_key);
  w.launcher->stop(w.last_key);
  auto said = run.all();
  REQUIRE(said.size() == 3);
  CHECK(first_value(said[1]) == 2);
  auto exit = std::get<run_exit>(said[2]);
  CHECK(exit.stopped);
  CHECK_FALSE(exit.timed_out);
  CHECK(exit.code == 3);
}

TEST_CASE("a run that was stopped tells whether its checkpoint folder has something in it, others do not") {
  world w;
  auto stopped = [&](std::uint64_t trial) {
    auto run = w.start(world::program({"heed-term"}, trial));
    REQUIRE(run.first(1).size() == 1);
    if (trial == 2) std::ofstream(w.here / "trials/1/2/checkpoint/state") << "half way";
    w.launcher->stop(w.last_key);
    auto exit = run.exit();
    REQUIRE(exit);
    return exit->checkpoint;
  };
  CHECK(stopped(1) == false);
  CHECK(stopped(2) == true);
  CHECK_FALSE(w.exit_of(world::program({"exit", "0"}, 2)).checkpoint);
}

TEST_CASE("a program that ignores the polite signal is killed after its grace time") {
  world w;
  auto what = world::program({"ignore-term"});
  what.program.grace_seconds = 0.3;
  auto run = w.start(what);
  REQUIRE(run.first(1).size() == 1);
  auto begin = std::chrono::steady_clock::now();
  w.launcher->stop(w.last_key);
  auto exit = run.exit();
  REQUIRE(exit);
  CHECK(exit->stopped);
  CHECK(exit->signal == SIGKILL);
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
}

TEST_CASE("stopping what is not there changes nothing") {
  world w;
  w.launcher->stop(77);
  auto exit = w.exit_of(world::program({"exit", "0"}));
  w.launcher->stop(w.last_key);
  CHECK(plain(exit));
  CHECK(plain(w.exit_of(world::program({"exit", "0"}))));
}

TEST_CASE("a program cannot take more memory than its limit") {
  world w;
  auto what = world::program({"eat-memory", "500"});
  what.program.resources.memory_mb = 200;
  auto exit = w.exit_of(what);
  CHECK(exit.code == 9);
  CHECK(exit.last_words == "MemoryError: no more memory");
  what.program.resources.memory_mb = 2000;
  CHECK(w.exit_of(what).code == 0);
}

TEST_CASE("a program has the usual limits and only descriptors 0 to 2, though we have raised ours") {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  world w;
  CHECK(w.exit_of(world::program({"descriptors"})).code == 0);
  CHECK(w.output() == "0\n1\n2\n");
  CHECK(w.exit_of(world::program({"limits"}, 2)).code == 0);
  CHECK(w.output(2).find("core 0\n") != std::string::npos);
  rlimit ours{};
  ::getrlimit(RLIMIT_NOFILE, &ours);
  CHECK(ours.rlim_cur == ours.rlim_max);
}

TEST_CASE("grandchildren go when the program is stopped, even with a session of their own") {
  for (std::string mode : {"fork-grandchild", "setsid-grandchild"}) {
    INFO(mode);
    world w;
    auto file = w.here / "grandchild";
    auto run = w.start(world::program({mode, file.string()}));
    REQUIRE(run.first(1).size() == 1);
    auto grandchild = test::number_in(file);
    CHECK(test::runs(grandchild));
    w.launcher->stop(w.last_key);
    auto exit = run.exit();
    REQUIRE(exit);
    CHECK(exit->signal == SIGTERM);
    CHECK(eventually([&] { return !test::runs(grandchild); }));
  }
}

TEST_CASE("grandchildren do not outlive the program") {
  world w;
  auto file = w.here / "grandchild";
  auto exit = w.exit_of(world::program({"fork-grandchild", file.string(), "4"}));
  CHECK(exit.code == 4);
  CHECK(eventually([&] { return !test::runs(test::number_in(file)); }));
}

TEST_CASE("a grandchild that left the group cannot hold up the end: reading stops soon, and it is ended") {
  world w([](auto& options) { options.drain = 200ms; });
  auto file = w.here / "grandchild";
  auto exit = w.exit_of(world::program({"setsid-grandchild", file.string(), "4"}));
  CHECK(exit.code == 4);
  CHECK(eventually([&] { return !test::runs(test::number_in(file)); }));
}

TEST_CASE("a flood of output costs a bounded log and no report") {
  world w([](auto& options) { options.log_limit_bytes = 1 << 20; });
  auto said = w.start(world::program({"flood", std::to_string(40 << 20)})).all();
  REQUIRE(said.size() == 2);
  CHECK(first_value(said[0]) == 1);
  auto log = w.output();
  CHECK(log.size() < (1 << 20) + 300);
  CHECK(log.find("[cut here") == (1 << 20) + 1);
  CHECK(log.ends_with("bytes more were not kept]\n"));
}

TEST_CASE("a line of a megabyte is log, and the next line is a report") {
  world w;
  auto said = w.start(world::program({"long-line", std::to_string(1 << 20)})).all();
  REQUIRE(said.size() == 2);
  CHECK(first_value(said[0]) == 2);
  CHECK(w.output().size() > 1 << 20);
}

TEST_CASE("hostile assignments arrive verbatim, in arguments, environment and file") {
  std::vector<std::string> hostile{"$(touch x)", "`touch x`", "a\nb", "--option", "; touch x", "'\"\\", "größe 日本",
                                   "",           "{b}",       "*",    "%s%n\x01", "~",         "a=b"};
  for (const auto& value : hostile) {
    INFO(value);
    world w;
    auto what = world::program({"arguments", "{a}", "--a={a}", "{assignments_file}"});
    what.program.directory = w.here.path().string();
    what.assignments = {{"a", value}, {"b", std::string("not this")}};
    CHECK(w.exit_of(what).code == 0);
    auto file = (w.folder() / "assignments.json").string();
    auto counted = [](const std::string& x) { return std::to_string(x.size()) + ":" + x + "\n"; };
    CHECK(w.output() == counted(value) + counted("--a=" + value) + counted(file));
    CHECK_FALSE(std::filesystem::exists(w.here / "x"));
    what.program.command = {helper, "environment", "VILFREDO_PARAM_A"};
    what.trial = {2};
    CHECK(w.exit_of(what).code == 0);
    CHECK(w.output(2) == "VILFREDO_PARAM_A=" + value + "\n");
  }
}

TEST_CASE("an assignment that no program can be given is a start that failed") {
  world w;
  auto what = world::program({"exit", "0"});
  what.assignments = {{"a", std::string("x\0y", 3)}};
  CHECK(w.exit_of(what).start_failure.find("NUL") != std::string::npos);
}

TEST_CASE("a program is told who it is and runs in its directory") {
  world w;
  auto what = world::program(
      {"environment", "VILFREDO_TRIAL", "VILFREDO_ATTEMPT", "VILFREDO_RESUME", "PATH_OF_USER", "PWD"}, 5);
  what.program.environment = {{"PATH_OF_USER", "yes"}};
  CHECK(w.exit_of(what).code == 0);
  CHECK(w.output(5).starts_with("VILFREDO_TRIAL=5\nVILFREDO_ATTEMPT=1\nVILFREDO_RESUME is unset\nPATH_OF_USER=yes\n"));
  what.program.command = {"/bin/pwd"};
  what.program.directory = w.here.path().string();
  what.trial = {6};
  CHECK(w.exit_of(what).code == 0);
  CHECK(w.output(6) == w.here.path().string() + "\n");
}

TEST_CASE("a later attempt finds the files of the one before") {
  world w;
  auto what = world::program({"say", "first"});
  CHECK(w.exit_of(what).code == 0);
  std::ofstream(w.folder() / "checkpoint/state") << "weights";
  what = world::program({"environment", "VILFREDO_RESUME", "VILFREDO_ATTEMPT"});
  what.attempt = 2;
  CHECK(w.exit_of(what).code == 0);
  CHECK(w.output() == "VILFREDO_RESUME=1\nVILFREDO_ATTEMPT=2\n");
  CHECK(contents(w.folder() / "stdout.1.log") == "first");
  CHECK(contents(w.folder() / "checkpoint/state") == "weights");
  CHECK_FALSE(io::read_record(w.folder() / "run.json"));
}

TEST_CASE("five hundred children at once: every line and every code is right, and nothing is left open") {
  test::open_descriptors();
  auto before = test::open_descriptors();
  {
    world w;
    auto go = (w.here / "go").string();
    std::vector<run_listener> runs;
    for (std::uint64_t i = 1; i <= 500; ++i) {
      auto what = world::program({}, i);
      what.program.command = {"/bin/sh", "-c",
                              "echo '{\"step\": 1, \"metrics\": {\"a\": {n}}}'; echo noise $1 >&2; read x < \"$0\"; "
                              "echo '{\"metrics\": {\"a\": {n}.5}}'; exit $(($1 % 100))",
                              go, "{n}"};
      what.assignments = {{"n", static_cast<std::int64_t>(i)}};
      if (i == 1) REQUIRE(::mkfifo(go.c_str(), 0600) == 0);  // readers wait there until a writer comes and goes
      runs.push_back(w.start(what));
    }
    for (auto& run : runs) REQUIRE(run.first(1).size() == 1);  // all 500 run now
    std::size_t wrong = 0;
    std::jthread opener([&](std::stop_token stop) {
      while (!stop.stop_requested()) {
        if (int fd = ::open(go.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC); fd >= 0) ::close(fd);
        std::this_thread::sleep_for(1ms);
      }
    });
    for (std::size_t i = 0; i < runs.size(); ++i) {
      auto said = runs[i].all();
      auto n = static_cast<double>(i + 1);
      bool right = said.size() == 3 && first_value(said[0]) == n && first_value(said[1]) == n + 0.5 &&
                   std::get<run_exit>(said[2]).code == static_cast<int>((i + 1) % 100) &&
                   std::get<run_exit>(said[2]).last_words == "noise " + std::to_string(i + 1);
      if (!right) ++wrong;
    }
    CHECK(wrong == 0);
  }
  CHECK(test::open_descriptors() == before);
}

TEST_CASE("a key can be used again once its run has told its exit, and not before") {
  world w;
  run_listener sleeping, second, third;
  w.launcher->start(1, world::program({"ignore-term"}), sleeping.ear());
  REQUIRE(sleeping.first(1).size() == 1);
  w.launcher->start(1, world::program({"exit", "0"}, 2), second.ear());
  CHECK(second.exit().value().start_failure.find("is running already") != std::string::npos);
  w.launcher->stop(1);
  auto short_grace = world::program({"exit", "5"}, 3);
  w.launcher->start(2, short_grace, third.ear());
  CHECK(third.exit().value().code == 5);
}

TEST_CASE("a launcher that goes takes all its runs along and says no more") {
  test::scratch here;
  auto file = here / "grandchild";
  run_listener run;
  std::filesystem::path record;
  {
    world w;
    w.launcher->start(1, world::program({"setsid-grandchild", file.string()}), run.ear());
    REQUIRE(run.first(1).size() == 1);
    record = w.folder() / "run.json";
    CHECK(io::read_record(record));
    w.launcher.reset();
    CHECK_FALSE(io::read_record(record));
  }
  CHECK_FALSE(test::runs(test::number_in(file)));
  CHECK(run.first(1).size() == 1);
}

TEST_CASE("a launcher may be let go of by what it tells") {
  world w;
  auto shared = std::make_shared<std::unique_ptr<launcher>>(std::move(w.launcher));
  run_listener run;
  auto* direct = shared->get();
  direct->start(1, world::program({"exit", "3"}), [shared, ear = run.ear()](run_message said) {
    shared->reset();
    ear(std::move(said));
  });
  CHECK(run.exit().value().code == 3);
}

TEST_CASE("what a killed process left running is ended by the next, grandchildren too") {
  for (std::string mode : {"fork-grandchild", "setsid-grandchild"})
    for (bool by_start : {false, true}) {
      INFO(mode, by_start);
      world w;
      auto file = w.here / "grandchild";
      auto folder = w.folder();
      test::child earlier([&] {
        // A process of its own, with a launcher of its own, that will be killed without a chance to tidy up.
        auto launcher = io::make_process_launcher({w.here / "trials"});
        launcher->start(1, world::program({mode, file.string()}), [](run_message) {});
        std::this_thread::sleep_for(1h);
        return 0;
      });
      REQUIRE(eventually([&] { return test::number_in(file) != 0; }));
      REQUIRE(eventually([&] { return contents(folder / "run.json").find("boot\":\"\"") == std::string::npos; }));
      auto grandchild = test::number_in(file);
      earlier.kill();
      CHECK(test::runs(grandchild));
      if (by_start) {
        auto next = world::program({"exit", "0"});
        next.attempt = 2;
        CHECK(w.exit_of(next).code == 0);
        CHECK_FALSE(test::runs(grandchild));  // before the next attempt began
      } else {
        w.launcher->end_leftovers({1}, {1});
        CHECK(eventually([&] { return !test::runs(grandchild); }));
      }
      CHECK(eventually([&] { return !io::read_record(folder / "run.json"); }));
    }
}

TEST_CASE("ending leftovers spares this process's own run and strangers with a remembered number") {
  world w;
  auto run = w.start(world::program({"heed-term"}));
  REQUIRE(run.first(1).size() == 1);
  w.launcher->end_leftovers({1}, {1});
  w.launcher->end_leftovers({1}, {99});

  // A record whose group number now belongs to somebody else, as its start time shows.
  auto stranger = w.start(world::program({"heed-term"}, 2));
  REQUIRE(stranger.first(1).size() == 1);
  auto record = contents(w.folder(2) / "run.json");
  auto started = record.find("\"started\":");
  REQUIRE(started != std::string::npos);
  record.insert(record.find(':', started) + 1, "1");
  auto mark = record.find("\"run\":\"");
  record[mark + 7] = record[mark + 7] == 'f' ? '0' : 'f';
  std::filesystem::create_directories(w.folder(3));
  std::ofstream(w.folder(3) / "run.json") << record;
  w.launcher->end_leftovers({1}, {3});
  REQUIRE(eventually([&] { return !io::read_record(w.folder(3) / "run.json"); }));

  w.launcher->stop(1);
  w.launcher->stop(2);
  CHECK(run.exit().value().code == 3);
  CHECK(stranger.exit().value().code == 3);
}
