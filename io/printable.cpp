#include "io/printable.hpp"

#include "io/json_text.hpp"

namespace vilfredo::io {

std::string printable(std::string_view text, std::size_t most) {
  bool cut = text.size() > most;
  if (cut) {
    // A character has at most four bytes, so its first is at most three before the cut.
    auto end = most;
    for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++back) --end;
    text = text.substr(0, end);
  }
  std::string out(text);
  for (auto bad = first_not_utf8(out); bad < out.size(); bad += first_not_utf8(std::string_view(out).substr(bad)))
    out[bad] = '?';
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  if (cut) out += "…";
  return out;
}

}  // namespace vilfredo::io
