#pragma once
#include <chrono>
#include <functional>
#include <memory>

namespace vilfredo::app {

/// Bounds how long a process takes to end: a thread that waits for a disk which hangs cannot be interrupted, and who
/// waits for that thread would wait for ever. Nothing that was answered is lost by leaving, for it was durable before.
///
/// Unless it is destroyed within `after`, `last_words` is called, on a thread of its own, and then `leave`, which ends
/// the process. The words are waited for a second only: what they are written to may hang, too.
class ending_limit {
public:
  ending_limit(std::chrono::milliseconds after, std::function<void()> last_words, std::function<void()> leave);
  ~ending_limit();
  ending_limit(const ending_limit&) = delete;
  ending_limit& operator=(const ending_limit&) = delete;

private:
  struct watch;
  std::unique_ptr<watch> watch_;
};

/// What the store is given when all else has ended. A commit takes milliseconds where a disk works.
inline constexpr std::chrono::milliseconds last_commit{5'000};

}  // namespace vilfredo::app
