#include "io/api/request_counts.hpp"

#include "io/api/router.hpp"

namespace vilfredo::api {

void request_counts::add(const route* which, int status, double seconds) {
  std::lock_guard hold(mutex_);
  auto& c = all_[which];
  ++c.by_status[status];
  c.seconds.add(seconds);
}

void request_counts::write(io::exposition& to) const {
  std::map<const route*, counts> all;
  {
    std::lock_guard hold(mutex_);
    all = all_;
  }
  // What no route answers has one label, whatever clients think of.
  auto method = [](const route* r) { return r ? std::string_view(r->method) : "other"; };
  auto pattern = [](const route* r) { return r ? std::string_view(r->pattern) : "other"; };
  to.counter("vilfredo_http_requests_total", "Requests answered, by route and status.");
  for (const auto& [r, c] : all)
    for (const auto& [status, count] : c.by_status)
      to.sample(count, {{"method", method(r)}, {"route", pattern(r)}, {"status", std::to_string(status)}});
  to.distribution("vilfredo_http_request_duration_seconds",
                  "From a request to its answer, long polls and the beginning of event streams included.");
  for (const auto& [r, c] : all) to.sample(c.seconds, {{"method", method(r)}, {"route", pattern(r)}});
}

}  // namespace vilfredo::api
