#include "io/http/exchange.hpp"

#include <utility>

namespace vilfredo::http {

exchange::~exchange() {
  if (!answered_) to_->unanswered();
}

void exchange::answer(response what) {
  if (!answered_.exchange(true)) to_->answer(std::move(what));
}

std::shared_ptr<event_stream> exchange::stream(response head, std::string last_word) {
  if (answered_.exchange(true)) return nullptr;
  return to_->stream(std::move(head), std::move(last_word));
}

}  // namespace vilfredo::http
