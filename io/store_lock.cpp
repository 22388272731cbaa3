#include "io/store_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace vilfredo::io {

namespace {
/// The owner's process id, or 0 when it cannot be read (yet).
pid_t owner(int file) {
  char text[24];
  auto size = ::pread(file, text, sizeof text, 0);
  pid_t out = 0;
  if (size > 0) std::from_chars(text, text + size, out);
  return out;
}

bool gone(pid_t process) { return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH; }

/// 0, or errno.
int try_lock(int file) {
  int locked;
  do locked = ::flock(file, LOCK_EX | LOCK_NB);
  while (locked != 0 && errno == EINTR);
  return locked == 0 ? 0 : errno;
}

constexpr int most_tries = 200;

void pause_briefly() { std::this_thread::sleep_for(std::chrono::milliseconds{10}); }
}  // namespace

result<store_lock> store_lock::take(const std::filesystem::path& store) { return take(store, pause_briefly); }

result<store_lock> store_lock::take(const std::filesystem::path& store, const std::function<void()>& wait) {
  const auto path = store.string() + ".lock";
  // Not fcntl's POSIX locks: those end when any descriptor of the file is closed, and do not see a second writer in
  // this process.
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    int why = errno;
    return error{errc::unavailable, "the store " + store.string() + " cannot be locked (" + path + ": " +
                                        std::generic_category().message(why) +
                                        "): check that its directory exists, is writable and has room"};
  }
  int why = try_lock(file);
  for (int i = 0; why == EWOULDBLOCK && i < most_tries && gone(owner(file)); ++i) {
    wait();
    why = try_lock(file);
  }
  if (why != 0) {
    auto who = owner(file);
    ::close(file);
    if (why == EWOULDBLOCK)
      return error{errc::conflict, "the store " + store.string() + " is in use by " +
                                       (who > 0 ? "process " + std::to_string(who) : "another process") +
                                       ": wait until it ends, stop it, or use another store"};
    return error{errc::unavailable, "the store " + store.string() + " cannot be locked (" +
                                        std::generic_category().message(why) + "): choose a directory on a local disk"};
  }
  store_lock out(file);
  // Only for people: a full disk must not keep an owner out.
  auto text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file, 0) == 0) (void)!::pwrite(file, text.data(), text.size(), 0);
  return out;
}

store_lock::store_lock(store_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

store_lock::~store_lock() {
  if (file_ < 0) return;
  (void)!::ftruncate(file_, 0);
  ::close(file_);
}

std::optional<pid_t> writer_of(const std::filesystem::path& store) {
  int file = ::open((store.string() + ".lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return errno == ENOENT ? std::optional<pid_t>(0) : std::nullopt;
  struct stat about {};
  bool known = ::fstat(file, &about) == 0;
  auto named = owner(file);
  ::close(file);
  std::ifstream locks("/proc/locks");
  if (!known || !locks) return std::nullopt;
  // 1: FLOCK  ADVISORY  WRITE 4711 08:01:4242 0 EOF
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, place;
    pid_t process = 0;
    if (!(words >> number >> kind >> mode >> access >> process >> place) || kind != "FLOCK") continue;
    unsigned major = 0, minor = 0;
    unsigned long long inode = 0;
    if (std::sscanf(place.c_str(), "%x:%x:%llu", &major, &minor, &inode) != 3 || inode != about.st_ino) continue;
    // Some file systems (btrfs) have another device here than stat tells.
    if (process == named || makedev(major, minor) == about.st_dev) return process;
  }
  return 0;
}

std::string_view network_file_system(long type) {
  // statfs(2) and linux/magic.h; the comparison is unsigned because f_type is, on some machines.
  switch (static_cast<unsigned long>(type) & 0xffffffffUL) {
  case 0x6969: return "NFS";
  case 0x517b: return "SMB";
  case 0xff534d42: return "CIFS";
  case 0xfe534d42: return "SMB2";
  case 0x5346414f: return "AFS";
  case 0x564c: return "NCP";
  case 0x73757245: return "Coda";
  default: return {};
  }
}

}  // namespace vilfredo::io
