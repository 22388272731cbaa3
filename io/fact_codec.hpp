#pragma once
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/events.hpp"

namespace vilfredo::io {

/// A fact's event as one JSON object, `{"event": "trial_issued", …}`, and back. Doubles read back bit for bit; NaN is
/// null, an infinity "inf" or "-inf". Strings come back whole even when they are not UTF-8. Old lines stay readable for
/// ever (tests/data/journal_v*.jsonl keeps one file a format version); what is not known is refused, for a newer
/// version wrote it. Sequence, time and request id are the store's columns, not part of the text.
std::string encode(const events::event& x);
result<events::event> decode(std::string_view text);

}  // namespace vilfredo::io
