#include "io/api/openapi.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "io/api/schemas.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

json in_query(const char* name, json schema, const char* what) {
  return {{"name", name}, {"in", "query"}, {"schema", std::move(schema)}, {"description", what}};
}

json query_parameters() {
  const json text{{"type", "string"}}, yes{{"type", "boolean"}}, whole{{"type", "integer"}};
  json out = json::object();
  auto add = [&](const char* name, const json& schema, const char* what) { out[name] = in_query(name, schema, what); };
  add("limit", json{{"type", "integer"}, {"minimum", 0}, {"maximum", 1000}}, "of a page");
  add("before", text, "a marker of paging");
  add("after", text, "a marker of paging");
  add("ascending", yes, "the smallest first");
  add("fields", text, "only these, with commas between them");
  add("state", text, "only those in this state");
  add("pairs", yes, "which parameters decide only together, too");
  add("deleted", yes, "those that are deleted instead of those that are not");
  add("id", text, "only these, with commas between them");
  add("sort", text, "by what");
  add("search", text, "only those whose name holds this");
  add("filters", text, "a JSON list of {field, operator, value}");
  add("period_start", whole, "only what changed since, in seconds since 1970");
  add("period_end", whole, "only what changed before");
  add("development", yes, "of development tokens");
  add("include_ai", yes, "AI experiments, too");
  add("include_runs", yes, "delete its runs, too");
  add("user", text, "only of this user");
  add("no_optimize", yes, "accepted");
  add("since", whole, "only facts after this sequence");
  return out;
}

std::vector<std::string> words(const std::string& text, char between) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string one; std::getline(in, one, between);)
    if (!one.empty()) out.push_back(one);
  return out;
}

/// `/experiments/:id/tokens` as `/experiments/{experiment}/tokens`: a place is named for what stands before it.
std::string templated(const std::string& pattern, json& places) {
  std::string out, before;
  for (const auto& part : words(pattern, '/')) {
    if (part.front() != ':') {
      out += "/" + part;
      before = part.substr(0, part.size() - 1);
      continue;
    }
    out += "/{" + before + "}";
    places.push_back(
        {{"name", before},
         {"in", "path"},
         {"required", true},
         {"schema", part == ":id" ? json{{"$ref", "#/components/schemas/id"}} : json{{"type", "string"}}}});
  }
  return out;
}

/// `experiment`, or `experiment|aiexperiment` for either.
json one_of_schemas(const std::string& names) {
  json all = json::array();
  for (const auto& each : words(names, '|')) all.push_back({{"$ref", "#/components/schemas/" + each}});
  return all.size() > 1 ? json{{"anyOf", std::move(all)}} : json(all.front());
}

