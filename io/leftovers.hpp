#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include <sys/types.h>

#include "io/file_descriptor.hpp"

namespace vilfredo::io {

/// How the processes of one run are known again, by a later process of ours or after they left their process group.
///
/// A number alone names nobody: the system hands it out again. So the leader of the run's group is known by its number
/// together with the moment of its start and the boot it belongs to, and all others by the variable VILFREDO_RUN in the
/// environment they were started with.
struct run_record {
  std::string mark;           ///< VILFREDO_RUN: no other run has it
  pid_t group = 0;            ///< 0: not known yet
  std::uint64_t started = 0;  ///< of the leader: field 22 of /proc/PID/stat
  std::string boot;           ///< /proc/sys/kernel/random/boot_id

  bool operator==(const run_record&) const = default;
};

/// A mark that was never used.
std::string fresh_mark();
/// The record of a process that runs, or has ended and was not waited for.
run_record record_of(pid_t leader, std::string mark);

/// A record as a file, open while its run lasts. Failing to write one is no reason not to run: it costs the certainty
/// that `end_run` gives.
class record_file {
public:
  explicit record_file(const std::filesystem::path& file);
  void write(const run_record& x);
  /// Leaves an empty file: where many files are made and removed each second, ext4 looks long for a place for the next.
  void clear();

private:
  file_descriptor file_;
  std::size_t size_ = 0;
};
std::optional<run_record> read_record(const std::filesystem::path& file);

/// Kills every process that has one of the marks, and waits a moment until they are gone. Returns how many there were.
/// Processes that put their environment away, or that belong to a user whose environment we may not read, are not seen.
std::size_t end_marked(const std::set<std::string>& marks);

/// The same for a run of an earlier process: its group, if the leader is still the same, and all that have its mark.
std::size_t end_run(const run_record& x);

}  // namespace vilfredo::io
