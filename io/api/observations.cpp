#include <algorithm>
#include <cmath>

#include "io/api/body.hpp"
#include "io/api/listing.hpp"
#include "io/api/observation_form.hpp"
#include "io/api/query.hpp"
#include "io/api/reading.hpp"
#include "io/api/routes.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr std::size_t most_in_batch = 2500;

/// An observation as a command left it, with what it takes to show it.
struct observation_shown {
  std::shared_ptr<const definition> what;
  std::shared_ptr<const space> domain;
  observation seen;
};
observation_shown shown_one(const ledger& book, observation_id which) {
  const auto* seen = book.find(which);
  if (!seen) not_found();
  return {book.shared_definition(), book.shared_space(), *seen};
}

/// What lists are made of elsewhere: others wait for the experiment's thread.
struct all_seen {
  std::shared_ptr<const definition> what;
  std::shared_ptr<const space> domain;
  history seen;
  std::vector<observation> deleted;
};

task<json> create(call& c) {
  auto id = c.experiment();
  auto decide = [&c](const ledger& book) -> command {
    check_takes_work(book);
    auto seen = read_observation(c.body, book.definition(), task_rule::refuse_nothing);
    if (seen.trial && !shows(book, seen.trial->number))
      throw refusal{400, "suggestion: there is no suggestion " + id_text(seen.trial->number) + " in this experiment"};
    return seen;
  };
  auto made = [](const ledger& book, const answer& a) { return shown_one(book, std::get<recorded>(a).observation); };
  auto shown = co_await c.enact(id, decide, made);
  c.written.emplace("observation", id_text(shown.seen.id.number),
                    observation_text(id, *shown.what, *shown.domain, shown.seen));
  co_return nullptr;
}

task<json> create_many(call& c) {
  auto id = c.experiment();
  body form(c.body, {"observations", "no_optimize", "dry_run", "request_id"});
  form.need("observations");
  auto* items = form.list("observations");
  if (items->size() > most_in_batch)
    throw refusal{400, "observations must be at most " + std::to_string(most_in_batch) + ", not " +
                           std::to_string(items->size())};
  auto about = co_await c.look(id, [](const ledger& book) {
    check_takes_work(book);
    return book.shared_definition();
  });
  observe_many all;
  for (std::size_t i = 0; i < items->size(); ++i) {
    try {
      if (!(*items)[i].is_object()) wrong_type("observations", (*items)[i], "object");
      all.items.push_back(read_observation((*items)[i], *about, task_rule::refuse_stray));
    } catch (const refusal& why) {
      throw refusal{why.status, "Error in observation " + std::to_string(i + 1) + "/" + std::to_string(items->size()) +
                                    ": " + why.message};
    }
  }
  if (form.boolean("dry_run").value_or(false)) co_return pagination(0, json::array());
  recorded_many made;
  try {
    made = std::get<recorded_many>(co_await c.carry_out(id, std::move(all), c.request_id()));
  } catch (const refusal& why) {
    // What is not about one of them is said as it is.
    if (why.status >= 500 || why.besides.value("code", "") == "reused") throw;
    throw refusal{why.status == 404 ? 400 : why.status, "Error in " + why.message};
  }
  auto as_kept = [&made](const ledger& book) {
    all_seen out{book.shared_definition(), book.shared_space(), {}, {}};
    for (const auto& r : made.items)
      if (const auto* seen = book.find(r.observation)) out.seen.append(*seen);
    return out;
  };
  auto kept = co_await c.look(id, as_kept);
  json data = json::array();
  for (const auto& x : kept.seen) data.push_back(observation_object(id, *kept.what, *kept.domain, x));
  auto n = data.size();
  co_return pagination(n, std::move(data));
}

task<json> get(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  co_return co_await c.look(id, [id, number](const ledger& book) {
    const auto* seen = book.find(observation_id{number});
    if (!seen) not_found();
    return observation_object(id, book.definition(), book.space(), *seen);
  });
}

/// The columns that an observation is sorted by, its id last.
sort_key key_of(const std::string& sort, const definition& d, const space& domain, const observation& x) {
  auto id = static_cast<std::int64_t>(x.id.number);
  if (sort == "id") return {id};
  if (sort == "timestamp") return {seconds(x.at), id};
  if (sort == "task") {
    auto task = task_object(d, x.task);
    return {task.is_null() ? symbol{} : symbol{task["cost"].get<double>()}, id};
  }
  auto of_metric = [&](std::string_view name, const std::vector<double>& values) -> symbol {
    auto m = name.empty() ? d.metrics.begin() : std::ranges::find(d.metrics, name, &metric::name);
    if (m == d.metrics.end()) throw refusal{400, "sort: \"" + sort + "\" names no metric of this experiment"};
    auto i = static_cast<std::size_t>(m - d.metrics.begin());
    if (x.failed() || i >= values.size() || std::isnan(values[i])) return {};
    return values[i];
  };
  if (sort == "value" || sort.starts_with("value-"))
    return {of_metric(std::string_view(sort).substr(std::min<std::size_t>(6, sort.size())), x.values), id};
  if (sort == "value_stddev" || sort.starts_with("value_stddev-"))
    return {of_metric(std::string_view(sort).substr(std::min<std::size_t>(13, sort.size())), x.stddevs), id};
  if (sort.starts_with("parameter-")) {
    auto i = domain.find(std::string_view(sort).substr(10));
    if (!i) throw refusal{400, "sort: \"" + sort + "\" names no parameter of this experiment"};
    auto value = x.point.values[*i];
    return {std::isnan(value) ? symbol{} : symbol{value}, id};
  }
  throw refusal{400, "sort: \"" + sort +
                         "\" is not one of the allowed values: id, timestamp, value, value-METRIC, "
                         "value_stddev, value_stddev-METRIC, parameter-NAME, task"};
}

