#include "app/random_bytes.hpp"

#include <cerrno>
#include <stdexcept>

#include <sys/random.h>

namespace vilfredo::app {

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  for (std::size_t done = 0; done < count;) {
    auto got = ::getrandom(out.data() + done, count - done, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::runtime_error("the system has no random bytes to give");
    done += static_cast<std::size_t>(got);
  }
  return out;
}

}  // namespace vilfredo::app
