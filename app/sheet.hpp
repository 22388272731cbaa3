#pragma once
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/view/line.hpp"
#include "app/view/table.hpp"

namespace vilfredo::app {

enum class output_format { table, json, csv };

/// Rows for people and for programs alike: what the reading verbs print, in whatever format is asked for.
struct sheet {
  struct column {
    std::string group;  ///< "assignments", "metrics" or none: an object of its own in JSON
    std::string name;
  };
  std::vector<column> columns;
  std::vector<std::vector<nlohmann::ordered_json>> rows;  ///< a cell a column; null: nothing there
};

/// `table`: numbers in brief, fitted to the style's width; assignments that would not fit share one column.
/// `json`: a list of objects, one a line. `csv`: RFC 4180, numbers that read back exactly; a name that two columns have
/// gets its group before it.
std::string print(const sheet& x, output_format format, const view::style& how);

/// The same as the table, to be put among other lines. `together`: all assignments in one column in any case.
view::table to_table(const sheet& x, const view::style& how, bool together = false);

}  // namespace vilfredo::app
