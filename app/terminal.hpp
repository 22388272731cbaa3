#pragma once
#include <string>
#include <string_view>

#include "app/view/line.hpp"

/// The one place that knows terminals, locale and colours.
namespace vilfredo::app {

/// What the output `descriptor` can show: width and height of a terminal (none elsewhere), colours unless NO_COLOR is
/// set or TERM is dumb, Unicode where the locale speaks UTF-8.
view::style style_of(int descriptor);
bool is_terminal(int descriptor);

/// Writes all of it; false when the other end is gone.
bool write_all(int descriptor, std::string_view text);

/// An area of a terminal that is drawn again and again in the same place. Nothing needs restoring afterwards: the
/// cursor is hidden and lines are unwrapped only within a frame, so even a killed program leaves a sane terminal.
class live_area {
public:
  explicit live_area(int descriptor) : descriptor_(descriptor) {}
  void draw(const view::lines& x, const view::style& how);
  /// Takes the area away, so that what is printed next stands in its place.
  void clear();
  /// The terminal has another size: its lines may have moved, so the next frame begins on an empty screen.
  void resized() { start_over_ = true; }

private:
  int descriptor_;
  std::size_t drawn_ = 0;
  bool start_over_ = false;
};

}  // namespace vilfredo::app
