#include "io/job_file.hpp"

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "io/definition_codec.hpp"
#include "io/json_text.hpp"

namespace vilfredo::io {

namespace {
constexpr std::size_t largest_bytes = 8u << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

error refuse(std::string_view file_name, const std::string& sentence) {
  return {errc::invalid, std::string(file_name) + sentence};
}
}  // namespace

result<definition> read_job(std::string_view text, std::string_view file_name) {
  if (text.size() > largest_bytes) return refuse(file_name, ": larger than 8 MiB, the most that a job file may have");
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (text.find_first_not_of(" \t\r\n") == text.npos)
    return refuse(file_name, ": the file is empty; `vilfredo init` writes one to begin with");
  auto parsed = parse_json(text, json_style::relaxed);
  if (!parsed) return refuse(file_name, ":" + parsed.error().message);
  auto read = read_definition(*parsed);
  if (!read) return refuse(file_name, ": " + read.error().message);
  return read;
}

result<definition> read_job_file(const std::filesystem::path& file) {
  const auto name = file.string();
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return refuse(name, ": this is a folder; name a job file in it");
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    if (!std::filesystem::exists(file, ignored))
      return error{errc::not_found, name + ": there is no such file; check its name"};
    return refuse(name, ": the file cannot be read; check its permissions");
  }
  // Read rather than measured first: a pipe has no size.
  std::string text;
  char piece[1u << 16];
  while (text.size() <= largest_bytes && (in.read(piece, sizeof piece), in.gcount() > 0))
    text.append(piece, static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return refuse(name, ": the file cannot be read to its end; check the disk");
  return read_job(text, name);
}

}  // namespace vilfredo::io
