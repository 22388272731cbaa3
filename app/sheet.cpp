#include "app/sheet.hpp"

#include <algorithm>
#include <ranges>

#include "app/view/number.hpp"
#include "app/view/text.hpp"

namespace vilfredo::app {

namespace {

using nlohmann::ordered_json;
constexpr const char* assignments_group = "assignments";

std::string for_people(const ordered_json& cell) {
  if (cell.is_null()) return {};
  if (cell.is_boolean()) return cell.get<bool>() ? "yes" : "";
  if (cell.is_number_float()) return view::brief(cell.get<double>());
  if (cell.is_string()) return cell.get<std::string>();
  return cell.dump();
}

view::tone tone_of(const sheet::column& column, const std::string& text) {
  if (!column.group.empty() || column.name != "state") return view::tone::plain;
  if (text == "failed") return view::tone::bad;
  if (text == "running" || text == "active") return view::tone::accent;
  if (text == "returned" || text == "paused" || text == "stopped") return view::tone::warning;
  if (text == "cancelled" || text == "queued" || text == "archived") return view::tone::faint;
  return view::tone::plain;
}

bool numeric(const sheet& x, std::size_t column) {
  bool any = false;
  for (const auto& row : x.rows) {
    if (row[column].is_null()) continue;
    if (!row[column].is_number()) return false;
    any = true;
  }
  return any;
}

/// A column a column, or all assignments as "a=1 b=2" in the place of the first.
view::table arranged(const sheet& x, bool together) {
  view::table out;
  std::vector<std::size_t> shown;
  bool merged = false;
  for (std::size_t i = 0; i < x.columns.size(); ++i) {
    bool assignment = x.columns[i].group == assignments_group;
    if (together && assignment) {
      if (merged) continue;
      merged = true;
      out.columns.push_back({assignments_group, false});
    } else {
      out.columns.push_back({x.columns[i].name, numeric(x, i)});
    }
    shown.push_back(i);
  }
  for (const auto& row : x.rows) {
    auto& cells = out.rows.emplace_back();
    for (auto i : shown) {
      if (!together || x.columns[i].group != assignments_group) {
        auto text = for_people(row[i]);
        cells.push_back({text, tone_of(x.columns[i], text)});
        continue;
      }
      std::string all;
      for (std::size_t k = 0; k < row.size(); ++k)
        if (x.columns[k].group == assignments_group && !row[k].is_null())
          all += (all.empty() ? "" : " ") + x.columns[k].name + "=" + for_people(row[k]);
      cells.push_back({std::move(all), view::tone::faint});
    }
  }
  return out;
}

std::size_t natural_width(const view::table& x) {
  auto all = view::render(x, {});
  std::size_t out = 0;
  for (const auto& l : all) out = std::max(out, view::width(view::paint(l, {})));
  return out;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string csv(const sheet& x) {
  std::string out;
  for (std::size_t i = 0; i < x.columns.size(); ++i) {
    const auto& c = x.columns[i];
    bool twice = std::ranges::count(x.columns, c.name, &sheet::column::name) > 1;
    out += (i ? "," : "") + csv_field(twice && !c.group.empty() ? c.group + "." + c.name : c.name);
  }
  out += "\r\n";
  for (const auto& row : x.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto& cell = row[i];
      if (i) out += ",";
      if (!cell.is_null()) out += csv_field(cell.is_string() ? cell.get<std::string>() : cell.dump());
    }
    out += "\r\n";
  }
  return out;
}

ordered_json object_of(const sheet& x, const std::vector<ordered_json>& row) {
  auto out = ordered_json::object();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& c = x.columns[i];
    if (c.group.empty()) {
      out[c.name] = row[i];
    } else {
      auto& group = out[c.group];
      if (group.is_null()) group = ordered_json::object();
      if (!row[i].is_null()) group[c.name] = row[i];
    }
  }
  return out;
}

std::string json(const sheet& x) {
  std::string out = "[";
  for (std::size_t i = 0; i < x.rows.size(); ++i)
    out += (i ? ",\n " : "") + object_of(x, x.rows[i]).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return out + "]\n";
}

}  // namespace

view::table to_table(const sheet& x, const view::style& how, bool together) {
  auto out = arranged(x, together);
  if (!together && how.width && natural_width(out) > how.width) return arranged(x, true);
  return out;
}

std::string print(const sheet& x, output_format format, const view::style& how) {
  switch (format) {
  case output_format::json: return json(x);
  case output_format::csv: return csv(x);
  case output_format::table: break;
  }
  return view::paint(view::render(to_table(x, how), how), how);
}

}  // namespace vilfredo::app
