#include "io/api/schemas.hpp"

#include <sstream>
#include <string>
#include <string_view>

namespace vilfredo::api {

namespace {
using nlohmann::json;

/// schema = NAME ":" field* ["..."]    all on one line; an object without other keys, or `...`: they are passed over
/// field  = KEY ["?"] "=" type [":" LEAST ".." [MOST]] ["~"]   `?`: may be missing; `~`: may be null; bounds are of a
///          number itself, of a text's characters, and of how many items a list has
/// type   = string | integer | number | boolean | object | any | A|B|… | A| | [type] | {type} | SCHEMA
///
/// `A|B` is one of these words, `A|` this word, `{type}` an object of any keys. What is answered has a further key,
/// `object`, with the schema's name, unless the line begins with a minus sign or the name ends in `_form`.
constexpr std::string_view text = R"(
advice: stop=boolean reason=string~ over=boolean
aiexperiment: id=id client=id user=id name=string type=string state=active|deleted created=seconds updated=seconds parameters=[parameter] metrics=[metric] conditionals=[conditional] linear_constraints=[linear_constraint] metadata=metadata~ num_solutions=integer~ parallel_bandwidth=integer~ project=string~ runs_only=boolean budget=integer~ tasks?=[task] progress=run_progress
assignments_meta: source=string
assignments_sources: sort=number default_show=boolean
best_assignments: id=id assignments={value} values=[metric_evaluation] metadata?=metadata~ task?=task~
best_practices: violations=[string]
beta_prior: name=beta| shape_a=number shape_b=number
bounds: min=number max=number
categorical_value: name=string enum_index=integer
checkpoint: id=id training_run=id created=seconds values=[metric_evaluation] metadata=metadata~ stop?=boolean reason?=string~ should_stop?=boolean stopping_reasons?=object
client: id=id name=string created=seconds organization=id client_security=client_security
client_security: allow_users_to_see_experiments_by_others=boolean
conditional: name=string values=[string]
constraint_term: name=string weight=number
-empty:
-error: message=string status=integer code?=string token_status?=string location?=string
experiment: id=id client=id user=id name=string type=string state=active|deleted created=seconds updated=seconds parameters=[parameter] metrics=[metric] conditionals=[conditional] linear_constraints=[linear_constraint] metadata=metadata~ num_solutions=integer~ parallel_bandwidth=integer~ project=string~ runs_only=boolean observation_budget=integer~ development=boolean tasks?=[task] progress=progress
-fact: sequence=integer at=integer fact=string
facts: count=integer data=[fact]
download: url=string headers=object
file: id=id name=string~ filename=string~ client=id user=id training_run=id created=seconds content_length=integer content_type=string content_md5=string upload?=upload download?=download~
given_back: again=boolean
-health: live=boolean ready=boolean store=string
linear_constraint: type=less_than|greater_than threshold=number terms=[constraint_term]
metric: name=string~ objective=maximize|minimize strategy=optimize|constraint|store threshold=number~
metric_evaluation: name=string~ value=number~ value_stddev?=number~
metric_importances: metric=string~ importances={number} pairs?=[pair_importance]
model: type=string~
normal_prior: name=normal| mean=number scale=number
observation: id=id experiment=id assignments={value} suggestion=id~ values=[metric_evaluation] failed=boolean created=seconds metadata=metadata~ task?=task~ stopped_at?=number
organization: id=id name=string created=seconds academic=boolean email_domains=[string]
pair_importance: parameters=[string] together=number
-paging: before=string~ after=string~
parameter: name=string type=string bounds=bounds~ categorical_values=[categorical_value]~ conditions={any} default_value=value~ prior=prior~ transformation=string~ grid?=[value]
progress: observation_count=integer observation_budget_consumed=number first_observation=observation~ last_observation=observation~ best_observation=observation~
project: id=string name=string client=id user=id created=seconds updated=seconds metadata=metadata~ experiment_count=integer training_run_count=integer deleted=boolean
queued_suggestion: id=id experiment=id assignments={value} created=seconds task?=task~
result: observation=id~ late=boolean counted=boolean
report: step=number attempt=integer values=[metric_evaluation]
-run_progress: object=progress| active_run_count=integer finished_run_count=integer total_run_count=integer remaining_budget=integer~
session: api_token=token client=client user=user code=any needs_password_reset=boolean
source_code: content=string~ hash=string~
stopping_criteria: should_stop=boolean reasons=[string]
suggestion: id=id experiment=id assignments={value} created=seconds deleted=boolean state=open|closed metadata=metadata~ origin=user|design|fresh|stale|fallback attempt=integer seed=id trial_state=running|returned|completed|failed|cancelled|stopped|paused lease_until?=seconds task?=task~
tag: id=id client=id name=string color=string
task: name=string cost=number
token: token=string token_type=string name=string client=id organization=id user=id experiment=id~ project=string~ training_run=any all_experiments=boolean development=boolean permissions=read|execute|write scope=string expires=seconds~ lease_length=any
training_run: id=id client=id user=id project=string experiment=id~ suggestion=id~ observation=id~ name=string state=string finished=boolean favorite=boolean deleted=boolean created=seconds updated=seconds completed=seconds~ assignments=object assignments_meta={assignments_meta} assignments_sources={assignments_sources} values={metric_evaluation} metadata=metadata~ dev_metadata=object sys_metadata=object datasets=object logs=object files=[string] tags=[any] model=model source_code=source_code checkpoint_count=integer
upload: url=string method=string headers=object
user: id=id name=string email=string~ created=seconds deleted=boolean has_verified_email=boolean show_welcome=boolean planned_usage=any
aiexperiment_form: name=string:1..100 parameters=[object]:1.. metrics=[object]:1.. budget?=integer:1..~ parallel_bandwidth?=integer:1..~ num_solutions?=integer:1..~ type?=string~ conditionals?=[object]~ linear_constraints?=[object]~ metadata?=metadata~ sampler?=any early_stopping?=any stop_when?=any seed?=integer initial?=any run?=any strict_budget?=boolean request_id?=string:0..200
experiment_change_form: name?=string:1..100~ project?=reference~ observation_budget?=integer:1..~ budget?=integer:1..~ state?=active|deleted metrics?=[object]~ parameters?=[object]~ metadata?=metadata~ parallel_bandwidth?=integer:1..~ no_optimize?=boolean stop_when?=any thresholds?={any} request_id?=string:0..200
experiment_form: name=string:1..100 parameters=[object]:1.. metrics?=[metric_given]:1..~ observation_budget?=integer:1..~ budget?=integer:1..~ parallel_bandwidth?=integer:1..~ num_solutions?=integer:1..~ type?=string~ conditionals?=[object]~ linear_constraints?=[object]~ tasks?=[object]~ metadata?=metadata~ project?=reference~ runs_only?=boolean~ sampler?=any early_stopping?=any stop_when?=any seed?=integer initial?=any run?=any strict_budget?=boolean request_id?=string:0..200
checkpoint_form: values=[value_form] metadata?=metadata~ request_id?=string:0..200
file_form: name?=string~ filename?=string~ content_length=integer:1.. content_type=string content_md5=string request_id?=string:0..200
give_back_form: cause?=machine|interrupted|worker_lost reason?=string:0..2000 attempt?=integer checkpoint?=boolean request_id?=string:0..200
heartbeat_form: lease=number:0..31536000 attempt?=integer
note_form: contents=string:0..1048576 request_id?=string:0..200
observation_change_form: suggestion?=id_given~ assignments?={value}~ values?=[value_form]~ failed?=boolean~ metadata?=metadata~ task?=any no_optimize?=boolean request_id?=string:0..200
observation_form: suggestion?=id_given~ assignments?={value}~ values?=[value_form]~ failed?=boolean~ metadata?=metadata~ task?=any no_optimize?=boolean request_id?=string:0..200
observations_form: observations=[observation_form]:0..2500 no_optimize?=boolean dry_run?=boolean request_id?=string:0..200
project_change_form: name?=string:1..100 metadata?=metadata~ deleted?=boolean
project_note: contents=string:0..1048576 created=seconds user=id project=string client=id
project_form: id=reference name=string:1..100 metadata?=metadata~ request_id?=string:0..200
queued_suggestion_form: assignments={value} task?=any metadata?=metadata~ request_id?=string:0..200
release_form: worker=string:1..200 reason?=string:0..2000 request_id?=string:0..200
report_form: step=number values=[value_form] attempt?=integer request_id?=string:0..200
result_form: values?=[value_form] failed?=string attempt?=integer request_id?=string:0..200
run_change_form: name?=string:1..1000 assignments?=object~ values?={any}~ state?=string metadata?=metadata~ dev_metadata?=object~ sys_metadata?=object~ logs?=object~ datasets?=object~ source_code?=object~ model?=object~ favorite?=boolean~ deleted?=boolean~ project?=string assignments_meta?=object~ assignments_sources?=object~ fields?=any request_id?=string:0..200
run_form: name=string:1..1000 assignments?=object~ values?={any}~ state?=string metadata?=metadata~ dev_metadata?=object~ sys_metadata?=object~ logs?=object~ datasets?=object~ source_code?=object~ model?=object~ favorite?=boolean~ assignments_meta?=object~ assignments_sources?=object~ fields?=any request_id?=string:0..200
runs_form: runs=[run_form]:0..10000 fields?=any request_id?=string:0..200
share_form: request_id?=string:0..200
suggestion_change_form: metadata?=metadata~ request_id?=string:0..200 ...
suggestion_form: assignments?={value}~ task?=any metadata?=metadata~ wait?=number:0..120 lease?=number:0..31536000 worker?=string:0..200 no_optimize?=boolean request_id?=string:0..200
tag_form: name=string:1..100 color=color request_id?=string:0..200
tag_id_form: id=id_given
token_change_form: token?=rotate| expires?=renew| lasts_forever?=boolean
token_form: name?=string:0..100 permissions?=read|execute|write expires?=seconds~ development?=boolean project?=reference~ request_id?=string:0..200
value_form: name?=string~ value?=number~ value_stddev?=number:0..~ object?=string
withdraw_form: request_id?=string:0..200
)";

json reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

json type_of(const std::string& type) {
  if (type == "any") return json::object();
  if (type.front() == '[') return {{"type", "array"}, {"items", type_of(type.substr(1, type.size() - 2))}};
  if (type.front() == '{')
    return {{"type", "object"}, {"additionalProperties", type_of(type.substr(1, type.size() - 2))}};
  for (const auto* plain : {"string", "integer", "number", "boolean", "object"})
    if (type == plain) return {{"type", plain}};
  if (type.find('|') == std::string::npos) return reference(type);
  json choices = json::array();
  std::istringstream in(type);
  for (std::string one; std::getline(in, one, '|');) choices.push_back(one);
  return {{"enum", std::move(choices)}};
}

/// `1..100`, or `1..` without an end.
void bound(json& schema, const std::string& range) {
  const auto dots = range.find("..");
  const bool list = schema.value("type", "") == "array", words = schema.value("type", "") == "string";
  schema[list ? "minItems" : words ? "minLength" : "minimum"] = std::stoll(range.substr(0, dots));
  if (dots + 2 < range.size())
    schema[list ? "maxItems" : words ? "maxLength" : "maximum"] = std::stoll(range.substr(dots + 2));
}

void add_field(json& schema, const std::string& field) {
  auto equals = field.find('=');
  auto key = field.substr(0, equals), type = field.substr(equals + 1);
  if (key.back() == '?')
    key.pop_back();
  else
    schema["required"].push_back(key);
  const bool nullable = type.back() == '~';
  if (nullable) type.pop_back();
  const auto colon = type.find(':');
  auto what = type_of(type.substr(0, colon));
  if (colon != std::string::npos) bound(what, type.substr(colon + 1));
  schema["properties"][key] =
      nullable ? json{{"anyOf", json::array({std::move(what), json{{"type", "null"}}})}} : std::move(what);
}

json made() {
  json out{{"id", {{"type", "string"}, {"pattern", "^[0-9]+$"}}},
           {"id_given", {{"anyOf", {reference("id"), {{"type", "integer"}}}}}},
           {"seconds", {{"type", "integer"}, {"description", "since 1970"}}},
           {"prior", {{"anyOf", {reference("normal_prior"), reference("beta_prior")}}}},
           {"value", {{"description", "of a parameter"}, {"type", {"number", "string"}}}},
           {"metric_given", {{"anyOf", {json{{"type", "string"}}, json{{"type", "object"}}}}}},
           {"reference",
            {{"type", "string"},
             {"description", "a project's id"},
             {"pattern", "^[-a-z0-9_.]+$"},
             {"minLength", 1},
             {"maxLength", 32}}},
           {"color", {{"type", "string"}, {"pattern", "^#[0-9a-fA-F]{6}$"}}},
           {"metadata",
            {{"type", "object"},
             {"maxProperties", 100},
             {"propertyNames", {{"maxLength", 100}}},
             {"additionalProperties", {{"type", {"number", "string", "null"}}, {"maxLength", 500}}}}}};
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const bool plain = line.front() == '-';
    auto colon = line.find(':');
    auto name = line.substr(plain ? 1 : 0, colon - (plain ? 1 : 0));
    json schema{{"type", "object"}, {"additionalProperties", false}};
    std::istringstream fields(line.substr(colon + 1));
    if (!plain && !name.ends_with("_form")) {
      add_field(schema, "object=string");
      schema["properties"]["object"] = {{"const", name}};
    }
    for (std::string field; fields >> field;)
      if (field == "...")
        schema.erase("additionalProperties");
      else
        add_field(schema, field);
    out[name] = std::move(schema);
  }
  return out;
}

}  // namespace

const json& schemas() {
  static const json all = made();
  return all;
}

}  // namespace vilfredo::api
