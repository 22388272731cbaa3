#include "io/api/reach.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "io/api/access.hpp"
#include "io/api/amend.hpp"
#include "io/api/objects.hpp"
#include "io/api/reading.hpp"

namespace vilfredo::api {

namespace {

constexpr std::array<std::string_view, 21> filtered{
    "POST /experiments",
    "GET /experiments",
    "POST /clients/:id/experiments",
    "GET /clients/:id/experiments",
    "GET /users/:id/experiments",
    "GET /aiexperiments",
    "GET /clients/:id/aiexperiments",
    "GET /clients/:id/projects",
    "GET /clients/:id/training_runs",
    "GET /organizations/:id/training_runs",
    "GET /clients/:id/tags",
    "GET /tokens/:name",
    "PUT /tokens/:name",
    "DELETE /tokens/:name",
    "GET /clients/:id/tokens",
    "POST /clients/:id/tokens",
    "GET /clients/:id",
    "GET /organizations/:id",
    "GET /users/:id",
    "GET /sessions",
    "GET /openapi.json",
};

/// The pattern, or what is below it.
bool within(std::string_view pattern, std::string_view of) {
  return pattern.starts_with(of) && (pattern.size() == of.size() || pattern[of.size()] == '/');
}

}  // namespace

void beyond_project(const std::string& own) {
  throw refusal{403, "This token is of project \"" + own + "\" alone", {{"token_status", "invalid_permissions"}}};
}

reach reach_of(const route& r) {
  if (within(r.pattern, "/experiments/:id") || within(r.pattern, "/aiexperiments/:id")) return reach::experiment;
  if (within(r.pattern, "/training_runs/:id")) return reach::run;
  if (within(r.pattern, "/files/:id")) return reach::file;
  if (within(r.pattern, "/clients/:id/projects/:name")) return reach::project;
  return std::ranges::find(filtered, r.method + " " + r.pattern) == filtered.end() ? reach::outside : reach::filtered;
}

task<nlohmann::json> check_reach(call& c, const route& r) {
  const auto& own = *c.who.project;
  switch (reach_of(r)) {
  case reach::outside: beyond_project(own);
  case reach::filtered: break;
  case reach::project:
    if (c.path.at(1) != own) not_found();
    break;
  case reach::run:
    if (c.runs->project_of(c.number(0)) != own) not_found();
    break;
  case reach::file: {
    auto file = co_await c.need("file", c.path.at(0));
    if (c.runs->project_of(number_in(contents(file)["run"])) != own) not_found();
    break;
  }
  case reach::experiment:
    auto project_of = [](const ledger& book) {
      auto in = book.definition().labels.find(label::project);
      return in == book.definition().labels.end() ? std::string{} : in->second;
    };
    auto project = co_await c.look(c.experiment(), project_of);
    if (project != own) not_found();
  }
  co_return nullptr;
}

std::string own_project(const token_record& who, const std::string& wanted) {
  if (who.project && !wanted.empty() && wanted != *who.project) beyond_project(*who.project);
  return wanted.empty() && who.project ? *who.project : wanted;
}

}  // namespace vilfredo::api
