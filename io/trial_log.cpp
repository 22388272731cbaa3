#include "io/trial_log.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vilfredo::io {

trial_log::trial_log(const std::filesystem::path& file, std::size_t limit, std::uint32_t attempt)
    : path_(file.string() + ".log"), limit_(limit) {
  if (attempt < 2) return;
  std::error_code none;  // usually there is nothing to move, and a log that stays is appended to
  std::filesystem::rename(path_, file.string() + "." + std::to_string(attempt - 1) + ".log", none);
}

void trial_log::append(std::string_view bytes) {
  if (bytes.empty() || failed_) return;
  if (!file_) {
    file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    struct stat there {};
    if (!file_ || ::fstat(file_.number(), &there) != 0) {
      failed_ = true;
      return;
    }
    // The same attempt can have written before, when the process that ran it died.
    size_ = static_cast<std::size_t>(there.st_size);
  }
  auto kept = bytes.substr(0, limit_ - std::min(limit_, size_));
  size_ += kept.size();
  write(kept);
  if (kept.size() == bytes.size()) return;
  if (missing_ == 0) write("\n[cut here: the log has reached its limit of " + std::to_string(limit_) + " bytes]\n");
  missing_ += bytes.size() - kept.size();
}

void trial_log::close() {
  if (missing_ > 0 && file_) write("[" + std::to_string(missing_) + " bytes more were not kept]\n");
  missing_ = 0;
  file_.reset();
}

void trial_log::write(std::string_view bytes) {
  while (!bytes.empty() && !failed_) {
    auto written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      failed_ = true;
    else
      bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace vilfredo::io
