#include <algorithm>

#include "io/api/amend.hpp"
#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/once.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr std::size_t most_checkpoints = 200;

std::string collection_of(const std::string& run) { return "checkpoint/" + run; }

json checkpoint_object(const document& x, const std::string& run) {
  auto all = contents(x);
  all.erase("request_id");
  all["object"] = "checkpoint";
  all["id"] = x.key;
  all["training_run"] = run;
  all["created"] = seconds(x.created);
  return all;
}

struct checkpoint {
  json kept;  ///< what the document holds
  std::vector<measurement> told;
};

checkpoint read_checkpoint(const call& c) {
  body form(c.body, {"values", "metadata", "request_id"});
  form.need("values");
  checkpoint out;
  json values = json::array();
  for (const auto& item : *form.list("values")) {
    if (!item.is_object()) wrong_type("values", item, "object");
    body one(item, {"name", "value", "value_stddev", "object"});
    one.need("name");
    one.need("value");
    auto deviation = one.number("value_stddev");
    values.push_back({{"object", "metric_evaluation"},
                      {"name", *one.text("name")},
                      {"value", *one.number("value")},
                      {"value_stddev", deviation ? json(*deviation) : json()}});
    out.told.push_back({*one.text("name"), *one.number("value"), deviation});
  }
  out.kept = {{"values", std::move(values)},
              {"metadata", metadata_object(form.notes("metadata", 5).value_or(nullptr))}};
  if (auto id = c.key(); !id.empty()) out.kept["request_id"] = id;
  return out;
}

/// Oldest first.
task<std::vector<document>> checkpoints_of(call& c, const std::string& run) {
  document_query query{collection_of(run), {}};
  auto all = co_await c.find(query);
  std::ranges::sort(all, {}, &document::number);
  co_return all;
}

/// What an earlier request of the same id made.
task<std::optional<document>> made_before(call& c, const std::string& run) {
  const auto id = c.key();
  if (id.empty() || !co_await claimed(c)) co_return std::nullopt;
  for (auto& x : co_await checkpoints_of(c, run))
    if (contents(x).value("request_id", "") == id) co_return std::move(x);
  refuse_reuse(c);
}

task<document> keep_checkpoint(call& c, const std::string& run, const json& what) {
  std::function<void(json&)> edit = [](json& r) {
    if (!r["observation"].is_null()) throw refusal{403, "The run has ended: its observation was made"};
    auto count = r["checkpoint_count"].get<std::uint64_t>();
    if (count >= most_checkpoints)
      throw refusal{403, "A run has at most " + std::to_string(most_checkpoints) + " checkpoints"};
    r["checkpoint_count"] = count + 1;
  };
  const auto now = c.house.now();
  std::vector<document_change> besides{{collection_of(run), "", {}, what.dump(), now}};
  if (!c.key().empty()) besides.push_back(claim(c, collection_of(run)));
  std::optional<refusal> taken;
  try {
    auto kept = co_await amend(c, run, edit, std::move(besides));
    co_return std::move(kept[1]);
  } catch (const refusal& why) {
    if (why.status != 409) throw;
    taken = why;
  }
  // The same request at the same time was quicker.
  auto there = co_await made_before(c, run);
  if (!there) throw *taken;
  co_return *std::move(there);
}

/// A checkpoint of a run that has a suggestion is a report of its trial, and the answer says whether to go on. The
/// report has an id of its own, so that one that a crash has cut off is made up for by the request's repetition.
task<advice> report_checkpoint(call& c, const json& run, const document& made, std::vector<measurement> values) {
  const auto key = c.path.at(0);
  const auto all = co_await checkpoints_of(c, key);
  report told{{number_in(run["suggestion"])}, 1, 0, std::move(values)};
  told.step = static_cast<double>(std::ranges::find(all, made.number, &document::number) - all.begin() + 1);
  const experiment_id id{number_in(run["experiment"])};
  told.attempt = co_await c.look(id, [&told](const ledger& book) {
    std::erase_if(told.values, [&](const measurement& m) {
      const auto& known = book.definition().metrics;
      return std::ranges::find(known, m.metric, &metric::name) == known.end();
    });
    return shown_trial(book, told.trial.number).attempt;
  });
  const auto request = "run/" + key + "/checkpoint/" + made.key;
  co_return std::get<advice>(co_await c.carry_out(id, std::move(told), request));
}

task<json> create(call& c) {
  const auto key = c.path.at(0);
  auto given = read_checkpoint(c);
  auto made = co_await made_before(c, key);
  if (!made) made = co_await keep_checkpoint(c, key, given.kept);
  auto out = checkpoint_object(*made, key);
  auto run = contents(co_await c.need("run", key));
  if (run["suggestion"].is_null()) co_return out;
  auto answered = co_await report_checkpoint(c, run, *made, std::move(given.told));
  out["stop"] = answered.stop;
  out["reason"] = answered.stop ? json(answered.reason) : json();
  // By the names under which SigOpt's client looks for them.
  out["should_stop"] = answered.stop;
  out["stopping_reasons"] = json::object();
  if (answered.stop) out["stopping_reasons"][answered.reason] = true;
  co_return out;
}

task<json> list(call& c) {
  const auto key = c.path.at(0);
  co_await c.need("run", key);
  auto wanted = read_page(c.request);
  keyed<document> shown;
  for (auto& x : co_await checkpoints_of(c, key)) shown.emplace_back(id_key(x.number), std::move(x));
  co_return listing(std::move(shown), wanted, [&key](const document& x) { return checkpoint_object(x, key); });
}

task<json> get(call& c) {
  const auto key = c.path.at(0);
  co_return checkpoint_object(co_await c.need(collection_of(key), c.path.at(1)), key);
}

}  // namespace

std::vector<route> checkpoint_routes() {
  using enum permission;
  return {
      {"POST", "/training_runs/:id/checkpoints", create, "Report on the way; the answer may say stop", execute},
      {"GET", "/training_runs/:id/checkpoints", list, "List a run's checkpoints", read},
      {"GET", "/training_runs/:id/checkpoints/:id", get, "Show a checkpoint", read},
  };
}

}  // namespace vilfredo::api
