// How a connection answers: whole or as a stream. connection.cpp has the rest of its life.
#include "io/http/connection.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "io/http/characters.hpp"
#include "io/http/response_head.hpp"

namespace vilfredo::http {

namespace {
/// What a client takes between two looks at the clock.
constexpr std::size_t write_piece = 256 * 1024;
/// Up to this, copying a body behind its head costs less than gathering the two.
constexpr std::size_t copied_body = 8 * 1024;

bool has_header(const response& in, std::string_view name) {
  auto in_one = [&](const fields& all) {
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return is_name(each.first, name); });
  };
  return in_one(in.headers) || (in.standing && in_one(in.standing->all()));
}
}  // namespace

void connection::answer(response what) {
  // Weak, because what is posted after the server stopped stays in the loop for ever, and the connection holds the
  // loop.
  boost::asio::dispatch(loop_->context, [weak = weak_from_this(), what = std::move(what)]() mutable {
    if (auto self = weak.lock()) self->answered(std::move(what));
  });
}

void connection::unanswered() {
  boost::asio::dispatch(loop_->context, [weak = weak_from_this()] {
    if (auto self = weak.lock())
      self->answered(
          self->service_->shape(500, "the server gave this request up without an answer: this is its fault"));
  });
}

void connection::answered(response what) {
  if (now_ != state::handling) return;
  presence_.reset();
  // Before the client can know that it has its answer, and send the next body.
  let_body_go();
  const bool compressible = has_body(what.status) && what.body.size() >= service_->how.gzip_from_bytes &&
                            !has_header(what, "content-encoding");
  if (compressible && !has_header(what, "vary")) what.headers.emplace_back("Vary", "Accept-Encoding");
  if (!compressible || !takes_gzip_ || only_head_) return write_answer(std::move(what));
  what.headers.emplace_back("Content-Encoding", "gzip");
  now_ = state::compressing;
  auto by = std::make_shared<gzip>(std::move(what.body));
  compress(std::move(by), std::move(what));
}

void connection::compress(std::shared_ptr<gzip> by, response what) {
  if (now_ != state::compressing) return;
  if (by->go_on()) {
    what.body = by->take();
    return write_answer(std::move(what));
  }
  // Others first.
  boost::asio::post(loop_->context, [self = shared_from_this(), by = std::move(by), what = std::move(what)]() mutable {
    self->compress(std::move(by), std::move(what));
  });
}

void connection::write_answer(response what) {
  if (service_->stopping || (ended_ && in_.empty())) keep_alive_ = false;
  auto head =
      response_head(what, {.length = what.body.size(), .keep_alive = keep_alive_, .http_10 = http_10_}, loop_->date());
  if (only_head_ || !has_body(what.status)) what.body.clear();
  now_ = state::writing;
  write(std::move(head), std::move(what.body));
}

void connection::write(std::string head, std::string body) {
  out_head_ = std::move(head);
  out_body_ = std::move(body);
  if (out_body_.size() <= copied_body) out_head_ += std::exchange(out_body_, {});
  written_ = 0;
  writing_ = true;
  write_on();
}

void connection::write_on() {
  expect_within(service_->how.within.write_time);
  const auto some = std::min(write_piece, out_body_.size() - written_);
  const transport::pieces pieces{boost::asio::buffer(out_head_),
                                 boost::asio::buffer(out_body_.data() + written_, some)};
  written_ += some;
  transport_->write(
      pieces, [self = shared_from_this()](transport::fault failed, std::size_t count) { self->wrote(failed, count); });
}

void connection::wrote(transport::fault failed, std::size_t count) {
  service_->bytes_written += count;
  if (now_ == state::closed) return;
  if (failed) return close();
  // Not cleared or assigned an empty one, after which it keeps its room for as long as the connection is idle.
  std::string().swap(out_head_);
  if (written_ < out_body_.size()) return write_on();
  std::string().swap(out_body_);
  writing_ = false;
  if (now_ == state::streaming) return pump();
  answer_written();
}

std::shared_ptr<event_stream> connection::stream(response head, std::string last_word) {
  // http_10_ stays as it is while a request is handled, and after.
  event_stream::options how{service_->how.within.stream_bytes, !http_10_, std::move(last_word)};
  auto made = std::make_shared<event_stream>(std::move(how), [weak = weak_from_this()] {
    auto held = weak.lock();
    if (!held) return;
    boost::asio::post(held->loop_->context, [weak] {
      if (auto self = weak.lock()) self->pump();
    });
  });
  boost::asio::dispatch(loop_->context, [weak = weak_from_this(), head = std::move(head), made] {
    auto self = weak.lock();
    self ? self->begin_stream(head, made) : made->lose();
  });
  return {made.get(), [made](event_stream* ended) { ended->close(); }};
}

void connection::begin_stream(const response& head, std::shared_ptr<event_stream> what) {
  if (now_ != state::handling || (ended_ && in_.empty())) {
    what->lose();
    if (now_ == state::handling) linger();
    return;
  }
  let_body_go();
  ++service_->streams;
  if (service_->stopping || http_10_) keep_alive_ = false;
  auto text = response_head(
      head, {.length = std::nullopt, .chunked = !http_10_, .keep_alive = keep_alive_, .http_10 = http_10_},
      loop_->date());
  if (only_head_ || !has_body(head.status)) {
    what->lose();
    now_ = state::writing;
    return write(std::move(text), {});
  }
  ++service_->streams_open;
  stream_ = std::move(what);
  last_batch_ = dropped_ = false;
  now_ = state::streaming;
  write(std::move(text), {});
  if (service_->stopping) stream_->close();
}

void connection::pump() {
  if (now_ != state::streaming || writing_) return;
  if (last_batch_) {
    --service_->streams_open;
    if (dropped_) {
      ++service_->streams_dropped;
      say(notice::severity::info, "a reader of an event stream was dropped because it was too slow");
      keep_alive_ = false;
    }
    std::exchange(stream_, nullptr)->lose();
    return answer_written();
  }
  auto batch = stream_->take();
  last_batch_ = batch.last;
  dropped_ = batch.dropped;
  if (!batch.bytes.empty()) return write({}, std::move(batch.bytes));
  expect_nothing();
  if (last_batch_) pump();
}

void connection::answer_written() {
  ++service_->answers;
  if (!keep_alive_) return linger();
  next_request();
}

}  // namespace vilfredo::http
