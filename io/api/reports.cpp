#include <cmath>

#include "io/api/body.hpp"
#include "io/api/observation_form.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

std::uint32_t read_attempt(const body& form) {
  auto x = *form.integer("attempt", 1);
  if (x > std::numeric_limits<std::uint32_t>::max()) wrong_type("attempt", json(x), "attempt");
  return static_cast<std::uint32_t>(x);
}

json advice_object(const advice& x) {
  return {{"object", "advice"}, {"stop", x.stop}, {"reason", x.stop ? json(x.reason) : json()}, {"over", x.over}};
}

/// Carries out what is told of a trial, by the attempt that it is in where the caller knows nothing of attempts.
template <class Answer, class Command>
task<Answer> tell(call& c, const body& form, Command what) {
  auto number = c.number(1);
  auto decide = [&form, number, what = std::move(what)](const ledger& book) mutable -> command {
    // Who knows the attempt is not told that there is no such suggestion when it was deleted meanwhile, but that it is
    // over.
    what.trial = {number};
    what.attempt = form.find("attempt") ? read_attempt(form) : shown_trial(book, number).attempt;
    return std::move(what);
  };
  auto answered = [](const ledger&, const answer& a) { return std::get<Answer>(a); };
  co_return co_await c.enact(c.experiment(), std::move(decide), answered);
}

/// Of whichever metrics; null stands for what is no number: as bad as can be.
std::vector<measurement> read_some_values(const body& form) {
  std::vector<measurement> out;
  form.need("values");
  for (const auto& item : *form.list("values")) {
    if (!item.is_object()) wrong_type("values", item, "object");
    body one(item, {"name", "value", "value_stddev"});
    one.need("name");
    if (!one.has("value")) one.need("value");
    out.push_back({*one.text("name"), one.number("value").value_or(std::nan("")), one.number("value_stddev")});
  }
  return out;
}

task<json> create(call& c) {
  body form(c.body, {"step", "values", "attempt", "request_id"});
  form.need("step");
  report what{{}, 1, *form.number("step"), read_some_values(form)};
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

/// How an attempt ended, by whoever had it: its values, or why it failed.
task<json> conclude(call& c) {
  body form(c.body, {"values", "failed", "attempt", "request_id"});
  auto failed = form.text("failed", 1, 2000);
  if (failed && form.find("values")) throw refusal{400, "Give values or failed, not both"};
  recorded how;
  if (failed) {
    fail what{{}, 1, *failed};
    how = co_await tell<recorded>(c, form, std::move(what));
  } else {
    complete what{{}, 1, read_some_values(form)};
    how = co_await tell<recorded>(c, form, std::move(what));
  }
  co_return json{{"object", "result"},
                 {"observation", how.observation ? json(id_text(how.observation.number)) : json()},
                 {"late", how.late},
                 {"counted", how.counted}};
}

task<json> back(call& c) {
  body form(c.body, {"cause", "reason", "attempt", "checkpoint", "request_id"});
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
  what.checkpoint = form.boolean("checkpoint");
  auto done = co_await tell<given_back>(c, form, std::move(what));
  co_return json{{"object", "given_back"}, {"again", done.again}};
}

task<json> release(call& c) {
  auto id = c.experiment();
  body form(c.body, {"worker", "reason", "request_id"});
  form.need("worker");
  release_worker what{*form.text("worker", 1, 200), form.text("reason", 0, 2000).value_or("its worker let it go")};
  co_await c.carry_out(id, std::move(what), c.request_id());
  co_return json::object();
}

task<json> take_back(call& c) {
  auto id = c.experiment();
  body form(c.body, {"request_id"});
  auto which = c.request_id();
  if (which.empty()) throw refusal{400, "Say which request is meant: its Idempotency-Key, or request_id"};
  withdraw what{std::move(which)};
  co_await c.carry_out(id, std::move(what));
  co_return json::object();
}

}  // namespace

std::vector<route> report_routes() {
  using enum permission;
  return {
      {"POST", "/experiments/:id/suggestions/:id/reports", create, "Report values at a step; the answer may say stop",
       execute, false, true},
      {"GET", "/experiments/:id/suggestions/:id/reports", list, "List what was reported", read, true},
      {"POST", "/experiments/:id/suggestions/:id/heartbeat", beat, "Renew the lease", execute},
      {"POST", "/experiments/:id/suggestions/:id/give_back", back, "Give a suggestion back, to be tried again",
       execute},
      {"POST", "/experiments/:id/suggestions/:id/result", conclude, "Say how an attempt ended: values, or a failure",
       execute},
      {"POST", "/experiments/:id/release", release, "Give back all that a worker holds", execute},
      {"POST", "/experiments/:id/withdraw", take_back, "End the wait of a request for a suggestion", execute},
  };
}

}  // namespace vilfredo::api
