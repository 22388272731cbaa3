#include "app/view/line.hpp"

#include "app/view/text.hpp"

namespace vilfredo::view {

namespace {
const char* code(tone t) {
  switch (t) {
  case tone::plain: return "";
  case tone::strong: return "\033[1m";
  case tone::faint: return "\033[2m";
  case tone::good: return "\033[32m";
  case tone::bad: return "\033[31m";
  case tone::warning: return "\033[33m";
  case tone::accent: return "\033[36m";
  }
  return "";
}
}  // namespace

std::string paint(const line& given, const style& how) {
  std::string out;
  auto x = given;
  while (!x.empty()) {
    auto& text = x.back().text;
    text.erase(text.find_last_not_of(' ') + 1);
    if (!text.empty()) break;
    x.pop_back();
  }
  std::size_t left = how.width;
  for (const auto& s : x) {
    auto text = printable(s.text);
    bool cut = false;
    if (how.width) {
      auto wanted = width(text);
      cut = wanted > left;
      if (cut) text = clip(text, left, how.unicode);
      left -= cut ? left : wanted;
    }
    if (how.color && s.tone != tone::plain && !text.empty())
      out += code(s.tone) + text + "\033[0m";
    else
      out += text;
    if (cut) break;
  }
  return out;
}

std::string paint(const lines& x, const style& how) {
  std::string out;
  for (const auto& l : x) out += paint(l, how) + "\n";
  return out;
}

}  // namespace vilfredo::view
