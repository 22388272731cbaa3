#include <cmath>

#include "io/api/body.hpp"
#include "io/api/observation_form.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

std::uint32_t read_attempt(const body& form, std::uint32_t present) {
  auto x = form.integer("attempt", 1);
  if (x && *x > std::numeric_limits<std::uint32_t>::max()) wrong_type("attempt", json(*x), "attempt");
  return x ? static_cast<std::uint32_t>(*x) : present;
}

json advice_object(const advice& x) {
  return {{"object", "advice"}, {"stop", x.stop}, {"reason", x.stop ? json(x.reason) : json()}, {"over", x.over}};
}

/// Carries out what is told of a trial, by the attempt that it is in where the caller knows nothing of attempts.
template <class Answer, class Command>
task<Answer> tell(call& c, const body& form, Command what) {
  auto number = c.number(1);
  auto decide = [&form, number, what = std::move(what)](const ledger& book) mutable -> command {
    const auto& t = shown_trial(book, number);
    what.trial = t.id;
    what.attempt = read_attempt(form, t.attempt);
    return std::move(what);
  };
  auto answered = [](const ledger&, const answer& a) { return std::get<Answer>(a); };
  co_return co_await c.enact(c.experiment(), std::move(decide), answered);
}

task<json> create(call& c) {
  body form(c.body, {"step", "values", "attempt", "request_id"});
  form.need("step");
  form.need("values");
  report what{{}, 1, *form.number("step"), {}};
  for (const auto& item : *form.list("values")) {
    if (!item.is_object()) wrong_type("values", item, "object");
    body one(item, {"name", "value", "value_stddev"});
    one.need("name");
    // Null stands for what is no number: as bad as can be.
    if (!one.has("value")) one.need("value");
    what.values.push_back({*one.text("name"), one.number("value").value_or(std::nan("")), one.number("value_stddev")});
  }
  co_return advice_object(co_await tell<advice>(c, form, std::move(what)));
}

task<json> list(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  co_return co_await c.look(id, [number](const ledger& book) {
    const auto& t = shown_trial(book, number);
    json data = json::array();
    for (const auto& r : t.reports) {
      json values = json::array();
      for (std::size_t i = 0; i < r.values.size(); ++i)
        if (!std::isnan(r.values[i]))
          values.push_back({{"object", "metric_evaluation"},
                            {"name", book.definition().metrics[i].name},
                            {"value", std::isfinite(r.values[i]) ? json(r.values[i]) : json()}});
      data.push_back({{"object", "report"}, {"step", r.step}, {"attempt", r.attempt}, {"values", std::move(values)}});
    }
    auto n = data.size();
    return pagination(n, std::move(data));
  });
}

task<json> beat(call& c) {
  body form(c.body, {"lease", "attempt"});
  form.need("lease");
  auto length = *form.number("lease");
  if (!(length > 0) || length > 365.0 * 86400) throw refusal{400, "lease must be above 0 and at most a year"};
  heartbeat what{{}, 1, duration{static_cast<std::int64_t>(std::ceil(length * 1000))}};
  co_return advice_object(co_await tell<advice>(c, form, what));
}

task<json> back(call& c) {
  body form(c.body, {"cause", "reason", "attempt", "request_id"});
  give_back what{{}, 1, return_cause::interrupted, form.text("reason", 0, 2000).value_or("")};
  if (auto cause = form.text("cause")) {
    bool known = false;
    for (auto one : {return_cause::machine, return_cause::interrupted, return_cause::worker_lost})
      if (*cause == to_string(one)) {
        what.cause = one;
        known = true;
      }
    if (!known)
      throw refusal{400,
                    "cause: \"" + *cause + "\" is not one of the allowed values: machine, interrupted, worker_lost"};
  }
  auto done = co_await tell<given_back>(c, form, std::move(what));
  co_return json{{"object", "given_back"}, {"again", done.again}};
}

}  // namespace

std::vector<route> report_routes() {
  using enum route::access;
  return {
      {"POST", "/experiments/:id/suggestions/:id/reports", create, "Report values at a step; the answer may say stop",
       write},
      {"GET", "/experiments/:id/suggestions/:id/reports", list, "List what was reported", read, true},
      {"POST", "/experiments/:id/suggestions/:id/heartbeat", beat, "Renew the lease", write},
      {"POST", "/experiments/:id/suggestions/:id/give_back", back, "Give a suggestion back, to be tried again", write},
  };
}

}  // namespace vilfredo::api
