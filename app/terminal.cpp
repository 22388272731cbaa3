#include "app/terminal.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>

namespace vilfredo::app {

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

view::style style_of(int descriptor) {
  view::style out;
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string_view(value ? value : "");
  };
  std::setlocale(LC_CTYPE, "");
  out.unicode = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  if (!is_terminal(descriptor)) {
    // Files and pipes are read by programs that speak UTF-8 whatever the locale says.
    out.unicode = true;
    return out;
  }
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    out.width = size.ws_col;
    out.height = size.ws_row;
  } else {
    out.width = 80;
    out.height = 24;
  }
  out.color = variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return out;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    auto n = write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void live_area::draw(const view::lines& x, const view::style& how) {
  std::string out = "\033[?25l\033[?7l";
  if (start_over_)
    out += "\033[H\033[2J";
  else if (drawn_ > 0)
    out += "\r\033[" + std::to_string(drawn_) + "A";
  start_over_ = false;
  // The cursor rests on the line below the area, so the area may be one line less than the terminal.
  drawn_ = 0;
  for (const auto& l : x) {
    if (how.height && drawn_ + 1 >= how.height) break;
    out += view::paint(l, how) + "\033[K\r\n";
    ++drawn_;
  }
  out += "\033[J\033[?7h\033[?25h";
  write_all(descriptor_, out);
}

void live_area::clear() {
  if (drawn_ == 0) return;
  write_all(descriptor_, "\r\033[" + std::to_string(drawn_) + "A\033[J");
  drawn_ = 0;
}

}  // namespace vilfredo::app
