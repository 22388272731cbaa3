#include "io/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.hpp"

namespace vilfredo::io {

namespace {

/// What the child leaves in our memory when it does not become its program.
struct start_trouble {
  enum class step { setup, directory, limit, program } at = step::setup;
  int number = 0;  // errno; 0: none
};

/// All that the child needs between vfork and exec, made before: it runs on our memory and must not allocate.
struct child_plan {
  char* const* arguments;
  char* const* environment;
  const char* directory;  // null: ours
  const char* const* candidates;
  std::size_t candidate_count;
  const child_program::limit* limits;
  std::size_t limit_count;
  int input, output, errors;
  pid_t parent;
  start_trouble* trouble;
};

[[noreturn]] void give_up(const child_plan& plan, start_trouble::step at, int number) {
  *plan.trouble = {at, number};
  ::_exit(127);
}

[[noreturn]] void become(const child_plan& plan) {
  using step = start_trouble::step;
  if (::setsid() < 0) give_up(plan, step::setup, errno);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);  // it died before the line above took effect
  if (::dup2(plan.input, 0) < 0 || ::dup2(plan.output, 1) < 0 || ::dup2(plan.errors, 2) < 0)
    give_up(plan, step::setup, errno);
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  if (plan.directory && ::chdir(plan.directory) != 0) give_up(plan, step::directory, errno);
  for (std::size_t i = 0; i < plan.limit_count; ++i)
    if (::setrlimit(static_cast<__rlimit_resource>(plan.limits[i].resource), &plan.limits[i].value) != 0)
      give_up(plan, step::limit, errno);
  // A daemon ignores SIGPIPE, and what is ignored stays ignored over exec.
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  int worst = ENOENT;
  for (std::size_t i = 0; i < plan.candidate_count; ++i) {
    ::execve(plan.candidates[i], plan.arguments, plan.environment);
    // As execvp does: a directory of PATH that has no such program is passed over, one that may not be run is
    // remembered.
    if (errno == EACCES)
      worst = EACCES;
    else if (errno != ENOENT && errno != ENOTDIR)
      give_up(plan, step::program, errno);
  }
  give_up(plan, step::program, worst);
}

/// Alone in its function, so that no local of the caller can be harmed by the child's use of the same stack.
[[gnu::noinline]] pid_t split(const child_plan& plan) {
  sigset_t all, before;
  ::sigfillset(&all);
  // None of our handlers may run in the child, on our memory.
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = ::vfork();
  if (child == 0) become(plan);
  int number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = number;
  return child;
}

struct pipe_ends {
  file_descriptor read, write;
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read.reset(ends[0]);
    write.reset(ends[1]);
    return true;
  }
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const auto& t : texts) out.push_back(const_cast<char*>(t.c_str()));
  out.push_back(nullptr);
  return out;
}

std::string_view value_of(const std::vector<std::string>& environment, std::string_view name) {
  for (std::string_view entry : environment)
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

std::vector<std::string> candidates(const child_program& program) {
  const auto& name = program.arguments[0];
  if (name.find('/') != std::string::npos) return {name};
  auto path = value_of(program.environment, "PATH");
  if (path.empty()) path = "/usr/local/bin:/usr/bin:/bin";
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= path.size();) {
    auto end = std::min(path.find(':', begin), path.size());
    auto directory = path.substr(begin, end - begin);
    out.push_back((directory.empty() ? "." : std::string(directory)) + "/" + name);
    begin = end + 1;
  }
  return out;
}

/// Whether the machine is short of something just then, which says nothing of the program.
bool lacks_something(start_trouble::step at, int number) {
  switch (number) {
  case EAGAIN:  // processes
  case EMFILE:
  case ENFILE:
  case ENOMEM:
  case ENOSPC:
  case EDQUOT:
  case EIO:
  case ESTALE:
  case ETXTBSY:
    return true;  // it is being written
  // A directory is where a disk is mounted, or not yet.
  default: return at == start_trouble::step::directory;
  }
}

std::string describe(int number) { return std::strerror(number); }

std::string here(const child_program& program) {
  std::error_code unknown;
  return program.directory.empty() ? std::filesystem::current_path(unknown).string() : program.directory;
}

