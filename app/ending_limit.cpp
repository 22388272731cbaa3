#include "app/ending_limit.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

namespace vilfredo::app {

struct ending_limit::watch {
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;  // guarded by the mutex
  std::thread thread;
};

ending_limit::ending_limit(std::chrono::milliseconds after, std::function<void()> last_words,
                           std::function<void()> leave)
    : watch_(std::make_unique<watch>()) {
  watch_->thread =
      std::thread([at = watch_.get(), after, last_words = std::move(last_words), leave = std::move(leave)] {
        {
          std::unique_lock hold(at->mutex);
          if (at->changed.wait_for(hold, after, [&] { return at->ended; })) return;
        }
        auto said = std::make_shared<std::promise<void>>();
        auto heard = said->get_future();
        std::thread([said, last_words] {
          last_words();
          said->set_value();
        }).detach();
        heard.wait_for(std::chrono::seconds{1});
        leave();
      });
}

ending_limit::~ending_limit() {
  {
    std::lock_guard hold(watch_->mutex);
    watch_->ended = true;
  }
  watch_->changed.notify_one();
  watch_->thread.join();
}

}  // namespace vilfredo::app
