#include "app/view/text.hpp"

#include <clocale>
#include <cwchar>

namespace vilfredo::view {

namespace {

/// The calling thread speaks UTF-8 while this lives, whatever the user's locale is: job files are UTF-8.
class utf8_locale {
public:
  utf8_locale() : before_(uselocale(shared())) {}
  ~utf8_locale() { uselocale(before_); }
  utf8_locale(const utf8_locale&) = delete;
  utf8_locale& operator=(const utf8_locale&) = delete;

private:
  static locale_t shared() {
    static locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made ? made : LC_GLOBAL_LOCALE;
  }
  locale_t before_;
};

struct piece {
  std::size_t bytes = 1;
  std::size_t columns = 1;
  bool shown = false;  ///< false: a terminal must not get it
};

/// Calls `each` with the pieces of the text, one a character, until it returns false.
template <class F>
void walk(std::string_view text, F each) {
  utf8_locale speaking;
  std::mbstate_t state{};
  while (!text.empty()) {
    piece p;
    wchar_t c = 0;
    auto read = std::mbrtowc(&c, text.data(), text.size(), &state);
    if (read == static_cast<std::size_t>(-1) || read == static_cast<std::size_t>(-2)) {
      state = {};
    } else if (read > 0) {
      p.bytes = read;
      if (auto columns = wcwidth(c); columns >= 0) {
        p.columns = static_cast<std::size_t>(columns);
        p.shown = true;
      }
    }
    if (!each(text.substr(0, p.bytes), p)) return;
    text.remove_prefix(p.bytes);
  }
}

}  // namespace

std::size_t width(std::string_view text) {
  std::size_t out = 0;
  walk(text, [&](std::string_view, const piece& p) {
    out += p.columns;
    return true;
  });
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  walk(text, [&](std::string_view bytes, const piece& p) {
    if (p.shown)
      out += bytes;
    else
      out += '?';
    return true;
  });
  return out;
}

std::string clip(std::string_view text, std::size_t columns, bool unicode) {
  if (width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string out;
  std::size_t used = 0;
  walk(text, [&](std::string_view bytes, const piece& p) {
    if (used + p.columns > columns - 1) return false;
    used += p.columns;
    out += bytes;
    return true;
  });
  return out + (unicode ? "…" : "~");
}

std::string pad_right(std::string text, std::size_t columns) {
  auto w = width(text);
  if (w < columns) text.append(columns - w, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t columns) {
  auto w = width(text);
  if (w < columns) text.insert(0, columns - w, ' ');
  return text;
}

}  // namespace vilfredo::view
