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

// A handler and a pipe rather than a blocked mask: threads and children that start meanwhile inherit nothing odd.
extern "C" void on_signal(int number) {
  const int kept = errno;
  const auto byte = static_cast<unsigned char>(number);
  if (writing_end >= 0) [[maybe_unused]]
    auto written = write(writing_end, &byte, 1);
  errno = kept;
}

}  // namespace

signals::signals(std::initializer_list<int> besides) {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  writing_end = pipe_[1];
  auto set = [this](int number, const struct sigaction& action) {
    struct sigaction before {};
    sigaction(number, &action, &before);
    before_.emplace_back(number, before);
  };
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (int number : caught) set(number, action);
  for (int number : besides) set(number, action);
  action.sa_handler = SIG_IGN;
  for (int number : ignored) set(number, action);
}

signals::~signals() {
  for (const auto& [number, action] : before_) sigaction(number, &action, nullptr);
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
