#pragma once
#include <filesystem>
#include <string_view>

#include "core/definition.hpp"
#include "core/error.hpp"

namespace vilfredo::io {

/// Reads a job file: JSON in which comments and trailing commas are allowed. Errors begin with the file's name, and
/// with line and column where the text is not JSON. At most 8 MiB, 64 levels deep; a key given twice is refused.
result<definition> read_job_file(const std::filesystem::path& file);
result<definition> read_job(std::string_view text, std::string_view file_name);

}  // namespace vilfredo::io