task<json> list(call& c) {
  auto id = c.experiment();
  auto sort = query_text(c.request, "sort").value_or("id");
  auto wanted = read_page(c.request, sort == "id" ? 1 : 2);
  auto deleted = query_boolean(c.request, "deleted").value_or(false);
  auto all_of = [deleted](const ledger& book) {
    all_seen out{book.shared_definition(), book.shared_space(), {}, {}};
    if (deleted)
      out.deleted = book.deleted_observations();
    else
      out.seen = book.observations();
    return out;
  };
  const auto now = co_await c.look(id, all_of);
  auto show = [&](const observation* x) { return observation_object(id, *now.what, *now.domain, *x); };
  if (sort == "id" && !deleted) {
    // They come in this order, so that a page needs no look at the others.
    auto chosen = choose_page(
        now.seen.size(), [&](std::size_t i) { return id_key(now.seen[i].id.number); }, wanted);
    json data = json::array();
    for (auto i : chosen.items) data.push_back(show(&now.seen[i]));
    co_return pagination(now.seen.size(), std::move(data), chosen);
  }
  keyed<const observation*> all;
  auto add = [&](const observation& x) { all.emplace_back(key_of(sort, *now.what, *now.domain, x), &x); };
  std::ranges::for_each(now.deleted, add);
  for (const auto& x : now.seen) add(x);
  // An empty list is no reason to let a wrong word pass.
  if (all.empty())
    (void)key_of(sort, *now.what, *now.domain,
                 observation{{1}, {}, {std::vector<double>(now.domain->size())}, {}, {}, "x"});
  co_return listing(std::move(all), wanted, show);
}

task<json> update(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  struct state {
    std::shared_ptr<const definition> what;
    observation seen;
    json shown;
  };
  auto now = co_await c.look(id, [id, number](const ledger& book) {
    if (book.definition().labels.contains(label::runs_only) == false) check_takes_work(book);
    const auto* seen = book.find(observation_id{number});
    if (!seen) not_found();
    return state{book.shared_definition(), *seen, observation_object(id, book.definition(), book.space(), *seen)};
  });
  auto changes = read_observation_update(c.body, *now.what, now.seen, now.shown);
  auto decide = [changes = std::move(changes)](const ledger&) -> command { return changes; };
  auto changed = [number](const ledger& book, const answer&) { return shown_one(book, {number}); };
  auto shown = co_await c.enact(id, std::move(decide), changed);
  co_return observation_object(id, *shown.what, *shown.domain, shown.seen);
}

task<json> remove(call& c) {
  auto id = c.experiment();
  auto number = c.number(1);
  query_boolean(c.request, "no_optimize");
  bool there = co_await c.look(id, [number](const ledger& book) {
    if (book.find(observation_id{number})) return true;
    // Once more does no harm.
    bool before =
        std::ranges::any_of(book.deleted_observations(), [&](const observation& x) { return x.id.number == number; });
    if (!before) not_found();
    return false;
  });
  if (there) co_await c.carry_out(id, delete_observation{{number}}, c.request_id());
  co_return json::object();
}

task<json> remove_all(call& c) {
  auto id = c.experiment();
  auto all = co_await c.look(id, [](const ledger& book) {
    std::vector<observation_id> out;
    for (const auto& x : book.observations()) out.push_back(x.id);
    return out;
  });
  for (auto which : all) co_await c.carry_out(id, delete_observation{which});
  co_return json::object();
}

}  // namespace

std::vector<route> observation_routes() {
  using enum permission;
  return {
      {"POST", "/experiments/:id/observations", create, "Tell what a configuration came to", execute, false, true},
      {"POST", "/experiments/:id/observations/batch", create_many, "Tell many, all or none", execute},
      {"GET", "/experiments/:id/observations", list, "List observations", read, true},
      {"DELETE", "/experiments/:id/observations", remove_all, "Delete all observations", write},
      {"GET", "/experiments/:id/observations/:id", get, "Show an observation", read, true},
      {"PUT", "/experiments/:id/observations/:id", update, "Change an observation", write},
      {"DELETE", "/experiments/:id/observations/:id", remove, "Delete an observation", write},
  };
}

}  // namespace vilfredo::api
