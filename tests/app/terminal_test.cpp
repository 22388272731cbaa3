#include "app/terminal.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

using namespace vilfredo;
using namespace vilfredo::app;

namespace {
/// A terminal of a given size: what is written to `inner` can be read from `outer`.
struct pseudo_terminal {
  int outer = posix_openpt(O_RDWR | O_NOCTTY), inner = -1;
  pseudo_terminal(unsigned short columns, unsigned short rows) {
    REQUIRE(outer >= 0);
    REQUIRE(grantpt(outer) == 0);
    REQUIRE(unlockpt(outer) == 0);
    inner = open(ptsname(outer), O_RDWR | O_NOCTTY);
    REQUIRE(inner >= 0);
    winsize size{rows, columns, 0, 0};
    REQUIRE(ioctl(inner, TIOCSWINSZ, &size) == 0);
  }
  ~pseudo_terminal() {
    close(inner);
    close(outer);
  }
  std::string written() const {
    char text[65536];
    auto n = read(outer, text, sizeof text);
    return {text, n > 0 ? static_cast<std::size_t>(n) : 0};
  }
};
}  // namespace

TEST_CASE("a terminal has its size and colours, unless NO_COLOR says otherwise") {
  pseudo_terminal t(40, 12);
  unsetenv("NO_COLOR");
  setenv("TERM", "xterm", 1);
  auto how = style_of(t.inner);
  CHECK(how.width == 40);
  CHECK(how.height == 12);
  CHECK(how.color);
  setenv("NO_COLOR", "1", 1);
  CHECK(!style_of(t.inner).color);
  unsetenv("NO_COLOR");
}

TEST_CASE("a pipe has neither width nor colours") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  auto how = style_of(ends[1]);
  CHECK(how.width == 0);
  CHECK(!how.color);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a frame is drawn over the one before and leaves the cursor as it was") {
  pseudo_terminal t(40, 12);
  live_area area(t.inner);
  view::style how{40, 12, false, true};
  area.draw({{{"one"}}, {{"two"}}}, how);
  auto first = t.written();
  CHECK(first.find("one\033[K") != std::string::npos);
  CHECK(first.ends_with("\033[J\033[?7h\033[?25h"));
  area.draw({{{"three"}}}, how);
  CHECK(t.written().find("\033[2A") != std::string::npos);
  area.resized();
  area.draw({{{"four"}}}, how);
  CHECK(t.written().find("\033[H\033[2J") != std::string::npos);
  area.clear();
  CHECK(t.written() == "\r\033[1A\033[J");
}

TEST_CASE("a frame is never higher than the terminal") {
  pseudo_terminal t(40, 3);
  live_area area(t.inner);
  area.draw(view::lines(10, view::line{{"x"}}), {40, 3, false, true});
  auto text = t.written();
  CHECK(std::count(text.begin(), text.end(), 'x') == 2);
}
