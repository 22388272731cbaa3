#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/histogram.hpp"
#include "io/exposition.hpp"

namespace vilfredo::api {

struct route;

/// How many requests came for each route, how they were answered and how long that took. For many threads at once.
class request_counts {
public:
  /// `which` null: for no route that there is. Routes outlive this.
  void add(const route* which, int status, double seconds);
  void write(io::exposition& to) const;

private:
  struct counts {
    std::map<int, std::uint64_t> by_status;
    histogram seconds{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60};
  };
  mutable std::mutex mutex_;
  std::map<const route*, counts> all_;
};

}  // namespace vilfredo::api
