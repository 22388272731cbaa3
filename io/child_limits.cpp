#include "io/child_limits.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace vilfredo::io {

namespace {

rlimit current(int resource) {
  rlimit out{RLIM_INFINITY, RLIM_INFINITY};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &out);
  return out;
}

/// Never above what we were given: only root may raise a hard limit, and a refused limit is a refused start.
child_program::limit at_most(int resource, rlim_t value) {
  auto bound = std::min(value, current(resource).rlim_max);
  return {resource, {bound, bound}};
}

}  // namespace

rlim_t raise_descriptor_limit() {
  static const rlim_t before = [] {
    auto have = current(RLIMIT_NOFILE);
    auto soft = have.rlim_cur;
    have.rlim_cur = have.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &have);
    return soft;
  }();
  return before;
}

std::vector<child_program::limit> limits_of(const run_definition& run, rlim_t descriptors) {
  std::vector<child_program::limit> out;
  auto hard = current(RLIMIT_NOFILE).rlim_max;
  out.push_back({RLIMIT_NOFILE, {std::min(descriptors, hard), hard}});
  out.push_back(at_most(RLIMIT_CORE, 0));
  if (run.timeout_seconds > 0) {
    // On all cores for the whole time, and a little more.
    auto cores = std::max(1U, std::thread::hardware_concurrency());
    auto seconds = (run.timeout_seconds + std::max(0.0, run.grace_seconds)) * cores + 60;
    if (seconds < 1e9) out.push_back(at_most(RLIMIT_CPU, static_cast<rlim_t>(std::ceil(seconds))));
  }
  // Last: the child is on our memory until it becomes its program, and ours may be beyond the limit.
  if (run.resources.memory_mb > 0 && run.resources.memory_mb < (RLIM_INFINITY >> 20))
    out.push_back(at_most(RLIMIT_AS, static_cast<rlim_t>(run.resources.memory_mb) << 20));
  return out;
}

}  // namespace vilfredo::io
