#include "tests/e2e/program.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>

#include "tests/support/files.hpp"

namespace vilfredo::test {

namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const char* what) {
  std::cerr << what << " failed: " << std::generic_category().message(errno) << "\n";
  std::abort();
}

int milliseconds_until(clock::time_point end) {
  auto left = std::chrono::ceil<milliseconds>(end - clock::now()).count();
  return static_cast<int>(std::max<decltype(left)>(left, 0));
}

io::file_descriptor end_of(pid_t process) {
  return io::file_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

/// In the child: what it must be before it becomes vilfredo.
bool prepare(const scratch& where, const program_options& options) {
  if (::chdir(where.path().c_str()) != 0) return false;
  if (options.largest_file_bytes) {
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = *options.largest_file_bytes;  // only the soft limit: it is lifted again when there is to be space
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
  }
  if (options.most_descriptors) {
    const rlimit limit{*options.most_descriptors, *options.most_descriptors};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  }
  // A superuser's program gets what is in the bounding set, and no more.
  if (options.obeys_permissions && ::geteuid() == 0)
    for (int right : {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER})
      if (::prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0) return false;
  ::unsetenv("VILFREDO_STORE");
  ::unsetenv("NO_COLOR");
  for (const auto& e : options.environment) ::putenv(const_cast<char*>(e.c_str()));
  return true;
}

[[noreturn]] void become_vilfredo(const scratch& where, const std::vector<std::string>& arguments,
                                  const program_options& options) {
  if (!prepare(where, options)) ::_exit(126);
  const std::string binary = VILFREDO_BINARY_DIR "/vilfredo";
  std::vector<char*> argv{const_cast<char*>(binary.c_str())};
  for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

program::program(const scratch& where, std::vector<std::string> arguments, program_options options) {
  std::cout.flush();  // or the child would print it, too
  if (options.terminal) {
    winsize size{options.terminal->second, options.terminal->first, 0, 0};
    int terminal = -1;
    pid_ = ::forkpty(&terminal, nullptr, nullptr, &size);
    if (pid_ < 0) give_up("forkpty");
    if (pid_ == 0) become_vilfredo(where, arguments, options);
    out_.from.reset(terminal);
    ::fcntl(terminal, F_SETFD, FD_CLOEXEC);
  } else {
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) give_up("pipe2");
    pid_ = ::fork();
    if (pid_ < 0) give_up("fork");
    if (pid_ == 0) {
      ::setpgid(0, 0);
      ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(err[1], STDERR_FILENO);
      become_vilfredo(where, arguments, options);
    }
    ::close(out[1]);
    ::close(err[1]);
    out_.from.reset(out[0]);
    err_.from.reset(err[0]);
    ::fcntl(err[0], F_SETFL, O_NONBLOCK);
  }
  ::fcntl(out_.from.number(), F_SETFL, O_NONBLOCK);
  ended_ = end_of(pid_);
  if (!ended_) give_up("pidfd_open");
}

program::~program() {
  if (code_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void program::signal(int number) const { ::kill(pid_, number); }

void program::resize(unsigned short columns, unsigned short rows) const {
  winsize size{rows, columns, 0, 0};
  ::ioctl(out_.from.number(), TIOCSWINSZ, &size);
}

void program::stream::read() {
  std::array<char, 16 * 1024> bytes;
  while (from) {
    auto got = ::read(from.number(), bytes.data(), bytes.size());
    if (got > 0) {
      text.append(bytes.data(), static_cast<std::size_t>(got));
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else if (got < 0 && errno == EAGAIN) {
      return;
    } else {
      from.reset();  // the end; a terminal says so with EIO
    }
  }
}

void program::take_end() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  out_.read();  // what it wrote last is here by now
  err_.read();
}

template <class Enough>
bool program::watch(milliseconds limit, Enough enough) {
  const auto end = clock::now() + limit;
  while (!enough() && !code_) {
    std::array<pollfd, 3> sources{{{ended_.number(), POLLIN, 0},
                                   {out_.from ? out_.from.number() : -1, POLLIN, 0},
                                   {err_.from ? err_.from.number() : -1, POLLIN, 0}}};
    auto ready = ::poll(sources.data(), sources.size(), milliseconds_until(end));
    if (ready < 0 && errno != EINTR) give_up("poll");
    if (ready == 0) break;
    if (sources[1].revents) out_.read();
    if (sources[2].revents) err_.read();
    if (sources[0].revents) take_end();
  }
  return enough();
}

std::optional<int> program::wait(milliseconds limit) {
  watch(limit, [] { return false; });
  return code_;
}

bool program::says(const std::string& text, milliseconds limit) {
  return watch(limit, [&] { return out_.text.find(text) != std::string::npos; });
}
bool program::complains(const std::string& text, milliseconds limit) {
  return watch(limit, [&] { return err_.text.find(text) != std::string::npos; });
}
bool program::says_lines(std::size_t lines, milliseconds limit) {
  return watch(limit, [&] { return static_cast<std::size_t>(std::ranges::count(out_.text, '\n')) >= lines; });
}

finished vilfredo_run(const scratch& where, std::vector<std::string> arguments, program_options options) {
  program p(where, std::move(arguments), std::move(options));
  auto code = p.wait();
  return {code.value_or(-1), p.output(), p.errors()};
}

std::vector<pid_t> processes_of(const scratch& where) {
  // Trials have the folder in VILFREDO_DIR, and so has whatever they start. A zombie has no environment.
  const auto mark = "VILFREDO_DIR=" + where.path().string();
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    auto pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && tests::contents(entry.path() / "environ").find(mark) != std::string::npos) out.push_back(pid);
  }
  return out;
}

bool all_gone(const scratch& where, milliseconds limit) {
  const auto end = clock::now() + limit;
  for (auto left = processes_of(where); !left.empty(); left = processes_of(where)) {
    auto ended = end_of(left.front());
    pollfd source{ended ? ended.number() : -1, POLLIN, 0};
    if (ended && ::poll(&source, 1, milliseconds_until(end)) == 0) return false;
  }
  return true;
}

}  // namespace vilfredo::test
