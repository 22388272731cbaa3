#include "tests/sim/programs.hpp"

#include <limits>

#include "tests/sim/world.hpp"

namespace vilfredo::sim {

namespace {

using key_type = launcher::run_key;

/// Does something to a run later, if it lives then. Weak: a run does not outlive its process.
void later(world& around, const std::shared_ptr<test::fake_launcher>& launcher, key_type key, duration after,
           std::function<void(test::fake_launcher&)> what) {
  around.later(after, [door = std::weak_ptr(launcher), key, what = std::move(what)] {
    auto alive = door.lock();
    // A launcher without its hooks belongs to a process that is gone.
    if (alive && alive->on_start && alive->runs.contains(key)) what(*alive);
  });
}

void end(world& around, const std::shared_ptr<test::fake_launcher>& launcher, key_type key, duration after,
         run_exit how) {
  later(around, launcher, key, after, [key, how](test::fake_launcher& l) mutable {
    how.stopped = l.runs.at(key).told_to_stop;
    l.say(key, how);
  });
}

run_exit with_code(int code) {
  run_exit how;
  how.code = code;
  return how;
}

void started(world& around, const std::shared_ptr<test::fake_launcher>& launcher, key_type key) {
  const auto& run = launcher->runs.at(key).what;
  auto* book = around.watch.find(run.experiment);
  auto trial = book ? book->trials.find(run.trial.number) : decltype(book->trials.end()){};
  if (!book || trial == book->trials.end() || trial->second.attempt < run.attempt)
    around.watch.violated("I1 ack-durable", "a program was started for trial " + std::to_string(run.trial.number) +
                                                ", whose attempt is not durable");
  around.log.line(around.now_text(), "program: trial " + std::to_string(run.trial.number) + " attempt " +
                                         std::to_string(run.attempt) + " starts");
  auto length = around.between(1s, 15s);
  auto values = around.measure(0);
  if (around.strikes(fault::program_failure, 0.3)) {
    run_exit how;
    switch (around.random.below(6)) {
    case 0:
      how.start_failure = "no such file";
      length = 0s;
      break;
    case 1: how.signal = 9; break;
    case 2: how.code = 75; break;
    case 3: how.code = 1; break;
    case 4: how.code = 0; break;  // without a word
    default: {
      how.code = 0;
      if (!values.empty()) values[0].value = std::numeric_limits<double>::quiet_NaN();
      later(around, launcher, key, length / 2, [key, values](test::fake_launcher& l) {
        l.say(key, run_report{std::nullopt, values});
      });
    }
    }
    return end(around, launcher, key, length, how);
  }
  auto reports = around.random.below(4);
  for (std::uint64_t i = 1; i <= reports; ++i)
    later(around, launcher, key, length * static_cast<int>(i) / static_cast<int>(reports + 1),
          [key, i, said = around.measure(0)](test::fake_launcher& l) {
            l.say(key, run_report{static_cast<double>(i), said});
          });
  later(around, launcher, key, length, [key, values](test::fake_launcher& l) {
    l.say(key, run_report{std::nullopt, values});
  });
  end(around, launcher, key, length + 1ms, with_code(0));
}

}  // namespace

void attach_programs(world& around, const std::shared_ptr<test::fake_launcher>& launcher) {
  auto door = std::weak_ptr(launcher);
  launcher->on_start = [&around, door](key_type key) { started(around, door.lock(), key); };
  launcher->on_stop = [&around, door](key_type key) {
    run_exit how;
    if (around.chance(0.5))
      how.code = 0;
    else
      how.signal = 15;
    how.checkpoint = around.chance(0.7);
    end(around, door.lock(), key, around.between(0s, 8s), how);
  };
}

}  // namespace vilfredo::sim
