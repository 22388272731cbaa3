#include "io/http/event_stream.hpp"

#include <utility>

#include "io/http/response_head.hpp"

namespace vilfredo::http {

event_stream::event_stream(options how, std::function<void()> wake) : how_(std::move(how)), wake_(std::move(wake)) {}

bool event_stream::send(std::string piece) {
  if (how_.chunked) piece = chunk(piece);
  bool taken = true, wake;
  {
    std::lock_guard hold(mutex_);
    if (closed_ || dropped_ || gone_) return false;
    if (!waiting_.empty() && waiting_.size() + piece.size() > how_.most_bytes) {
      dropped_ = true;
      taken = false;
      waiting_ = how_.chunked ? chunk(how_.last_word) : how_.last_word;
    } else {
      waiting_ += piece;
    }
    wake = !std::exchange(woken_, true);
  }
  if (wake) wake_();
  return taken;
}

bool event_stream::empty_or(std::function<void()> later) {
  std::lock_guard hold(mutex_);
  if (closed_ || dropped_ || gone_) return false;
  if (waiting_.empty()) return true;
  empty_call_ = std::move(later);
  return false;
}

void event_stream::close() {
  {
    std::lock_guard hold(mutex_);
    if (closed_ || dropped_ || gone_) return;
    closed_ = true;
    if (std::exchange(woken_, true)) return;
  }
  wake_();
}

void event_stream::on_gone(std::function<void()> call) {
  {
    std::lock_guard hold(mutex_);
    if (closed_) return;
    if (!gone_) {
      gone_call_ = std::move(call);
      return;
    }
  }
  call();
}

event_stream::batch event_stream::take() {
  std::function<void()> call;
  batch out;
  {
    std::lock_guard hold(mutex_);
    woken_ = false;
    out = {std::exchange(waiting_, {}), closed_ || dropped_, dropped_};
    if (out.last && how_.chunked) out.bytes += last_chunk;
    call = std::exchange(empty_call_, nullptr);
    if (out.last) call = nullptr;
  }
  if (call) call();
  return out;
}

void event_stream::lose() {
  std::function<void()> call;
  {
    std::lock_guard hold(mutex_);
    if (gone_) return;
    gone_ = true;
    waiting_.clear();
    if (!closed_) call = std::move(gone_call_);
    gone_call_ = empty_call_ = nullptr;
  }
  if (call) call();
}

}  // namespace vilfredo::http
