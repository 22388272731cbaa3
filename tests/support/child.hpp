#pragma once
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <iostream>

namespace vilfredo::test {

/// A forked process that runs a function and ends with its result; killed when the test leaves it.
class child {
public:
  explicit child(const std::function<int()>& work) {
    std::cout.flush();  // or the child would print it, too
    pid_ = ::fork();
    if (pid_ == 0) ::_exit(work());
    if (pid_ < 0) std::abort();
  }
  ~child() {
    if (pid_ > 0) kill();
  }
  child(const child&) = delete;

  pid_t pid() const { return pid_; }
  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }
  /// The exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

private:
  pid_t pid_ = -1;
};

}  // namespace vilfredo::test
