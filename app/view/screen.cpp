#include "app/view/screen.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/view/number.hpp"
#include "app/view/text.hpp"

namespace vilfredo::view {

namespace {

constexpr std::size_t most_reasons = 3, most_news = 3;

lines head(const screen& x, const style& how) {
  lines out{{{x.title, tone::strong}}};
  auto counts =
      x.budget ? std::to_string(x.ended) + "/" + std::to_string(*x.budget) : std::to_string(x.ended) + " ended";
  line second;
  if (x.budget && *x.budget > 0) {
    auto room = how.width ? std::clamp<std::size_t>(how.width / 3, 10, 40) : 40;
    auto share = static_cast<double>(x.ended) / static_cast<double>(*x.budget);
    second.push_back({bar(share, room, how.unicode), tone::accent});
    second.push_back({" "});
  }
  second.push_back({counts, tone::strong});
  if (x.stopped) {
    auto text = "  " + std::to_string(x.stopped) + " stopped early";
    if (x.steps_saved) text += " (" + brief(std::round(*x.steps_saved * 100)) + " % of steps saved)";
    second.push_back({std::move(text)});
  }
  if (x.paused) second.push_back({"  " + std::to_string(x.paused) + " paused"});
  if (x.failed) second.push_back({"  " + std::to_string(x.failed) + " failed", tone::bad});
  out.push_back(std::move(second));
  std::string times = brief(x.elapsed);
  if (x.per_minute) times += "  " + brief(std::round(*x.per_minute * 10) / 10) + " trials/min";
  if (x.left) times += std::string("  ") + (how.unicode ? "≈ " : "~ ") + brief(*x.left) + " left";
  line third{{std::move(times), tone::faint}};
  if (x.stage == screen::phase::draining)
    third.push_back({"  waiting for the running trials (Ctrl-C: stop them)", tone::warning});
  if (x.stage == screen::phase::halting)
    third.push_back({"  stopping the running trials (Ctrl-C: kill them)", tone::warning});
  out.push_back(std::move(third));
  return out;
}

/// A title and a table below it, of at most `room` lines with the empty one before; nothing when that is too few.
void add_section(lines& out, std::string title, table what, std::size_t room, const style& how) {
  constexpr std::size_t frame = 3;  // the empty line, the title, the heading
  if (what.rows.empty() || room < frame + 1) return;
  auto fit = room - frame;
  if (what.rows.size() > fit) {
    title += ", " + std::to_string(what.rows.size() - fit) + " more not shown";
    what.rows.resize(fit);
  }
  out.push_back({});
  out.push_back({{std::move(title), tone::strong}});
  auto inner = how;
  if (inner.width > 2) inner.width -= 2;
  for (auto& l : render(what, inner)) {
    l.insert(l.begin(), {"  "});
    out.push_back(std::move(l));
  }
}

table running_table(const screen& x) {
  table out{{{"trial", true}, {"for", true}, {"last report", false}, {"assignments", false}}, {}};
  for (const auto& r : x.running)
    out.rows.push_back({{r.trial, tone::accent}, {brief(r.age)}, {r.report}, {r.assignments, tone::faint}});
  return out;
}

}  // namespace

std::string bar(double share, std::size_t columns, bool unicode) {
  share = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  if (!unicode) {
    auto full = static_cast<std::size_t>(share * static_cast<double>(columns));
    return std::string(full, '#') + std::string(columns - full, '.');
  }
  static constexpr std::array<const char*, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  auto eighths = static_cast<std::size_t>(share * static_cast<double>(columns * 8));
  std::string out;
  std::size_t used = eighths / 8;
  for (std::size_t i = 0; i < used; ++i) out += "█";
  if (eighths % 8) {
    out += parts[eighths % 8];
    ++used;
  }
  for (; used < columns; ++used) out += "░";
  return out;
}

lines render(const screen& x, const style& how) {
  auto out = head(x, how);
  const std::size_t height = how.height ? how.height : 1000;
  auto reasons = std::min(x.failures.size(), most_reasons);
  auto news = std::min(x.news.size(), most_news);
  auto foot = (reasons ? reasons + 1 : 0) + (news ? news + 1 : 0);
  if (out.size() + foot > height) foot = reasons = news = 0;
  auto room = height - std::min(height, out.size() + foot);
  // The running trials get what they need up to half the room, more when the front leaves some.
  auto wanted_front = x.front.rows.empty() ? 0 : x.front.rows.size() + 3;
  auto wanted_running = x.running.empty() ? 0 : x.running.size() + 3;
  auto for_running = std::min(wanted_running, std::max(room / 2, room - std::min(room, wanted_front)));
  add_section(out, "Running", running_table(x), for_running, how);
  auto used = out.size() + foot;
  add_section(out, x.front_title, x.front, height - std::min(height, used), how);
  if (reasons) {
    out.push_back({});
    for (std::size_t i = 0; i < reasons; ++i)
      out.push_back(
          {{std::to_string(x.failures[i].second) + (how.unicode ? " × " : " x "), tone::bad}, {x.failures[i].first}});
  }
  if (news) {
    out.push_back({});
    for (auto i = x.news.size() - news; i < x.news.size(); ++i) out.push_back({{x.news[i], tone::warning}});
  }
  if (out.size() > height) out.resize(height);
  return out;
}

}  // namespace vilfredo::view
