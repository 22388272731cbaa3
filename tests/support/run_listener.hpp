#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "core/ports.hpp"

namespace vilfredo::test {

/// Hears what a run tells, from another thread, and waits for it. The limits are generous: real processes are behind it
/// and the machine may be busy.
class run_listener {
public:
  static constexpr std::chrono::seconds limit{60};

  std::function<void(run_message)> ear() {
    return [shared = shared_](run_message said) {
      std::lock_guard hold(shared->mutex);
      shared->said.push_back(std::move(said));
      shared->changed.notify_all();
    };
  }

  /// The first `count` messages, or all that came until the limit.
  std::vector<run_message> first(std::size_t count) const {
    std::unique_lock hold(shared_->mutex);
    shared_->changed.wait_for(hold, limit, [&] { return shared_->said.size() >= count; });
    return shared_->said;
  }
  /// Everything, the exit last; without one when the limit passed.
  std::vector<run_message> all() const {
    std::unique_lock hold(shared_->mutex);
    auto over = [&] { return !shared_->said.empty() && std::holds_alternative<run_exit>(shared_->said.back()); };
    shared_->changed.wait_for(hold, limit, over);
    return shared_->said;
  }
  std::optional<run_exit> exit() const {
    auto said = all();
    if (said.empty() || !std::holds_alternative<run_exit>(said.back())) return {};
    return std::get<run_exit>(said.back());
  }

private:
  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<run_message> said;
  };
  std::shared_ptr<state> shared_ = std::make_shared<state>();
};

/// Waits for something that another process does.
inline bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds limit = run_listener::limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace vilfredo::test
