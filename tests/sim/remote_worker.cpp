#include "tests/sim/remote_worker.hpp"

#include <memory>

#include "tests/sim/world.hpp"

namespace vilfredo::sim {

namespace {

class remote_worker : public std::enable_shared_from_this<remote_worker> {
public:
  remote_worker(world& around, std::size_t experiment, std::string name)
      : around_(around), n_(experiment), name_(std::move(name)) {}

  void look_for_work() {
    auto id = around_.id_of(n_);
    if (!id) return again(around_.between(100ms, 2s));
    ask wanted{name_, around_.chance(0.8) ? patience : 0s, lease};
    auto asked = send(wanted, [this](const outcome& got) { heed(got); });
    if (around_.chance(0.05))
      around_.later(around_.between(0s, 3s), [self = shared_from_this(), asked] {
        if (asked->open) self->send(withdraw{asked->what.request_id}, [](const outcome&) {});
      });
  }

private:
  using key = std::pair<std::uint64_t, std::uint32_t>;

  std::shared_ptr<call> send(command what, std::function<void(const outcome&)> done) {
    return around_.send(*around_.id_of(n_), name_ + "/" + std::to_string(++requests_), std::move(what),
                        [self = shared_from_this(), done = std::move(done)](const outcome& got) { done(got); });
  }
  void again(duration after) {
    around_.later(after, [self = shared_from_this()] { self->look_for_work(); });
  }

  void heed(const outcome& got) {
    if (!got) {
      switch (got.error().code) {
      case errc::later: return again(around_.between(100ms, 2s));
      case errc::paused: return again(around_.between(1s, 4s));
      case errc::not_found: return again(1s);                        // the trial was deleted before we heard of it
      case errc::exhausted: return again(around_.between(3s, 10s));  // it may be raised, or opened again
      default: around_.watch.violated("I13 liveness", name_ + " was refused work: " + got.error().message);
      }
      return;
    }
    work(std::get<issued>(*got));
  }
  void work(const issued& what) {
    if (around_.strikes(fault::worker_lost, 0.15)) {
      around_.later(around_.between(1s, 30s),
                    [&around = around_, n = n_, name = name_] { employ_remote(around, n, name + "'"); });
      return;
    }
    busy_ = {what.trial.number, what.attempt};
    auto mine = busy_;
    if (around_.strikes(fault::worker_late, 0.2)) {
      around_.later(around_.between(lease, 4 * lease), [self = shared_from_this(), what] { self->finish(what); });
      return;
    }
    auto length = around_.between(1s, 15s);
    for (auto at = around_.between(500ms, 5s); at < length; at += around_.between(1s, 6s))
      around_.later(at, [self = shared_from_this(), what, mine, step = static_cast<double>(at.count())] {
        if (self->busy_ == mine) self->tell(report{what.trial, what.attempt, step, self->around_.measure(self->n_)});
      });
    beat(what, mine);
    around_.later(length, [self = shared_from_this(), what, mine] {
      if (self->busy_ == mine) self->finish(what);
    });
  }
  void beat(const issued& what, key mine) {
    around_.later(lease / 3, [self = shared_from_this(), what, mine] {
      if (self->busy_ != mine) return;
      self->tell(heartbeat{what.trial, what.attempt, lease});
      self->beat(what, mine);
    });
  }
  void tell(command what) {
    auto mine = busy_;
    send(std::move(what), [this, mine](const outcome& got) {
      auto* said = got ? std::get_if<advice>(&*got) : nullptr;
      if (!said || !said->stop || busy_ != mine) return;
      busy_ = {};
      if (said->pause && around_.chance(0.9)) {
        // Until then its program writes what it needs to go on.
        around_.later(around_.between(0ms, 8s), [self = shared_from_this(), mine] {
          self->send(give_back{{mine.first},
                               mine.second,
                               return_cause::interrupted,
                               "paused",
                               self->around_.chance(0.7) ? std::optional(self->around_.chance(0.7)) : std::nullopt},
                     [](const outcome&) {});
        });
      }
      again(around_.between(0ms, 500ms));
    });
  }
  void finish(const issued& what) {
    busy_ = {};
    command end = complete{what.trial, what.attempt, around_.measure(n_)};
    auto luck = around_.random.below(100);
    if (luck < 8) end = fail{what.trial, what.attempt, "diverged"};
    if (luck >= 8 && luck < 14)
      end = give_back{what.trial, what.attempt, luck < 11 ? return_cause::machine : return_cause::interrupted, "gone"};
    send(std::move(end), [this](const outcome& got) {
      // Whoever cancels or deletes a trial does not ask its worker; a late worker may find another's result.
      if (!got && got.error().code != errc::not_found && got.error().code != errc::conflict)
        around_.watch.violated("I13 liveness", name_ + " could not end its trial: " + got.error().message);
      again(around_.between(0ms, 500ms));
    });
  }

  world& around_;
  std::size_t n_;
  std::string name_;
  std::uint64_t requests_ = 0;
  key busy_{};
};

}  // namespace

void employ_remote(world& around, std::size_t experiment, std::string name) {
  std::make_shared<remote_worker>(around, experiment, std::move(name))->look_for_work();
}

}  // namespace vilfredo::sim
