#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// The real program, started as a user would start it.
namespace vilfredo::test {

/// A folder of a test's own, removed with all that is in it.
class scratch {
public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  const std::filesystem::path& folder() const { return folder_; }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

private:
  std::filesystem::path folder_;
};

struct program_options {
  std::optional<std::uint64_t> largest_file_bytes;                    ///< RLIMIT_FSIZE, which prlimit can lift again
  std::optional<std::pair<unsigned short, unsigned short>> terminal;  ///< columns and lines; output goes to it
  std::vector<std::string> environment;
};

/// One run of vilfredo in a scratch folder. Its process is killed when this goes; nothing else is.
class program {
public:
  program(const scratch& where, std::vector<std::string> arguments, program_options options = {});
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  /// The exit code (128 + signal when one ended it); none when it still runs after the limit.
  std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds{120});
  void signal(int number) const;
  bool running();
  pid_t pid() const { return pid_; }
  /// What it has written so far.
  std::string output();
  std::string errors() const;
  /// Waits until its output holds the text; false when it does not within the limit.
  bool says(const std::string& text, std::chrono::milliseconds limit = std::chrono::seconds{60});
  void resize(unsigned short columns, unsigned short rows) const;

private:
  void drain_terminal();

  pid_t pid_ = -1;
  int terminal_ = -1;
  std::optional<int> code_;
  std::filesystem::path out_, err_;
  std::string screen_;
};

struct finished {
  int code = -1;
  std::string out, err;
};
/// Runs it to its end.
finished vilfredo_run(const scratch& where, std::vector<std::string> arguments, program_options options = {});

/// Processes whose command line holds the text, this one and zombies aside.
std::vector<pid_t> processes_with(const std::string& text);
/// The same, after giving them some time to be gone.
bool gone(const std::string& text, std::chrono::milliseconds limit = std::chrono::seconds{10});

}  // namespace vilfredo::test
