#pragma once
#include <functional>
#include <mutex>
#include <utility>

namespace vilfredo::http {

/// Whether the one who asked is still there to wait for the answer; that a server stops ends the waiting, too. For many
/// threads.
class presence {
public:
  /// Calls `then` once when the asker has left, at once if that was before; on a thread that others wait for.
  void on_leave(std::function<void()> then) {
    {
      std::lock_guard hold(mutex_);
      if (!gone_) {
        then_ = std::move(then);
        return;
      }
    }
    then();
  }
  void leave() {
    std::function<void()> then;
    {
      std::lock_guard hold(mutex_);
      gone_ = true;
      then = std::exchange(then_, nullptr);
    }
    if (then) then();
  }

private:
  std::mutex mutex_;
  bool gone_ = false;
  std::function<void()> then_;
};

}  // namespace vilfredo::http
