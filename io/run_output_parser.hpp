#pragma once
#include <optional>
#include <string_view>

#include "core/ports.hpp"

namespace vilfredo::io {

/// Reads one line of a trial's standard output: a run_report, run_failure or run_misreport; nothing when it is log.
///
///   line    ::= report | failure | any other text, which is log
///   report  ::= {"metrics": {NAME: value, …}}  with or without  "step": number
///   value   ::= number | {"value": number, "stddev": number from 0}; stddev is optional
///   failure ::= {"failed": text}
///
/// A line is meant as a report when it is a JSON object with the key "metrics" or "failed", or when it begins with `{`,
/// cannot be read as JSON, and contains one of these words in quotes. Such a line is either read completely or a
/// misreport that says why not: an unknown key, a key given twice, a number that is not finite (NaN and Infinity, as
/// Python's json writes them, are named). Nothing is guessed, for a wrong number would steer the whole experiment.
std::optional<run_message> parse_run_output(std::string_view line);

/// Of a line that is log: whether somebody will have meant it as a report all the same, and what it lacks. It explains
/// why a trial has no values; it is no misreport, for a program may log what it likes. `cut`: the line was too long,
/// and this is its beginning.
std::optional<run_misreport> near_miss(std::string_view line, bool cut);

}  // namespace vilfredo::io
