#include "io/exposition.hpp"

#include <charconv>

namespace vilfredo::io {

namespace {

std::string number(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

void escape(std::string& out, std::string_view text, bool quotes) {
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += c;
  }
}

}  // namespace

void exposition::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  out_ += "# HELP " + name_ + " ";
  escape(out_, help, false);
  out_ += "\n# TYPE " + name_ + " ";
  out_ += type;
  out_ += '\n';
}

void exposition::line(std::string_view suffix, const labels& of, std::string_view bound, double value) {
  out_ += name_;
  out_ += suffix;
  char before = '{';
  auto label = [&](std::string_view name, std::string_view text) {
    out_ += std::exchange(before, ',');
    out_ += name;
    out_ += "=\"";
    escape(out_, text, true);
    out_ += '"';
  };
  for (const auto& [name, text] : of) label(name, text);
  if (!bound.empty()) label("le", bound);
  if (before == ',') out_ += '}';
  out_ += ' ';
  out_ += number(value);
  out_ += '\n';
}

void exposition::sample(double value, const labels& of) { line({}, of, {}, value); }

void exposition::sample(const histogram& values, const labels& of) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < values.counts().size(); ++i) {
    count += values.counts()[i];
    auto bound = i < values.bounds().size() ? number(values.bounds()[i]) : "+Inf";
    line("_bucket", of, bound, static_cast<double>(count));
  }
  line("_sum", of, {}, values.sum());
  line("_count", of, {}, static_cast<double>(count));
}

}  // namespace vilfredo::io
