#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/api/call.hpp"
#include "io/api/task.hpp"

namespace vilfredo::api {

/// What a request does: a method at a path, and the coroutine that carries it out.
struct route {
  using action = task<nlohmann::json> (*)(call&);

  std::string method;
  std::string pattern;  ///< under /v1: `/experiments/:id/suggestions`; `:id` is digits, `:name` any text
  action carry_out = nullptr;
  std::string summary;  ///< for the OpenAPI document
  permission needs = permission::read;
  bool shared = false;  ///< also for tokens that show one experiment alone
  bool brief = false;   ///< what is left after a wait is short: it may be done where answers are written
};

struct match {
  const route* found = nullptr;      ///< null: no route of this method
  std::vector<std::string> places;   ///< what stood in the pattern's places
  std::vector<std::string> methods;  ///< when nothing was found: those of the path's routes; empty: no such path
};

/// The one list of what there is.
class router {
public:
  explicit router(std::vector<route> routes);
  router(const router&) = delete;
  match find(std::string_view method, std::string_view path) const;
  const std::vector<route>& routes() const { return routes_; }

private:
  struct entry {
    const route* which;
    std::vector<std::string> pattern;  // by segments
  };
  std::vector<route> routes_;
  std::vector<std::vector<entry>> by_length_;  // of the pattern, in segments
};

}  // namespace vilfredo::api
