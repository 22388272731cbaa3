#include "io/remote/courier.hpp"

#include <algorithm>
#include <utility>

#include "io/remote/backoff.hpp"

namespace vilfredo::remote {

namespace {

/// A fault of the daemon's own (500): one such answer may be for want of memory, ten are what it will always say.
bool faulty(const outcome& how) { return !how && how.error().code == errc::internal; }

bool passing(const outcome& how) {
  return !how && (how.error().code == errc::unavailable || how.error().code == errc::overloaded);
}

/// The trial that a command is about; 0 for those that are about none.
std::uint64_t trial_of(const command& what) {
  return std::visit(
      [](const auto& c) -> std::uint64_t {
        if constexpr (requires { c.trial.number; })
          return c.trial.number;
        else
          return 0;
      },
      what);
}

error ending() { return {errc::unavailable, "the connection to the daemon is being closed"}; }

}  // namespace

courier::courier(courier_options options, const std::function<std::unique_ptr<connection>()>& connect)
    : options_(std::move(options)) {
  auto open = [&](auto& lanes, std::size_t n) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, n); ++i) {
      lanes.push_back(std::make_unique<lane>());
      lanes.back()->line = connect();
    }
  };
  open(talkers_, options_.talkers);
  open(askers_, options_.askers);
  for (auto* lanes : {&talkers_, &askers_})
    for (auto& one : *lanes) one->thread = std::thread([this, on = one.get()] { run(*on); });
}

courier::~courier() {
  {
    std::lock_guard hold(mutex_);
    closing_ = true;
  }
  for (auto* lanes : {&talkers_, &askers_})
    for (auto& one : *lanes) {
      one->line->close();
      one->woken.notify_all();
    }
  for (auto* lanes : {&talkers_, &askers_})
    for (auto& one : *lanes) one->thread.join();
}

void courier::carry(request what, std::function<void(outcome)> answer) {
  std::optional<outcome> at_once;
  {
    std::unique_lock hold(mutex_);
    if (closing_) {
      at_once = ending();
    } else if (auto* gone = std::get_if<withdraw>(&what.what)) {
      if (auto never_sent = take_withdrawn(gone->request_id)) {
        hold.unlock();
        never_sent->answer(error{errc::later, "withdrawn"});
        return answer(vilfredo::answer{done{}});
      }
    }
    auto& on = lane_for(what.what);
    if (!at_once && on.busy && on.troubled && std::holds_alternative<heartbeat>(what.what))
      at_once = error{errc::unavailable, "the daemon cannot be reached at present"};
    if (!at_once) {
      on.waiting.push_back({std::move(what), std::move(answer)});
      on.woken.notify_one();
    }
  }
  if (at_once) answer(*std::move(at_once));
}

/// An ask that waits for its turn is taken out; one that is on its way is sent no more.
std::optional<courier::parcel> courier::take_withdrawn(const std::string& request_id) {
  for (auto& one : askers_) {
    auto& all = one->waiting;
    auto found = std::ranges::find_if(all, [&](const parcel& p) { return p.what.request_id == request_id; });
    if (found != all.end()) {
      auto out = std::move(*found);
      all.erase(found);
      return out;
    }
    if (one->busy && one->carrying == request_id) {
      one->withdrawn = true;
      one->woken.notify_one();
    }
  }
  return std::nullopt;
}

courier::lane& courier::lane_for(const command& what) {
  if (!std::holds_alternative<ask>(what)) return *talkers_[trial_of(what) % talkers_.size()];
  auto load = [](const auto& one) { return one->waiting.size() + (one->busy ? 1 : 0); };
  return **std::ranges::min_element(askers_, {}, load);
}

void courier::run(lane& on) {
  std::unique_lock hold(mutex_);
  for (;;) {
    on.woken.wait(hold, [&] { return closing_ || !on.waiting.empty(); });
    if (on.waiting.empty()) return;
    auto next = std::move(on.waiting.front());
    on.waiting.pop_front();
    on.busy = true;
    on.carrying = next.what.request_id;
    on.withdrawn = false;
    hold.unlock();
    auto how = insist(on, next.what);
    hold.lock();
    on.busy = false;  // before the answer: whoever has that meets no trouble of what is over
    hold.unlock();
    next.answer(std::move(how));
    hold.lock();
  }
}

outcome courier::insist(lane& on, const request& what) {
  backoff pause(options_.first_retry, options_.longest_retry);
  for (std::size_t faults = 0;;) {
    {
      std::lock_guard hold(mutex_);
      if (closing_) return ending();
    }
    auto how = on.line->carry_out(what);
    std::unique_lock hold(mutex_);
    note_trouble(on, how);
    if (faulty(how) && ++faults >= options_.most_faults)
      return error{errc::internal,
                   how.error().message + " (so it was answered " + std::to_string(faults) + " times; given up)"};
    if (!passing(how) && !faulty(how)) return how;
    if (std::holds_alternative<heartbeat>(what.what)) return how;
    // Whoever is not reached has nobody waiting for long.
    if (std::holds_alternative<withdraw>(what.what)) return answer{done{}};
    if (on.withdrawn) return error{errc::later, "withdrawn"};
    on.woken.wait_for(hold, pause.next(options_.chance()), [&] { return closing_ || on.withdrawn; });
    if (on.withdrawn) return error{errc::later, "withdrawn"};
  }
}

/// Told once: every lane meets the same trouble, again and again until it is over.
void courier::note_trouble(lane& on, const outcome& how) {
  on.troubled = passing(how) || faulty(how);
  if (closing_ || on.troubled == in_trouble_) return;
  if (!on.troubled && std::ranges::any_of(talkers_, [](const auto& x) { return x->troubled; })) return;
  in_trouble_ = on.troubled;
  options_.tell(on.troubled ? how.error().message + "; trying again" : "the trouble is over; going on");
}

}  // namespace vilfredo::remote
