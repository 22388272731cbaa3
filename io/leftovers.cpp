#include "io/leftovers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "io/file_descriptor.hpp"

namespace vilfredo::io {

namespace {

constexpr std::string_view variable = "VILFREDO_RUN=";
constexpr std::chrono::milliseconds until_gone{2000};
constexpr int most_rounds = 5;   // a process can start another while we look
constexpr int most_looks = 200;  // at processes that are just being started, a millisecond apart

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

std::string proc(pid_t process, const char* file) { return "/proc/" + std::to_string(process) + "/" + file; }

const std::string& this_boot() {
  static const std::string id = [] {
    auto text = contents("/proc/sys/kernel/random/boot_id");
    return text.substr(0, text.find('\n'));
  }();
  return id;
}

/// 0 when there is no such process. The name in field 2 can hold anything, so counting begins after its last bracket.
std::uint64_t start_of(pid_t process) {
  file_descriptor file(::open(proc(process, "stat").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 2048> text{};  // some 50 numbers
  auto got = file ? ::read(file.number(), text.data(), text.size()) : -1;
  if (got <= 0) return 0;
  std::string_view rest(text.data(), static_cast<std::size_t>(got));
  auto at = rest.rfind(')');
  for (int number = 3; number <= 22 && at != std::string_view::npos; ++number) at = rest.find(' ', at + 1);
  std::uint64_t out = 0;
  if (at != std::string_view::npos) std::from_chars(rest.data() + at + 1, rest.data() + rest.size(), out);
  return out;
}

/// Between the old program and the new one a process shows neither arguments nor environment, as kernel threads and
/// zombies do for ever; these have no program.
bool being_started(pid_t process, const std::string& environment) {
  char program[2];
  return environment.empty() && contents(proc(process, "cmdline")).empty() &&
         ::readlink(proc(process, "exe").c_str(), program, sizeof program) > 0;
}

bool marked(const std::string& environment, const std::set<std::string>& marks) {
  std::string_view rest = environment;
  while (!rest.empty()) {
    auto entry = rest.substr(0, rest.find('\0'));
    if (entry.starts_with(variable) && marks.contains(std::string(entry.substr(variable.size())))) return true;
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return false;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> out;
  auto* directory = ::opendir("/proc");
  if (!directory) return out;
  while (auto* entry = ::readdir(directory)) {
    pid_t number = 0;
    std::string_view name = entry->d_name;
    auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failed == std::errc{} && end == name.data() + name.size() && number > 1) out.push_back(number);
  }
  ::closedir(directory);
  return out;
}

/// Holds on to a process, so that what is checked after and killed then is the same one.
file_descriptor hold(pid_t process) { return file_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))); }

void wait_until_gone(const std::vector<file_descriptor>& killed) {
  auto end = std::chrono::steady_clock::now() + until_gone;
  for (const auto& k : killed) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd one{k.number(), POLLIN, 0};
    ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
  }
}

}  // namespace

std::string fresh_mark() {
  std::array<unsigned char, 16> bytes{};
  // Cannot fail for so few bytes once the system is up; before, it waits.
  while (::getrandom(bytes.data(), bytes.size(), 0) < 0 && errno == EINTR) {
  }
  std::string out;
  for (auto b : bytes) {
    out += "0123456789abcdef"[b >> 4];
    out += "0123456789abcdef"[b & 15];
  }
  return out;
}

run_record record_of(pid_t leader, std::string mark) {
  return {std::move(mark), leader, start_of(leader), this_boot()};
}

record_file::record_file(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
  struct stat there {};
  if (file_ && ::fstat(file_.number(), &there) == 0) size_ = static_cast<std::size_t>(there.st_size);
}

void record_file::write(const run_record& x) {
  if (!file_) return;
  nlohmann::ordered_json all{{"run", x.mark}, {"group", x.group}, {"started", x.started}, {"boot", x.boot}};
  const auto text = all.dump() + "\n";
  // Over what is there, and cut after: emptied first, ext4 would write it to the disk at once, for every trial.
  if (::pwrite(file_.number(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) return;
  if (size_ > text.size()) (void)!::ftruncate(file_.number(), static_cast<off_t>(text.size()));
  size_ = text.size();
}

void record_file::clear() {
  if (file_) (void)!::ftruncate(file_.number(), 0);
  size_ = 0;
}

std::optional<run_record> read_record(const std::filesystem::path& file) {
  auto all = nlohmann::json::parse(contents(file), nullptr, false);
  if (!all.is_object()) return {};
  auto number = [&](const char* key) -> std::uint64_t {
    auto found = all.find(key);
    return found != all.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  };
  auto text = [&](const char* key) -> std::string {
    auto found = all.find(key);
    return found != all.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  run_record out{text("run"), 0, number("started"), text("boot")};
  auto group = number("group");
  if (group <= 0x7FFFFFFF) out.group = static_cast<pid_t>(group);
  if (out.mark.empty()) return {};
  return out;
}

std::size_t end_marked(const std::set<std::string>& marks) {
  std::size_t ended = 0;
  for (int round = 0, looks = 0; round < most_rounds && looks < most_looks;) {
    std::vector<file_descriptor> killed;
    bool unclear = false;
    for (auto process : all_processes()) {
      if (process == ::getpid()) continue;
      auto held = hold(process);
      if (!held) continue;
      const auto environment = contents(proc(process, "environ"));
      if (!marked(environment, marks)) {
        unclear |= being_started(process, environment);
        continue;
      }
      if (::syscall(SYS_pidfd_send_signal, held.number(), SIGKILL, nullptr, 0) == 0) killed.push_back(std::move(held));
    }
    if (!killed.empty()) {
      ++round;
      ended += killed.size();
      wait_until_gone(killed);
    } else if (unclear) {
      ++looks;
      ::poll(nullptr, 0, 1);
    } else {
      break;
    }
  }
  return ended;
}

std::size_t end_run(const run_record& x) {
  std::size_t ended = 0;
  if (x.group > 1 && x.group != ::getpgrp() && x.started != 0 && x.boot == this_boot()) {
    std::vector<file_descriptor> leader;
    leader.push_back(hold(x.group));
    if (leader[0] && start_of(x.group) == x.started && ::kill(-x.group, SIGKILL) == 0) {
      ++ended;
      wait_until_gone(leader);
    }
  }
  return ended + end_marked({x.mark});
}

}  // namespace vilfredo::io
