#include "io/trial_environment.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <system_error>

#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace vilfredo::io {

namespace {

const named_value* find(const std::vector<named_value>& assignments, std::string_view name) {
  auto found = std::ranges::find(assignments, name, &named_value::name);
  return found == assignments.end() ? nullptr : &*found;
}

std::string fill(const std::string& argument, const std::vector<named_value>& assignments, const std::string& file) {
  std::string out;
  std::size_t done = 0;
  for (auto open = argument.find('{'); open != std::string::npos; open = argument.find('{', open + 1)) {
    auto close = argument.find_first_of("{}", open + 1);
    if (close == std::string::npos) break;
    if (argument[close] == '{') continue;
    auto name = std::string_view(argument).substr(open + 1, close - open - 1);
    auto* assigned = find(assignments, name);
    if (!assigned && name != "assignments_file") continue;
    out.append(argument, done, open - done);
    out += assigned ? value_text(assigned->value) : file;
    done = close + 1;
    open = close;
  }
  return out.append(argument, done);
}

std::string listed(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  for (auto n : numbers) out += (out.empty() ? "" : ",") + std::to_string(n);
  return out;
}

}  // namespace

trial_folder::trial_folder(const std::filesystem::path& all, experiment_id experiment, trial_id trial)
    : path(all / std::to_string(experiment.number) / std::to_string(trial.number)) {}

result<void> trial_folder::prepare(const std::vector<named_value>& assignments) const {
  std::error_code failed;
  // Mostly only the last two are missing, and looking at every folder from the root on costs more than making them.
  std::filesystem::create_directory(path, failed);
  std::filesystem::create_directory(checkpoint(), failed);
  if (failed) std::filesystem::create_directories(checkpoint(), failed);
  if (failed)
    return error{errc::overloaded, "cannot make the trial's folder \"" + checkpoint().string() +
                                       "\": " + failed.message() + "; trials write there, so make it writable"};
  auto all = nlohmann::ordered_json::object();
  for (const auto& a : assignments) std::visit([&](const auto& value) { all[a.name] = value; }, a.value);
  std::ofstream file(this->assignments());
  file << all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  file.close();
  if (!file)
    return error{errc::overloaded,
                 "cannot write the trial's assignments to \"" + this->assignments().string() + "\"; is the disk full?"};
  return {};
}

bool holds_something(const std::filesystem::path& folder) {
  std::error_code unknown;
  return !std::filesystem::is_empty(folder, unknown) && !unknown;
}

std::vector<std::string> fill_arguments(const std::vector<std::string>& command,
                                        const std::vector<named_value>& assignments, const std::string& file) {
  std::vector<std::string> out;
  out.reserve(command.size());
  for (const auto& argument : command) out.push_back(fill(argument, assignments, file));
  return out;
}

std::vector<std::string> fill_environment(const std::vector<std::string>& inherited, const trial_run& what,
                                          const trial_folder& folder, const std::string& mark) {
  std::map<std::string, std::string, std::less<>> all(what.program.environment.begin(), what.program.environment.end());
  all["VILFREDO_RUN"] = mark;
  all["VILFREDO_EXPERIMENT"] = std::to_string(what.experiment.number);
  all["VILFREDO_EXPERIMENT_NAME"] = what.experiment_name;
  all["VILFREDO_TRIAL"] = std::to_string(what.trial.number);
  all["VILFREDO_ATTEMPT"] = std::to_string(what.attempt);
  all["VILFREDO_SEED"] = std::to_string(what.seed);
  all["VILFREDO_DIR"] = folder.path.string();
  all["VILFREDO_ASSIGNMENTS"] = folder.assignments().string();
  all["VILFREDO_CHECKPOINT_DIR"] = folder.checkpoint().string();
  if (what.task) {
    all["VILFREDO_TASK"] = what.task->name;
    all["VILFREDO_TASK_COST"] = text::number(what.task->cost);
  }
  // An earlier attempt that left nothing behind gives nothing to continue from.
  if (what.attempt > 1 && holds_something(folder.checkpoint())) all["VILFREDO_RESUME"] = "1";
  // From the last to the first, so that the first of two with the same variable has it.
  for (auto a = what.assignments.rbegin(); a != what.assignments.rend(); ++a)
    all[parameter_variable(a->name)] = value_text(a->value);
  if (!what.gpus.empty()) all["CUDA_VISIBLE_DEVICES"] = listed(what.gpus);

  std::vector<std::string> out;
  out.reserve(inherited.size() + all.size());
  for (const auto& entry : inherited) {
    auto equals = entry.find('=');
    if (equals != std::string::npos && !entry.starts_with("VILFREDO_") &&
        !all.contains(std::string_view(entry).substr(0, equals)))
      out.push_back(entry);
  }
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

std::string parameter_variable(std::string_view name) {
  std::string out = "VILFREDO_PARAM_";
  for (char c : name) {
    if (c >= 'a' && c <= 'z')
      out += static_cast<char>(c - 'a' + 'A');
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      out += c;
    else
      out += '_';
  }
  return out;
}

std::string value_text(const parameter_value& x) {
  if (auto* number = std::get_if<double>(&x)) return text::number(*number);
  if (auto* whole = std::get_if<std::int64_t>(&x)) return std::to_string(*whole);
  return std::get<std::string>(x);
}

}  // namespace vilfredo::io
