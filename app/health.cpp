#include "app/health.hpp"

#include <utility>

namespace vilfredo::app {

void health::ask(time_point now, answer to) {
  std::optional<result<void>> known;
  bool probe = false;
  {
    std::lock_guard hold(mutex_);
    const bool silent = asked_ && now - *asked_ >= patience;
    if (last_ && (silent || (!asked_ && now - last_at_ < fresh)))
      known = last_;
    else
      waiting_.push_back(to);
    if (!known && !asked_) {
      asked_ = now;
      probe = true;
    }
  }
  if (known) return to(*known);
  if (!probe) return;
  std::vector<document_change> change{{"health", "probe", {}, "{}", now}};
  house_.keep(std::move(change), [this](const result<std::vector<document>>& kept) {
    {
      std::lock_guard hold(mutex_);
      asked_.reset();
    }
    settle(house_.now(), kept ? result<void>{} : result<void>{kept.error()});
  });
}

void health::tick(time_point now) {
  {
    std::lock_guard hold(mutex_);
    if (!asked_ || now - *asked_ < patience) return;
  }
  settle(now, error{errc::unavailable,
                    "the store has not answered for " + std::to_string(patience.count() / 1000) + " seconds"});
}

void health::settle(time_point at, const result<void>& how) {
  std::vector<answer> waiting;
  bool news;
  {
    std::lock_guard hold(mutex_);
    news = (!last_ || *last_) != static_cast<bool>(how);
    last_ = how;
    last_at_ = at;
    waiting = std::exchange(waiting_, {});
  }
  if (news) tell_(how ? "the store can be written again" : "not healthy: " + how.error().message);
  for (auto& to : waiting) to(how);
}

}  // namespace vilfredo::app
