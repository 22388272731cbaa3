// The disk, hanging when it is told to: loaded before the C library (LD_PRELOAD), its syncs wait while the file exists
// that HANG_WHILE_EXISTS names. They say that they do by making the same name with ".seen" at its end.
#include <dlfcn.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace {

void wait_while_told() {
  const char* file = std::getenv("HANG_WHILE_EXISTS");
  if (!file || ::access(file, F_OK) != 0) return;
  ::close(::open((std::string(file) + ".seen").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const timespec tick{0, 5'000'000};
  while (::access(file, F_OK) == 0) ::nanosleep(&tick, nullptr);
}

int sync_by(const char* name, int file) {
  wait_while_told();
  return reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

extern "C" int fsync(int file) { return sync_by("fsync", file); }
extern "C" int fdatasync(int file) { return sync_by("fdatasync", file); }
