#include "tests/e2e/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace vilfredo::test {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
std::atomic<int> runs = 0;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

[[noreturn]] void become(const scratch& where, const std::vector<std::string>& arguments,
                         const program_options& options) {
  if (chdir(where.folder().c_str()) != 0) _exit(126);
  if (options.largest_file_bytes) {
    // Only the soft limit: it is lifted again when there is to be space.
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = *options.largest_file_bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  unsetenv("VILFREDO_STORE");
  for (const auto& e : options.environment) putenv(const_cast<char*>(e.c_str()));
  std::vector<char*> argv;
  static const std::string binary = VILFREDO_BINARY_DIR "/vilfredo";
  argv.push_back(const_cast<char*>(binary.c_str()));
  for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

scratch::scratch() {
  auto pattern = (fs::temp_directory_path() / "vilfredo-e2e-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no scratch folder in " + pattern);
  folder_ = pattern;
}
scratch::~scratch() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}
void scratch::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}
std::string scratch::read(const std::string& name) const { return slurp(path(name)); }

program::program(const scratch& where, std::vector<std::string> arguments, program_options options) {
  auto name = "run" + std::to_string(++runs);
  out_ = where.path(name + ".out");
  err_ = where.path(name + ".err");
  if (options.terminal) {
    winsize size{options.terminal->second, options.terminal->first, 0, 0};
    pid_ = forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ == 0) become(where, arguments, options);
    return;
  }
  int out = open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int err = open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    become(where, arguments, options);
  }
  close(out);
  close(err);
}

program::~program() {
  if (running()) {
    kill(pid_, SIGKILL);
    wait();
  }
  if (terminal_ >= 0) close(terminal_);
}

bool program::running() { return !wait(0ms); }

std::optional<int> program::wait(std::chrono::milliseconds limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (!code_) {
    drain_terminal();
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      drain_terminal();
    } else if (std::chrono::steady_clock::now() >= end) {
      break;
    } else {
      std::this_thread::sleep_for(2ms);
    }
  }
  return code_;
}

void program::signal(int number) const { kill(pid_, number); }

void program::drain_terminal() {
  if (terminal_ < 0) return;
  pollfd p{terminal_, POLLIN, 0};
  char text[4096];
  while (poll(&p, 1, 0) == 1 && (p.revents & POLLIN)) {
    auto n = ::read(terminal_, text, sizeof text);
    if (n <= 0) return;
    screen_.append(text, static_cast<std::size_t>(n));
  }
}

std::string program::output() {
  drain_terminal();
  return terminal_ >= 0 ? screen_ : slurp(out_);
}
std::string program::errors() const { return slurp(err_); }

bool program::says(const std::string& text, std::chrono::milliseconds limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (output().find(text) == std::string::npos) {
    if (!running()) return output().find(text) != std::string::npos;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

void program::resize(unsigned short columns, unsigned short rows) const {
  winsize size{rows, columns, 0, 0};
  ioctl(terminal_, TIOCSWINSZ, &size);
}

finished vilfredo_run(const scratch& where, std::vector<std::string> arguments, program_options options) {
  program p(where, std::move(arguments), std::move(options));
  auto code = p.wait();
  return {code.value_or(-1), p.output(), p.errors()};
}

std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> out;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    auto pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0 || pid == getpid()) continue;
    // A zombie has no command line.
    if (slurp(entry.path() / "cmdline").find(text) != std::string::npos) out.push_back(pid);
  }
  return out;
}

bool gone(const std::string& text, std::chrono::milliseconds limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (!processes_with(text).empty()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

}  // namespace vilfredo::test
