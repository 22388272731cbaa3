#include "app/signals.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace vilfredo::app {

namespace {

constexpr std::array caught{SIGINT, SIGTERM, SIGHUP, SIGWINCH};
constexpr std::array ignored{SIGPIPE, SIGXFSZ};

volatile int writing_end = -1;
std::array<struct sigaction, caught.size() + ignored.size()> before;

// A handler and a pipe rather than a blocked mask: threads and children that start meanwhile inherit nothing odd.
extern "C" void on_signal(int number) {
  const int kept = errno;
  const auto byte = static_cast<unsigned char>(number);
  if (writing_end >= 0) [[maybe_unused]]
    auto written = write(writing_end, &byte, 1);
  errno = kept;
}

}  // namespace

signals::signals() {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  writing_end = pipe_[1];
  std::size_t i = 0;
  for (int number : caught) {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, &before[i++]);
  }
  for (int number : ignored) {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    sigaction(number, &action, &before[i++]);
  }
}

signals::~signals() {
  std::size_t i = 0;
  for (int number : caught) sigaction(number, &before[i++], nullptr);
  for (int number : ignored) sigaction(number, &before[i++], nullptr);
  writing_end = -1;
  close(pipe_[0]);
  close(pipe_[1]);
}

std::vector<int> signals::take() {
  std::vector<int> out;
  unsigned char numbers[64];
  for (ssize_t n; (n = read(pipe_[0], numbers, sizeof numbers)) > 0;) out.insert(out.end(), numbers, numbers + n);
  return out;
}

}  // namespace vilfredo::app
