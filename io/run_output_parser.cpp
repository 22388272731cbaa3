#include "io/run_output_parser.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "io/printable.hpp"

namespace vilfredo::io {

namespace {

using nlohmann::json;

constexpr std::size_t longest_reason = 1000;
constexpr std::size_t longest_excerpt = 160;
constexpr std::size_t longest_name = 80;  // of a key, in a complaint

std::string shown_name(std::string_view name) { return text::quoted(printable(name, longest_name)); }

/// Takes the parser's events and keeps the first thing that is wrong. Whether that matters is known at the end only: in
/// a line without "metrics" and "failed" it does not, that line is log.
class report_reader final : public json::json_sax_t {
public:
  explicit report_reader(std::string_view line) : line_(line) {}

  bool null() override { return scalar("null"); }
  bool boolean(bool x) override { return scalar(x ? "true" : "false"); }
  bool number_integer(number_integer_t x) override { return number(static_cast<double>(x)); }
  bool number_unsigned(number_unsigned_t x) override { return number(static_cast<double>(x)); }
  bool number_float(number_float_t x, const string_t&) override { return number(x); }
  bool binary(binary_t&) override { return scalar("binary data"); }

  bool string(string_t& x) override {
    if (depth_ == 1 && key_ == "failed") {
      failure_ = printable(x, longest_reason);
      return true;
    }
    return scalar("the text " + shown_name(x));
  }

  bool start_object(std::size_t) override {
    bool expected = depth_ == 0 || (depth_ == 1 && key_ == "metrics") || (depth_ == 2 && in_metrics_);
    if (!expected && !(depth_ == 1 && stranger_)) complain(place() + " must not be an object");
    ++depth_;
    if (depth_ == 2) in_metrics_ = key_ == "metrics" && expected;
    if (depth_ == 3 && in_metrics_) has_value_ = false;
    return true;
  }

  bool end_object() override {
    if (depth_ == 3 && in_metrics_ && !has_value_) complain(metric() + " has no \"value\"");
    if (depth_ == 2) in_metrics_ = false;
    --depth_;
    return true;
  }

  bool start_array(std::size_t) override {
    if (!(depth_ == 1 && stranger_)) complain(place() + " must not be a list");
    ++depth_;
    return true;
  }
  bool end_array() override { return --depth_, true; }

