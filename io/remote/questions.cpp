#include "io/remote/questions.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <variant>

#include <nlohmann/json.hpp>

#include "io/definition_codec.hpp"
#include "io/definition_parts.hpp"

namespace vilfredo::remote {

namespace {
using nlohmann::json;

constexpr std::size_t longest_reason = 2000;  // that the API takes
constexpr duration answer_time{30'000};       // besides what the daemon is asked to wait

double seconds(duration x) { return std::chrono::duration<double>(x).count(); }

std::string cut(std::string text) {
  text.resize(std::min(text.size(), longest_reason));
  return text;
}

http::question with_body(std::string method, std::string target, const json& body, const std::string& request_id) {
  http::question out;
  out.method = std::move(method);
  out.target = std::move(target);
  out.headers.emplace_back("Content-Type", "application/json");
  if (!request_id.empty()) out.headers.emplace_back("Idempotency-Key", request_id);
  // Replaced: what programs say can be anything.
  out.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  out.answer_time = answer_time;
  return out;
}

std::string path_of(experiment_id x) { return "/v1/experiments/" + std::to_string(x.number); }

json values_of(const std::vector<measurement>& all) {
  json out = json::array();
  for (const auto& m : all) {
    json one{{"name", m.metric}, {"value", std::isfinite(m.value) ? json(m.value) : json()}};
    if (m.stddev && std::isfinite(*m.stddev)) one["value_stddev"] = *m.stddev;
    out.push_back(std::move(one));
  }
  return out;
}

struct command_writer {
  experiment_id x;
  const std::string& id;
  using asked = result<http::question>;

  asked post(const std::string& what, const json& body) const { return with_body("POST", path_of(x) + what, body, id); }
  template <class C>
  asked of_trial(const C& c, const std::string& what, json body) const {
    body["attempt"] = c.attempt;
    return post("/suggestions/" + std::to_string(c.trial.number) + what, body);
  }

  asked operator()(const ask& c) const {
    json body{{"worker", c.worker}, {"wait", seconds(c.patience)}};
    if (c.lease) body["lease"] = seconds(*c.lease);
    auto out = post("/suggestions", body);
    out->answer_time = c.patience + answer_time;
    return out;
  }
  asked operator()(const withdraw& c) const {
    // The id in the body names the other request, so this one has none.
    return with_body("POST", path_of(x) + "/withdraw", {{"request_id", c.request_id}}, {});
  }
  asked operator()(const report& c) const {
    return of_trial(c, "/reports", {{"step", c.step}, {"values", values_of(c.values)}});
  }
  asked operator()(const heartbeat& c) const { return of_trial(c, "/heartbeat", {{"lease", seconds(c.lease)}}); }
  asked operator()(const complete& c) const { return of_trial(c, "/result", {{"values", values_of(c.values)}}); }
  asked operator()(const fail& c) const {
    return of_trial(c, "/result", {{"failed", c.reason.empty() ? "failed" : cut(c.reason)}});
  }
  asked operator()(const give_back& c) const {
    json body{{"cause", to_string(c.cause)}, {"reason", cut(c.reason)}};
    if (c.checkpoint) body["checkpoint"] = *c.checkpoint;
    return of_trial(c, "/give_back", std::move(body));
  }
  asked operator()(const release_worker& c) const {
    return post("/release", {{"worker", c.worker}, {"reason", cut(c.reason)}});
  }
  asked operator()(const pause&) const { return post("/pause", json::object()); }
  asked operator()(const resume&) const { return post("/resume", json::object()); }
  asked operator()(const archive&) const { return with_body("DELETE", path_of(x), json::object(), id); }
  asked operator()(const edit_experiment& c) const {
    json body = json::object();
    if (c.name) body["name"] = *c.name;
    if (c.observation_budget) {
      if (!*c.observation_budget)
        return error{errc::invalid, "a daemon's experiment keeps its observation_budget; give another number"};
      body["observation_budget"] = **c.observation_budget;
    }
    for (const auto& [name, threshold] : c.thresholds) body["thresholds"][name] = threshold ? json(*threshold) : json();
    if (c.parallel_bandwidth) body["parallel_bandwidth"] = *c.parallel_bandwidth;
    if (c.stop_when) body["stop_when"] = io::to_json(*c.stop_when);
    if (c.metadata) body["metadata"] = c.metadata->empty() ? json() : io::to_json(*c.metadata);
    return with_body("PUT", path_of(x), body, id);
  }
  template <class C>
  asked operator()(const C&) const {
    return error{errc::internal, "this command is not for clients"};
  }
};

}  // namespace

http::question list_question(const std::string& after) {
  http::question out;
  out.target = "/v1/experiments?state=all&include_ai=true&fields=id,name&ascending=true&limit=1000";
  if (!after.empty()) out.target += "&after=" + after;
  return out;
}

http::question own_token_question() {
  http::question out;
  out.target = "/v1/tokens/self";
  return out;
}

http::question experiment_question(experiment_id x) {
  http::question out;
  out.target = path_of(x) + "?fields=id,name";
  return out;
}

http::question facts_question(experiment_id x, std::uint64_t since) {
  http::question out;
  out.target = path_of(x) + "/facts?since=" + std::to_string(since);
  return out;
}

http::question create_question(const definition& what, const std::string& request_id) {
  auto body = io::to_json(what);
  // The API's own default is the other.
  body["strict_budget"] = what.strict_budget;
  return with_body("POST", "/v1/experiments", body, request_id);
}

result<http::question> command_question(experiment_id x, const request& what) {
  return std::visit(command_writer{x, what.request_id}, what.what);
}

}  // namespace vilfredo::remote
