#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/serve_options.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// One setting of the daemon. It has the same name everywhere: `log_file` in the configuration file, `--log-file` on
/// the command line, `VILFREDO_LOG_FILE` in the environment.
struct setting {
  std::string key;
  std::string help;
  std::string takes;  ///< what stands for its value in the help; empty: yes or no, a flag without a value
  /// Takes a value as text; what it must be instead, if it is not that.
  std::function<std::optional<std::string>(serve_options&, const std::string&)> read;
  std::function<std::string(const serve_options&)> shown;

  std::string flag() const;
  std::string variable() const;
};
/// The one list of them.
const std::vector<setting>& settings();

/// The one place where they come together: a flag goes before the environment, that before the file, that before what
/// is usual. `flags` are values by key; `file` empty: none. What is wrong is told with where it stands.
result<serve_options> settled(const std::map<std::string, std::string>& flags,
                              const std::function<const char*(const char*)>& environment, const std::string& file);

}  // namespace vilfredo::app
