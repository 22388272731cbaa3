#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/ports.hpp"

namespace vilfredo::io {

/// Where a trial's files are: EXPERIMENT/TRIAL/ below the directory of all trials, kept from attempt to attempt.
struct trial_folder {
  std::filesystem::path path;

  /// `all`, the directory of all trials, must be absolute: the program runs in a directory of its own.
  trial_folder(const std::filesystem::path& all, experiment_id experiment, trial_id trial);

  std::filesystem::path assignments() const { return path / "assignments.json"; }
  std::filesystem::path checkpoint() const { return path / "checkpoint"; }
  std::filesystem::path output() const { return path / "stdout"; }  // of trial_log
  std::filesystem::path errors() const { return path / "stderr"; }
  std::filesystem::path record() const { return path / "run.json"; }

  /// Makes what is missing of it and writes the assignments; errc::overloaded while the disk does not let it.
  result<void> prepare(const std::vector<named_value>& assignments) const;
};

/// Whether anything is in a folder; not in one that is not there.
bool holds_something(const std::filesystem::path& folder);

/// The argv of a run: `{name}` becomes that assignment, `{assignments_file}` the path of the file with all of them, and
/// any other text in braces stays as it is. What was put in is not looked at again, so a value may hold braces.
std::vector<std::string> fill_arguments(const std::vector<std::string>& command,
                                        const std::vector<named_value>& assignments, const std::string& file);

/// The environment of a run as "NAME=value": `inherited` without an outer run's VILFREDO_ variables, then the run's
/// own, then ours; the later wins. `mark` is a value that no other run has (VILFREDO_RUN), by which its processes are
/// known.
std::vector<std::string> fill_environment(const std::vector<std::string>& inherited, const trial_run& what,
                                          const trial_folder& folder, const std::string& mark);

/// The environment variable of a parameter: VILFREDO_PARAM_ and the name in capitals, `_` for every byte that is not a
/// letter or digit of ASCII. Of two parameters that get the same variable the first has it.
std::string parameter_variable(std::string_view name);

/// A value as text: the shortest that reads back as the same number.
std::string value_text(const parameter_value& x);

}  // namespace vilfredo::io
