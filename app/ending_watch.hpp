#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "app/signals.hpp"

namespace vilfredo::app {

/// Hears that the process is to end while its main thread waits for a disk and can hear nothing.
///
/// From the first of the signals in `wishes` on it is an ending_limit of `after`; with the second nothing is waited for
/// any more. Takes all signals for as long as it lives; whoever goes on gets them by `heard`.
class ending_watch {
public:
  ending_watch(signals& caught, std::vector<int> wishes, std::chrono::milliseconds after,
               std::function<void()> last_words, std::function<void()> leave);
  ~ending_watch();
  ending_watch(const ending_watch&) = delete;
  ending_watch& operator=(const ending_watch&) = delete;

  /// Hears no more; what has come so far, oldest first.
  std::vector<int> heard();

private:
  struct watch;
  std::unique_ptr<watch> watch_;
};

}  // namespace vilfredo::app
