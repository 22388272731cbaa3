// A program that behaves in all the ways a trial's program can, one a mode: trial_program MODE [ARGUMENT…]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

void say(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void write_number(const char* file, long number) {
  std::string half = std::string(file) + ".half";
  auto* out = std::fopen(half.c_str(), "w");
  std::fprintf(out, "%ld\n", number);
  std::fclose(out);
  std::rename(half.c_str(), file);
}

[[noreturn]] void sleep_on() {
  for (;;) ::sleep(1000);
}

/// Starts a process that ignores polite signals, and waits until it has written its number to `file`.
void start_grandchild(const char* file, bool own_session) {
  if (::fork() == 0) {
    if (own_session) ::setsid();
    ::signal(SIGTERM, SIG_IGN);
    write_number(file, ::getpid());
    sleep_on();
  }
  while (::access(file, F_OK) != 0) ::usleep(1000);
}

int list_descriptors() {
  auto* directory = ::opendir("/proc/self/fd");
  while (auto* entry = ::readdir(directory))
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(directory))
      say(std::string(entry->d_name) + "\n");
  return 0;
}

int list_limits() {
  for (auto [name, which] : {std::pair{"memory", RLIMIT_AS}, {"core", RLIMIT_CORE}, {"descriptors", RLIMIT_NOFILE}}) {
    rlimit x{};
    ::getrlimit(which, &x);
    say(std::string(name) + " " + std::to_string(x.rlim_cur) + "\n");
  }
  return 0;
}

int list_signals() {
  auto* status = std::fopen("/proc/self/status", "r");
  char line[256];
  while (std::fgets(line, sizeof line, status))
    if (std::strncmp(line, "SigBlk", 6) == 0 || std::strncmp(line, "SigIgn", 6) == 0) say(line);
  std::fclose(status);
  return 0;
}

int eat_memory(std::size_t megabytes) {
  for (std::size_t i = 0; i < megabytes; ++i) {
    auto* piece = static_cast<char*>(std::malloc(1 << 20));
    if (!piece) {
      std::fputs("MemoryError: no more memory\n", stderr);
      return 9;
    }
    std::memset(piece, 1, 1 << 20);
  }
  return 0;
}

}  // namespace

int main(int count, char** argument) {
  if (count < 2) return 2;
  std::string mode = argument[1];
  auto at = [&](int i) { return i < count ? argument[i] : argument[count]; };
  if (mode == "report") {  // waits for the file between its lines
    say("{\"step\": 1, \"metrics\": {\"a\": 0.5}}\n");
    while (::access(at(2), F_OK) != 0) ::usleep(1000);
    say("{\"metrics\": {\"a\": {\"value\": 0.75, \"stddev\": 0.125}}}");  // its last line has no end
    return 0;
  }
  if (mode == "say") return say(at(2)), 0;
  if (mode == "complain") return std::fputs(at(2), stderr), 1;
  if (mode == "sleep") sleep_on();
  if (mode == "ignore-term") {
    ::signal(SIGTERM, SIG_IGN);
    say("{\"step\": 1, \"metrics\": {\"a\": 1}}\n");
    sleep_on();
  }
  if (mode == "heed-term") {
    ::signal(SIGTERM, [](int) {
      constexpr char last[] = "{\"metrics\": {\"a\": 2}}\n";
      (void)!::write(1, last, sizeof last - 1);
      ::_exit(3);
    });
    say("{\"step\": 1, \"metrics\": {\"a\": 1}}\n");
    sleep_on();
  }
  if (mode == "fork-grandchild" || mode == "setsid-grandchild") {
    start_grandchild(at(2), mode[0] == 's');
    say("{\"step\": 1, \"metrics\": {\"a\": 1}}\n");
    if (count > 3) return std::atoi(at(3));
    sleep_on();
  }
  if (mode == "flood") {
    std::vector<char> block(64 << 10, 'x');
    for (std::size_t i = 63; i < block.size(); i += 64) block[i] = '\n';
    for (long left = std::atol(at(2)); left > 0; left -= static_cast<long>(block.size()))
      std::fwrite(block.data(), 1, block.size(), stdout);
    say("{\"metrics\": {\"a\": 1}}\n");
    return 0;
  }
  if (mode == "long-line") {
    say("{\"metrics\": {\"a\": 1}, \"pad\": \"" + std::string(std::strtoul(at(2), nullptr, 10), 'y') + "\"}\n");
    say("{\"metrics\": {\"a\": 2}}\n");
    return 0;
  }
  if (mode == "eat-memory") return eat_memory(std::strtoul(at(2), nullptr, 10));
  if (mode == "exit") return std::atoi(at(2));
  if (mode == "signal") return ::raise(std::atoi(at(2)));
  if (mode == "descriptors") return list_descriptors();
  if (mode == "limits") return list_limits();
  if (mode == "signals") return list_signals();
  if (mode == "environment") {
    for (int i = 2; i < count; ++i)
      say(std::string(argument[i]) +
          (std::getenv(argument[i]) ? "=" + std::string(std::getenv(argument[i])) : " is unset") + "\n");
    return 0;
  }
  if (mode == "arguments") {
    for (int i = 2; i < count; ++i) say(std::to_string(std::strlen(argument[i])) + ":" + argument[i] + "\n");
    return 0;
  }
  return 2;
}
