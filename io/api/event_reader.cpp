#include "io/api/event_reader.hpp"

#include <nlohmann/json.hpp>

#include "io/api/redacted.hpp"
#include "io/fact_codec.hpp"

namespace vilfredo::api {

std::string event_text(const fact& x) {
  auto sequence = std::to_string(x.sequence);
  // The codec writes one line without line ends, an object that is not empty.
  auto body = io::encode(x.what);
  return "id: " + sequence + "\ndata: {\"sequence\":" + sequence +
         ",\"at\":" + std::to_string(x.at.time_since_epoch().count()) + "," + body.substr(1) + "\n\n";
}

std::string dropped_text(const std::string& reason) {
  return "event: dropped\ndata: " + nlohmann::json{{"reason", reason}}.dump() + "\n\n";
}

event_reader::event_reader(orchestra& house, const executor& resume, options how,
                           std::shared_ptr<http::event_stream> to)
    : house_(house),
      resume_(resume),
      how_(std::move(how)),
      stream_(std::move(to)),
      position_(how_.after),
      known_(how_.known),
      state_at_(how_.known),
      state_(how_.state) {}

bool event_reader::hear(const fresh_events& news) {
  std::unique_lock hold(mutex_);
  const auto last = news.first + news.texts.size() - 1;
  if (last <= known_) return true;
  known_ = state_at_ = last;
  state_ = news.state;
  if (catching_up_) return true;
  if (news.first > position_ + 1) {
    // Whoever tells the news has missed some.
    catching_up_ = true;
    hold.unlock();
    ask_page();
    return true;
  }
  for (std::size_t i = 0; i < news.texts.size(); ++i) {
    if (news.first + i <= position_) continue;
    if (!stream_->send(news.texts[i])) return false;
    position_ = news.first + i;
  }
  return tell_state();
}

bool event_reader::beat(time_point now) {
  std::lock_guard hold(mutex_);
  if (how_.welcome(now)) return stream_->send(": still here\n\n");
  end("this token does not open anything any more");
  return false;
}

void event_reader::ask_page() {
  std::uint64_t after;
  {
    std::lock_guard hold(mutex_);
    after = position_;
  }
  house_.facts_after(how_.experiment, after, page,
                     [self = shared_from_this()](result<std::shared_ptr<const std::vector<fact>>> got) {
                       self->resume_([self, got = std::move(got)] { self->page_came(got); });
                     });
}

void event_reader::page_came(result<std::shared_ptr<const std::vector<fact>>> what) {
  {
    std::lock_guard hold(mutex_);
    if (!what) return end(what.error().message);
    for (const auto& x : **what) waiting_.emplace_back(x.sequence, event_text(how_.redact ? redacted(x) : x));
    last_page_ = (*what)->size() < page;
  }
  go_on();
}

void event_reader::go_on() {
  {
    std::lock_guard hold(mutex_);
    if (!send_what_waits()) return;
    if (last_page_ && position_ >= known_) {
      catching_up_ = false;
      tell_state();
      return;
    }
  }
  ask_page();
}

/// False: not yet, or nobody reads this any more.
bool event_reader::send_what_waits() {
  while (!waiting_.empty()) {
    if (!stream_->empty_or([self = shared_from_this()] { self->go_on(); })) return false;
    std::string piece;
    while (!waiting_.empty() && (piece.empty() || piece.size() + waiting_.front().second.size() <= piece_bytes)) {
      position_ = waiting_.front().first;
      piece += waiting_.front().second;
      waiting_.pop_front();
    }
    if (!stream_->send(std::move(piece))) return false;
  }
  return true;
}

bool event_reader::tell_state() {
  if (told_ == state_ || position_ < state_at_) return true;
  told_ = state_;
  return stream_->send("event: state\ndata: {\"state\":\"" + std::string(to_string(state_)) + "\"}\n\n");
}

void event_reader::end(const std::string& reason) {
  stream_->send(dropped_text(reason));
  stream_->close();
}

}  // namespace vilfredo::api
