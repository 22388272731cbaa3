#include "app/inbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace vilfredo::app {

inbox::inbox() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

inbox::~inbox() { close(descriptor_); }

void inbox::put(letter x) {
  std::lock_guard holding(mutex_);
  if (auto* came = std::get_if<facts_came>(&x)) {
    if (facts_ >= most_facts) return;
    facts_ += came->facts->size();
  }
  letters_.push_back(std::move(x));
  eventfd_write(descriptor_, 1);
}

std::vector<letter> inbox::take() {
  std::lock_guard holding(mutex_);
  eventfd_t count = 0;
  eventfd_read(descriptor_, &count);
  facts_ = 0;
  return std::exchange(letters_, {});
}

}  // namespace vilfredo::app
