#include "io/remote/answers.hpp"

#include <optional>

#include <nlohmann/json.hpp>

#include "io/fact_codec.hpp"
#include "io/remote/reading.hpp"

namespace vilfredo::remote {

namespace {
using nlohmann::json;

std::vector<named_value> read_named(const json& from) {
  std::vector<named_value> out;
  for (const auto& [name, value] : from.items()) {
    if (value.is_string())
      out.push_back({name, value.get<std::string>()});
    else if (value.is_number_integer())
      out.push_back({name, value.get<std::int64_t>()});
    else if (value.is_number())
      out.push_back({name, value.get<double>()});
  }
  return out;
}

outcome read_issued(const json& from, const std::string& whom, const subject& about) {
  auto id = number_in_text(from, "id"), seed = number_in_text(from, "seed");
  auto attempt = field<std::uint32_t>(from, "attempt");
  auto given = from.find("assignments");
  if (!id || !seed || !attempt || given == from.end() || !given->is_object())
    return strange(whom, "a suggestion lacks id, seed, attempt or assignments");
  auto point = about.space->read(read_named(*given));
  if (!point) return strange(whom, point.error().message);
  issued out{{*id}, *attempt, *std::move(point), origin::user, *seed, forever, std::nullopt};
  for (auto x : {origin::user, origin::design, origin::fresh, origin::stale, origin::fallback})
    if (field<std::string>(from, "origin") == to_string(x)) out.from = x;
  if (auto task = from.find("task"); task != from.end() && task->is_object()) {
    auto index = task_named(*about.definition, field<std::string>(*task, "name").value_or(""));
    if (!index) return strange(whom, index.error().message);
    out.task = *index;
  }
  return answer{std::move(out)};
}

struct answer_reader {
  const json& from;
  const std::string& whom;
  const subject& about;

  outcome operator()(const ask&) const { return read_issued(from, whom, about); }
  outcome operator()(const report&) const { return read_advice(); }
  outcome operator()(const heartbeat&) const { return read_advice(); }
  outcome operator()(const complete& c) const { return read_recorded(c.trial); }
  outcome operator()(const fail& c) const { return read_recorded(c.trial); }
  outcome operator()(const give_back& c) const {
    auto again = field<bool>(from, "again");
    if (!again) return strange(whom, "it does not say whether the trial will be tried again");
    return answer{given_back{c.trial, *again}};
  }
  template <class C>
  outcome operator()(const C&) const {
    return answer{done{}};
  }

private:
  outcome read_advice() const {
    auto stop = field<bool>(from, "stop"), over = field<bool>(from, "over");
    if (!stop || !over) return strange(whom, "it does not say whether to stop");
    return answer{advice{*stop, field<std::string>(from, "reason").value_or(""), *over, false}};
  }
  outcome read_recorded(trial_id trial) const {
    auto late = field<bool>(from, "late"), counted = field<bool>(from, "counted");
    if (!late || !counted) return strange(whom, "it does not say whether the result counts");
    return answer{recorded{trial, {number_in_text(from, "observation").value_or(0)}, *late, *counted}};
  }
};

}  // namespace

result<list_page> read_list(const http::response& got, const std::string& whom) {
  auto page = read_object(got, whom);
  if (!page) return page.error();
  list_page out;
  auto data = page->find("data");
  if (data == page->end() || !data->is_array()) return strange(whom, "its list of experiments has no data");
  for (const auto& x : *data) {
    auto id = number_in_text(x, "id");
    auto name = field<std::string>(x, "name");
    if (!id || !name) return strange(whom, "an experiment lacks id or name");
    out.entries.push_back({{*id}, *name});
  }
  if (auto paging = page->find("paging"); paging != page->end())
    out.after = field<std::string>(*paging, "after").value_or("");
  return out;
}

result<facts_page> read_facts(const http::response& got, const std::string& whom) {
  auto page = read_object(got, whom);
  if (!page) return page.error();
  facts_page out;
  auto count = field<std::uint64_t>(*page, "count");
  auto data = page->find("data");
  if (!count || data == page->end() || !data->is_array()) return strange(whom, "a page of facts lacks count or data");
  out.count = *count;
  for (const auto& x : *data) {
    auto sequence = field<std::uint64_t>(x, "sequence"), at = field<std::uint64_t>(x, "at");
    auto text = field<std::string>(x, "fact");
    if (!sequence || !at || !text) return strange(whom, "a fact lacks sequence, at or fact");
    auto event = io::decode(*text);
    if (!event) return strange(whom, event.error().message);
    out.facts.push_back({*sequence, time_point{duration{static_cast<std::int64_t>(*at)}}, {}, *std::move(event)});
  }
  return out;
}

result<experiment_id> read_created(const http::response& got, const std::string& whom) {
  auto made = read_object(got, whom);
  if (!made) return made.error();
  auto id = number_in_text(*made, "id");
  if (!id || *id == 0) return strange(whom, "a new experiment lacks its id");
  return experiment_id{*id};
}

outcome read_answer(const command& what, const http::response& got, const std::string& whom, const subject& about) {
  auto body = read_object(got, whom);
  if (!body) return body.error();
  return std::visit(answer_reader{*body, whom, about}, what);
}

}  // namespace vilfredo::remote