json content_of(const std::string& gives) {
  if (gives == "stream") return {{"text/event-stream", {{"schema", {{"type", "string"}}}}}};
  if (gives == "bytes") return {{"application/octet-stream", json::object()}};
  json schema;
  if (gives == "any") {
    schema = {{"type", "object"}};
  } else if (gives.front() == '[') {
    json items = one_of_schemas(gives.substr(1, gives.size() - 2));
    schema = {{"type", "object"}, {"required", {"object", "count", "data", "paging"}}};
    schema["properties"] = {{"object", {{"const", "pagination"}}},
                            {"count", {{"type", "integer"}}},
                            {"paging", {{"$ref", "#/components/schemas/paging"}}},
                            {"data", {{"type", "array"}, {"items", std::move(items)}}}};
  } else {
    schema = one_of_schemas(gives);
  }
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

json header_parameter(const char* name, const char* what) {
  return {{"name", name}, {"in", "header"}, {"schema", {{"type", "string"}}}, {"description", what}};
}

json responses(const operation& x, bool changes) {
  json out{{"200", {{"description", "done"}, {"content", content_of(x.gives)}}},
           {"204", {{"description", "done, and X-Response-Content: skip was sent"}}}};
  auto refuse = [&](const char* status) { out[status] = {{"$ref", "#/components/responses/refused"}}; };
  for (const auto* status : {"400", "401", "403", "404", "429", "500", "503"}) refuse(status);
  if (changes)
    for (const auto* status : {"409", "422"}) refuse(status);
  return out;
}

/// `postExperimentsSuggestions`, and with `One` where the last part is a place.
std::string operation_id(const route& r) {
  std::string out = r.method;
  std::ranges::transform(out, out.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  for (const auto& part : words(r.pattern, '/')) {
    if (part.front() == ':') continue;
    for (const auto& word : words(part, '_')) {
      out += static_cast<char>(word[0] - 'a' + 'A');
      out += word.substr(1);
    }
  }
  return r.pattern.ends_with(":id") || r.pattern.ends_with(":name") ? out + "One" : out;
}

json described(const route& r, const operation& x, json parameters) {
  const bool changes = r.needs != permission::read;
  for (const auto& name : words(x.query, ' ')) {
    auto add = [&](const std::string& one) { parameters.push_back({{"$ref", "#/components/parameters/" + one}}); };
    if (name != "page")
      add(name);
    else
      for (const auto* one : {"limit", "before", "after", "ascending"}) add(one);
  }
  const std::string gives = x.gives;
  if (r.method == "GET" && gives != "stream" && gives != "bytes")
    parameters.push_back({{"$ref", "#/components/parameters/fields"}});
  if (gives == "stream") parameters.push_back(header_parameter("Last-Event-ID", "the last event that was seen"));
  if (r.method == "POST")
    parameters.push_back(header_parameter("Idempotency-Key", "the same key gets the same answer"));
  json out{{"operationId", operation_id(r)}, {"summary", r.summary}, {"responses", responses(x, changes)}};
  out["tags"] = {words(r.pattern, '/').front()};
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (const std::string takes = x.takes; !takes.empty()) out["requestBody"] = {{"content", content_of(takes)}};
  return out;
}

/// What stands beside /v1: whether the daemon is well, and what it counts.
void add_operations_of_the_daemon(json& paths) {
  const json root = json::array({{{"url", "/"}}});
  const json health{{"application/json", {{"schema", {{"$ref", "#/components/schemas/health"}}}}}};
  const json refused{{"$ref", "#/components/responses/refused"}};
  paths["/health"]["get"] = {{"operationId", "getHealth"},
                             {"summary", "Whether the daemon is well"},
                             {"tags", {"daemon"}},
                             {"servers", root},
                             {"security", json::array()},
                             {"responses",
                              {{"200", {{"description", "it is"}, {"content", health}}},
                               {"503", {{"description", "its store refuses"}, {"content", health}}}}}};
  paths["/metrics"]["get"] = {
      {"operationId", "getMetrics"},
      {"summary", "What it counts, as Prometheus reads it"},
      {"tags", {"daemon"}},
      {"servers", root},
      {"responses",
       {{"200", {{"description", "done"}, {"content", {{"text/plain", {{"schema", {{"type", "string"}}}}}}}}},
        {"401", refused},
        {"403", refused},
        {"503", refused}}}};
}

}  // namespace

json openapi_document(const std::vector<route>& routes) {
  json paths = json::object();
  for (const auto& r : routes) {
    auto x = std::ranges::find_if(operations(),
                                  [&](const operation& o) { return o.method == r.method && o.pattern == r.pattern; });
    if (x == operations().end()) continue;  // a test sees that there is none
    json places = json::array();
    auto path = templated(r.pattern, places);
    std::string method = r.method;
    std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    paths[path][method == "merge" ? "x-merge" : method] = described(r, *x, std::move(places));
  }
  add_operations_of_the_daemon(paths);
  json refused{{"description", "why not"},
               {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/error"}}}}}}}};
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "vilfredo"},
            {"version", "1"},
            {"description", "SigOpt's REST API v1, and what vilfredo knows beyond it."}}},
          {"servers", json::array({{{"url", "/v1"}}})},
          {"security", json::array({{{"token", json::array()}}})},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", schemas()},
            {"parameters", query_parameters()},
            {"responses", {{"refused", std::move(refused)}}},
            {"securitySchemes",
             {{"token",
               {{"type", "http"},
                {"scheme", "basic"},
                {"description", "the token as user name, with an empty password"}}}}}}}};
}

}  // namespace vilfredo::api