  bool key(string_t& x) override {
    if (depth_ == 1) {
      key_ = x;
      stranger_ = x != "metrics" && x != "failed" && x != "step";
      if (stranger_)
        complain("unknown key " + shown_name(x) + "; a report has \"metrics\", \"step\" and \"failed\" only");
      if (x == "metrics" || x == "failed") meant_ = true;
      if (!keys_.insert(x).second) complain("key " + shown_name(x) + " is given twice");
    } else if (depth_ == 2 && in_metrics_) {
      for (const auto& v : values_)
        if (v.metric == x) complain("metric " + shown_name(x) + " is given twice");
      values_.push_back({x, 0, {}});
    } else if (depth_ == 3 && in_metrics_) {
      part_ = x;
      if (x != "value" && x != "stddev")
        complain("unknown key " + shown_name(x) + " in " + metric() + "; it has \"value\" and \"stddev\" only");
      if ((x == "value" && has_value_) || (x == "stddev" && values_.back().stddev))
        complain("key " + shown_name(x) + " is given twice in " + metric());
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token, const json::exception&) override {
    auto begin = stumbled_at(position, token);
    // The parser takes the n of nan for that of null, and stumbles one later.
    if (begin > 0 && line_.substr(begin - 1).starts_with("nan")) --begin;
    auto rest = line_.substr(std::min(begin, line_.size()));
    for (std::string_view name : {"NaN", "nan", "-nan", "Infinity", "-Infinity", "inf", "-inf"})
      if (rest.starts_with(name)) broken_ = place() + " is " + std::string(name) + ", not a finite number";
    if (broken_.empty() && line_.find('\'') != std::string_view::npos && rest.starts_with('\''))
      broken_ = "it is not JSON: names and texts stand in double quotes (in Python print json.dumps(…))";
    if (broken_.empty() && (rest.starts_with('-') || (!rest.empty() && rest[0] >= '0' && rest[0] <= '9')) && depth_ > 0)
      broken_ = place() + " is " + printable(token, longest_name) + ", not a finite number";
    if (broken_.empty()) broken_ = "it is not JSON from character " + std::to_string(begin + 1) + " on";
    return false;
  }

  /// Whether the keys seen say that this was meant as a report.
  bool meant() const { return meant_; }
  const std::string& broken() const { return broken_; }

  run_message message() {
    if (!problem_.empty()) return run_misreport{problem_};
    if (keys_.contains("failed")) {
      if (keys_.contains("metrics")) return run_misreport{"it has both \"metrics\" and \"failed\""};
      return run_failure{failure_.empty() ? "failed without a reason" : failure_};
    }
    if (values_.empty()) return run_misreport{"\"metrics\" is empty"};
    return run_report{step_, std::move(values_)};
  }

private:
  /// Where what cannot be read begins. The parser's token is that thing only when it is a number; else it may reach
  /// back over what was read well, and only its last character is wrong.
  static std::size_t stumbled_at(std::size_t position, std::string_view token) {
    bool number = !token.empty() && (token[0] == '-' || (token[0] >= '0' && token[0] <= '9')) &&
                  token.substr(0, token.size() - 1).find_first_not_of("+-.0123456789eE") == std::string_view::npos;
    return position - std::min<std::size_t>(position, number ? token.size() : 1);
  }

  bool number(double x) {
    if (depth_ == 1 && key_ == "step")
      step_ = x;
    else if (depth_ == 2 && in_metrics_)
      values_.back().value = x;
    else if (depth_ == 3 && in_metrics_)
      part(x);
    else
      return scalar(text::number(x));
    return true;
  }

  void part(double x) {
    if (part_ == "value") {
      values_.back().value = x;
      has_value_ = true;
    } else if (part_ == "stddev") {
      if (x < 0) complain("stddev of " + metric() + " is negative");
      values_.back().stddev = x;
    }
  }

  bool scalar(const std::string& what) {
    if (depth_ == 0) return true;  // a line that is no object is log
    if (depth_ == 1 && key_ == "metrics")
      complain("\"metrics\" is " + what + ", not an object of names and numbers");
    else if (depth_ == 1 && key_ == "failed")
      complain("\"failed\" is " + what + ", not the reason as text");
    else if (!(depth_ == 1 && stranger_))
      complain(place() + " is " + what + ", not a number");
    if (depth_ == 3 && part_ == "value") has_value_ = true;  // there is one, and it was complained about
    return true;
  }

  std::string metric() const { return "metric " + shown_name(values_.back().metric); }
  std::string place() const {
    if (in_metrics_ && depth_ >= 2 && !values_.empty())
      return (depth_ == 3 && part_ == "stddev" ? "stddev of " : "") + metric();
    return depth_ >= 1 ? shown_name(key_) : "it";
  }
  void complain(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }

  std::string_view line_;
  std::size_t depth_ = 0;
  std::string key_, part_;
  bool stranger_ = false, in_metrics_ = false, has_value_ = false, meant_ = false;
  std::set<std::string, std::less<>> keys_;
  std::optional<double> step_;
  std::vector<measurement> values_;
  std::string failure_, problem_, broken_;
};

bool names_a_report(std::string_view line) {
  for (std::string_view word : {R"("metrics")", R"("failed")", "'metrics'", "'failed'"})
    if (line.find(word) != std::string_view::npos) return true;
  return false;
}

/// {"loss": 0.3, "accuracy": 0.8}
bool is_values_alone(std::string_view line) {
  auto read = json::parse(line, nullptr, false);
  return read.is_object() && !read.empty() && std::ranges::all_of(read, [](const json& x) { return x.is_number(); });
}

run_misreport misreport(std::string_view line, const std::string& reason) {
  return {printable(line, longest_excerpt) + ": " + reason};
}

}  // namespace

std::optional<run_message> parse_run_output(std::string_view line) {
  constexpr std::string_view blank = " \t\r\n";
  auto begin = line.find_first_not_of(blank);
  if (begin == std::string_view::npos || line[begin] != '{') return {};
  line = line.substr(begin, line.find_last_not_of(blank) - begin + 1);

  report_reader reader(line);
  if (!json::sax_parse(line, &reader)) {
    if (!reader.meant() && !names_a_report(line)) return {};
    return misreport(line, reader.broken());
  }
  if (!reader.meant()) return {};
  auto said = reader.message();
  if (auto* m = std::get_if<run_misreport>(&said)) return misreport(line, m->reason);
  return said;
}

std::optional<run_misreport> near_miss(std::string_view line, bool cut) {
  auto begin = line.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  line = line.substr(begin, line.find_last_not_of(" \t\r\n") - begin + 1);
  for (std::string_view opening : {R"({"metrics")", R"({"failed")", R"({"step")"}) {
    auto at = line.find(opening);
    if (at == 0 && cut) return misreport(line, "the line is too long for a report");
    if (at != 0 && at != std::string_view::npos)
      return misreport(line, "a report is a line of its own, with nothing before it");
  }
  if (line.front() == '{' && !cut && is_values_alone(line))
    return misreport(line, "a report is {\"metrics\": {NAME: NUMBER}}");
  return {};
}

}  // namespace vilfredo::io
