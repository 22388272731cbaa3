#pragma once
#include <signal.h>

#include <initializer_list>
#include <utility>
#include <vector>

namespace vilfredo::app {

/// Turns SIGINT, SIGTERM, SIGHUP and SIGWINCH, and others that are asked for, into something to read, and ignores
/// SIGPIPE and SIGXFSZ, so that a closed pipe or a full quota is an error where it happens and not the end. One at a
/// time; the dispositions of before come back when it goes.
class signals {
public:
  explicit signals(std::initializer_list<int> besides = {});
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

  /// Readable when signals have come.
  int descriptor() const { return pipe_[0]; }
  /// Their numbers, oldest first.
  std::vector<int> take();

private:
  int pipe_[2] = {-1, -1};
  std::vector<std::pair<int, struct sigaction>> before_;
};

}  // namespace vilfredo::app
