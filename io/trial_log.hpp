#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "io/file_descriptor.hpp"

namespace vilfredo::io {

/// What a trial wrote to one of its streams, as a file of bounded size: the beginning is kept, for there the cause of
/// trouble stands, and a line says where it was cut and how much is missing.
///
/// FILE.log is always the newest attempt; the one before stands in FILE.1.log, FILE.2.log, … by the number of its
/// attempt. The file is made with the first byte, so a silent program leaves none. A full disk costs the log, never the
/// trial.
class trial_log {
public:
  /// `file` without ".log". An earlier attempt's file is moved aside when `attempt` is beyond the first.
  trial_log(const std::filesystem::path& file, std::size_t limit, std::uint32_t attempt);
  trial_log(trial_log&&) = default;
  ~trial_log() { close(); }

  void append(std::string_view bytes);
  void close();

private:
  void write(std::string_view bytes);

  std::filesystem::path path_;
  file_descriptor file_;
  std::size_t limit_;
  std::size_t size_ = 0;
  std::uint64_t missing_ = 0;
  bool failed_ = false;
};

}  // namespace vilfredo::io
