#include "app/ending_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "app/ending_limit.hpp"

namespace vilfredo::app {

struct ending_watch::watch {
  int over = ::eventfd(0, EFD_CLOEXEC);
  std::vector<int> heard;  // the thread's own while it lives
  std::thread thread;
};

ending_watch::ending_watch(signals& caught, std::vector<int> wishes, std::chrono::milliseconds after,
                           std::function<void()> last_words, std::function<void()> leave)
    : watch_(std::make_unique<watch>()) {
  if (watch_->over < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  watch_->thread = std::thread([at = watch_.get(), &caught, wishes = std::move(wishes), after,
                                last_words = std::move(last_words), leave = std::move(leave)] {
    std::optional<ending_limit> limit;
    for (;;) {
      pollfd sources[2] = {{at->over, POLLIN, 0}, {caught.descriptor(), POLLIN, 0}};
      ::poll(sources, 2, -1);
      if (sources[0].revents != 0) return;
      for (int number : caught.take()) {
        at->heard.push_back(number);
        if (std::ranges::count(wishes, number) == 0) continue;
        const auto patience = limit ? std::chrono::milliseconds{0} : after;
        limit.reset();
        limit.emplace(patience, last_words, leave);
      }
    }
  });
}

ending_watch::~ending_watch() {
  (void)heard();
  ::close(watch_->over);
}

std::vector<int> ending_watch::heard() {
  if (watch_->thread.joinable()) {
    ::eventfd_write(watch_->over, 1);
    watch_->thread.join();
  }
  return watch_->heard;
}

}  // namespace vilfredo::app