std::string sentence(const child_program& program, const start_trouble& trouble) {
  const auto& name = program.arguments[0];
  auto cannot = "cannot start " + text::quoted(name) + ": ";
  switch (trouble.at) {
  case start_trouble::step::setup: return cannot + describe(trouble.number);
  case start_trouble::step::directory:
    return cannot + "its directory " + text::quoted(program.directory) +
           " cannot be entered: " + describe(trouble.number) + " (run.directory)";
  case start_trouble::step::limit:
    return cannot + "its limits cannot be set: " + describe(trouble.number) + " (run.resources)";
  case start_trouble::step::program: break;
  }
  std::error_code unknown;
  auto directory = here(program);
  auto local = std::filesystem::path(directory) / name;
  bool there = std::filesystem::exists(local, unknown);
  auto out = cannot + describe(trouble.number) + " (run.command[0], looked in ";
  if (name.find('/') == std::string::npos)
    return out + "PATH" + (there ? "; to start the one in " + directory + " write \"./" + name + "\")" : ")");
  if (!std::filesystem::path(name).is_absolute())
    out += directory;
  else
    out = cannot + describe(trouble.number) + " (run.command[0]";
  if (trouble.number == ENOENT && there) out += "; its first line names an interpreter that is not there";
  if (trouble.number == ENOEXEC) out += "; a script needs a first line such as #!/bin/sh";
  if (trouble.number == EACCES && there) out += "; chmod +x makes a file a program";
  return out + ")";
}

/// 0 when it can be executed, else why not, as execve would say it.
int obstacle(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return errno;
  if (!S_ISREG(found.st_mode)) return EACCES;
  return ::faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); }

}  // namespace

result<void> startable(const child_program& program) {
  int worst = ENOENT;
  for (const auto& candidate : candidates(program)) {
    int number = obstacle(std::filesystem::path(here(program)) / candidate);
    if (number == 0) return {};
    if (number != ENOENT && number != ENOTDIR) worst = number;
  }
  return error{errc::invalid, sentence(program, {start_trouble::step::program, worst})};
}

result<child_process> child_process::start(const child_program& program) {
  auto refuse = [&](start_trouble::step at, int number) {
    return error{lacks_something(at, number) ? errc::overloaded : errc::unavailable, sentence(program, {at, number})};
  };
  using step = start_trouble::step;
  for (const auto* texts : {&program.arguments, &program.environment})
    for (const auto& t : *texts)
      if (t.find('\0') != std::string::npos)
        return error{errc::invalid, "cannot start " + text::quoted(program.arguments[0]) +
                                        ": an assignment holds a NUL character, which no program can be given"};

  pipe_ends output, errors;
  file_descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input || !output.open() || !errors.open()) return refuse(step::setup, errno);
  auto arguments = pointers(program.arguments);
  auto environment = pointers(program.environment);
  auto names = candidates(program);
  auto paths = pointers(names);
  rusage ours{};
  ::getrusage(RUSAGE_SELF, &ours);

  start_trouble trouble;
  child_plan plan{
      arguments.data(),      environment.data(), program.directory.empty() ? nullptr : program.directory.c_str(),
      paths.data(),          names.size(),       program.limits.data(),
      program.limits.size(), input.number(),     output.write.number(),
      errors.write.number(), ::getpid(),         &trouble};
  child_process child;
  child.number_ = split(plan);
  if (child.number_ < 0) return refuse(step::setup, errno);
  // vfork returns here when the child has become its program or has ended, and its writes were to our memory.
  if (trouble.number != 0) return refuse(trouble.at, trouble.number);

  child.ended_.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.number_, 0)));  // close-on-exec by definition
  if (!child.ended_) return refuse(step::setup, errno);
  for (auto* end : {&output.read, &errors.read}) ::fcntl(end->number(), F_SETFL, O_NONBLOCK);
  child.output_ = std::move(output.read);
  child.errors_ = std::move(errors.read);
  child.our_peak_kb_ = static_cast<std::uint64_t>(ours.ru_maxrss);
  return child;
}

child_process::child_process(child_process&& other) noexcept
    : number_(std::exchange(other.number_, -1)),
      our_peak_kb_(other.our_peak_kb_),
      ended_(std::move(other.ended_)),
      output_(std::move(other.output_)),
      errors_(std::move(other.errors_)) {}

child_process::~child_process() {
  if (number_ > 0) take_end();
}

void child_process::signal_group(int signal) const {
  if (number_ > 0) ::kill(-number_, signal);
}

child_end child_process::take_end() {
  // Before it is waited for: until then its number belongs to nobody else.
  signal_group(SIGKILL);
  int status = 0;
  rusage used{};
  pid_t waited;
  do waited = ::wait4(number_, &status, 0, &used);
  while (waited < 0 && errno == EINTR);
  child_end out;
  if (waited > 0 && WIFEXITED(status)) out.code = WEXITSTATUS(status);
  if (waited > 0 && WIFSIGNALED(status)) out.signal = WTERMSIG(status);
  out.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  auto peak = static_cast<std::uint64_t>(used.ru_maxrss);
  if (peak > our_peak_kb_) out.peak_memory_kb = peak;
  number_ = -1;
  ended_.reset();
  return out;
}

}  // namespace vilfredo::io
