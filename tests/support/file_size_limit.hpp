#pragma once
#include <sys/resource.h>

namespace vilfredo::test {

/// No file of this process grows beyond `bytes`, as on a full disk, until the test leaves it. SIGXFSZ is not its
/// concern.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &usual_);
    auto tight = usual_;
    tight.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &usual_); }
  file_size_limit(const file_size_limit&) = delete;

private:
  rlimit usual_{};
};

}  // namespace vilfredo::test
