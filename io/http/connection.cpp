#include "io/http/connection.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/error.hpp>

namespace vilfredo::http {

namespace {
constexpr std::size_t small_piece = 4 * 1024, large_piece = 64 * 1024;
/// Shorter bodies take no more than their connections do, and always find room.
constexpr std::size_t long_body = 64 * 1024;
/// Of what a client sends after its last answer, even if bodies must be shorter.
constexpr std::size_t least_drop = 8 * 1024 * 1024;
}  // namespace

connection::connection(std::shared_ptr<loop> on, std::shared_ptr<service> of, std::unique_ptr<transport> over,
                       std::string peer)
    : loop_(std::move(on)),
      service_(std::move(of)),
      transport_(std::move(over)),
      peer_(std::move(peer)),
      scanner_(service_->how.within) {}

void connection::begin(bool welcome) {
  loop_->connections.insert(shared_from_this());
  if (service_->stopping) return close();
  // Connections cost who opens them nothing. Whoever holds them all and asks nothing must not keep the others out.
  if (!welcome) welcome = loop_->make_room();
  wait_last();
  expect_within(service_->how.within.header_time);
  transport_->open([self = shared_from_this(), welcome](transport::fault failed) { self->opened(failed, welcome); });
}

void connection::opened(transport::fault failed, bool welcome) {
  if (now_ == state::closed) return;
  if (failed == boost::system::errc::protocol_not_supported)
    return refuse(400, "this port speaks HTTP with TLS: use https:// instead of http://");
  if (failed) {
    if (failed != boost::asio::error::eof) {
      ++service_->handshakes_failed;
      say(notice::severity::info, "the TLS handshake failed (" + failed.message() + ")");
    }
    return close();
  }
  if (!welcome) {
    ++service_->connections_over;
    return refuse(503, "this server has as many connections open as it takes, " +
                           std::to_string(service_->how.within.connections) + ": try again later");
  }
  next_request();
}

void connection::keep_reading() {
  if (reading_ || ended_) return;
  if (now_ == state::lingering || now_ == state::closed || now_ == state::continuing) return;
  // Requests that come early wait here up to this, then in the socket.
  const bool busy = now_ != state::head && now_ != state::body;
  if (busy && in_.size() >= small_piece) return;
  reading_ = true;
  const bool more = now_ == state::body && (request_->chunked || request_->length > small_piece);
  // Most connections wait most of the time: what a long body took is not kept for the next.
  if (!more && piece_.capacity() > small_piece) piece_ = std::vector<char>();
  piece_.resize(more ? large_piece : small_piece);
  transport_->read(
      boost::asio::buffer(piece_),
      [self = shared_from_this()](transport::fault failed, std::size_t count) { self->was_read(failed, count); });
}

void connection::was_read(transport::fault failed, std::size_t count) {
  reading_ = false;
  if (now_ == state::closed || now_ == state::lingering) return;
  if (failed == boost::asio::error::eof) return other_side_ended();
  if (failed) return close();
  service_->bytes_read += count;
  in_.append(piece_.data(), count);
  if (now_ == state::head) return read_head();
  if (now_ == state::body) return read_body();
  keep_reading();
}

void connection::other_side_ended() {
  ended_ = true;
  if (now_ == state::head && !begun_) return linger();
  if (now_ == state::head || now_ == state::body) return refuse(400, "the connection ended within a request");
  // Half closed, it may still want the answer that is under way, but need not wait for it.
  if (presence_) presence_->leave();
  // A stream has no other end than this.
  if (now_ == state::streaming) close();
}

void connection::read_head() {
  auto found = scanner_.scan(in_);
  if (auto* fault = std::get_if<refusal>(&found)) return refuse(fault->status, fault->message);
  const auto size = std::get<0>(found);
  if (!size) {
    if (!begun_ && !in_.empty()) {
      begun_ = true;
      expect_within(service_->how.within.header_time);
    }
    if (ended_) return other_side_ended();
    return keep_reading();
  }
  begun_ = true;
  auto read = parse_head(std::string_view(in_).substr(0, *size), service_->how.within);
  if (auto* fault = std::get_if<refusal>(&read)) return refuse(fault->status, fault->message);
  in_.erase(0, *size);
  request_ = std::get<head>(std::move(read));
  http_10_ = request_->http_10;
  keep_alive_ = request_->keep_alive;
  takes_gzip_ = request_->takes_gzip;
  only_head_ = request_->what.method == "HEAD";
  decoder_.emplace(*request_, service_->how.within);
  admitted_ = false;
  now_ = state::body;
  expect_within(service_->how.within.body_time);
  read_body();
}

void connection::read_body() {
  auto taken = decoder_->feed(in_, request_->what.body);
  if (auto* fault = std::get_if<refusal>(&taken)) return refuse(fault->status, fault->message);
  in_.erase(0, std::get<0>(taken));
  if (auto instead = turned_away(std::get<0>(taken))) return answer_last(*std::move(instead));
  if (auto full = make_room()) return refuse(full->status, full->message);
  if (decoder_->done()) return hand_over();
  if (ended_) return other_side_ended();
  // A client that sent some of its body does not wait to be told.
  if (std::exchange(request_->expects_continue, false) && std::get<0>(taken) == 0) return send_continue();
  keep_reading();
}

/// What the gate says, once, of a body that is long or waits to be asked for.
std::optional<response> connection::turned_away(std::size_t taken) {
  if (admitted_ || decoder_->done() || !service_->admit) return std::nullopt;
  const bool waits = request_->expects_continue && taken == 0;
  if (!waits && request_->length <= brief_body && request_->what.body.size() <= brief_body) return std::nullopt;
  admitted_ = true;
  request_->what.peer = peer_;
  return service_->admit(request_->what);
}

/// Strangers may send bodies, too: all connections together hold no more of them than memory was meant for.
std::optional<refusal> connection::make_room() {
  const auto size = request_->what.body.size();
  if (size <= long_body) return std::nullopt;
  const auto more = size - body_held_;
  body_held_ = size;
  const auto most = service_->how.within.bodies_bytes;
  if ((service_->bodies_held += more) <= most) return std::nullopt;
  return refusal{503, "this server holds as much of requests' bodies as it takes, " + std::to_string(most) +
                          " bytes: try again later"};
}

void connection::let_body_go() { service_->bodies_held -= std::exchange(body_held_, 0); }

void connection::send_continue() {
  now_ = state::continuing;
  out_head_ = "HTTP/1.1 100 Continue\r\n\r\n";
  transport_->write({boost::asio::buffer(out_head_), {}},
                    [self = shared_from_this()](transport::fault failed, std::size_t) {
                      if (self->now_ != state::continuing) return;
                      if (failed) return self->close();
                      self->now_ = state::body;
                      self->read_body();
                    });
}

void connection::wait_last() {
  loop_->waiting.splice(loop_->waiting.end(), place_.empty() ? loop_->waiting : place_, own_place_);
}

void connection::wait_no_more() {
  if (place_.empty()) place_.splice(place_.begin(), loop_->waiting, own_place_);
}

void connection::hand_over() {
  now_ = state::handling;
  wait_no_more();
  expect_nothing();
  ++service_->requests;
  auto what = std::move(request_->what);
  what.peer = peer_;
  what.secure = service_->how.tls.has_value();
  what.presence = presence_ = std::make_shared<presence>();
  request_.reset();
  auto handed = std::make_shared<exchange>(std::move(what), shared_from_this());
  try {
    service_->handle(std::move(handed));
  } catch (const std::exception& thrown) {
    say(notice::severity::warning, std::string("a request was given up: ") + thrown.what());
  }
  if (service_->stopping)
    if (auto asker = presence_) asker->leave();
  keep_reading();
}

void connection::refuse(int status, const std::string& why) {
  ++service_->refused;
  say(notice::severity::info, std::to_string(status) + ": " + why);
  auto what = service_->shape(status, why);
  what.status = status;
  answer_last(std::move(what));
}

/// To a client whose request was not read to its end: where the next one would begin is unknown.
void connection::answer_last(response what) {
  keep_alive_ = false;
  request_.reset();
  let_body_go();
  write_answer(std::move(what));
}

void connection::next_request() {
  now_ = state::head;
  begun_ = http_10_ = only_head_ = false;
  scanner_.restart();
  wait_last();
  if (in_.empty() && in_.capacity() > small_piece) std::string().swap(in_);  // assigned to, it would keep its room
  if (in_.empty() && service_->stopping) return linger();
  expect_within(service_->how.within.idle_time);
  read_head();
}

void connection::linger() {
  now_ = state::lingering;
  // Who holds a place for no request gives it to others.
  wait_last();
  const auto& within = service_->how.within;
  expect_within(within.linger_time);
  left_to_drop_ = std::max(within.body_bytes, least_drop);
  drop_until_ = std::chrono::steady_clock::now() + within.body_time;
  transport_->finish([self = shared_from_this()](std::size_t count) { self->dropped(count); },
                     [self = shared_from_this()] { self->close(); });
}

/// A client that sends on is waited for as long as bytes come, for most read an answer only after they have sent all:
/// but for no more of them than a body has, and no longer than one may take.
void connection::dropped(std::size_t count) {
  if (now_ != state::lingering) return;
  service_->bytes_read += count;
  if (count >= left_to_drop_) return close();
  left_to_drop_ -= count;
  expect_within(service_->how.within.linger_time);
  deadline_ = std::min(deadline_, drop_until_);
}

void connection::wind_up() {
  if (now_ == state::opening) return close();
  if (now_ == state::head && !begun_) return linger();
  if (now_ == state::streaming) stream_->close();
  // Whoever waits for something to happen is answered now, with what there is.
  if (auto asker = presence_) asker->leave();
}

void connection::check(std::chrono::steady_clock::time_point now) {
  if (!is_late(now)) return;
  const auto& within = service_->how.within;
  if (now_ == state::head && begun_)
    return refuse(408, "the request's headers did not arrive within " + in_words(within.header_time));
  if (now_ == state::body) return refuse(408, "the request's body did not arrive within " + in_words(within.body_time));
  if (now_ == state::head) return linger();
  dropped_ = now_ == state::streaming;
  if (now_ == state::writing || now_ == state::streaming)
    say(notice::severity::info, "the client took nothing of its answer for " + in_words(within.write_time));
  close();
}

void connection::give_way() {
  ++service_->connections_over;
  say(notice::severity::info, "this connection waited longest for a request when another needed its place");
  close();
}

void connection::close() {
  if (std::exchange(now_, state::closed) == state::closed) return;
  const auto self = shared_from_this();
  expect_nothing();
  wait_no_more();
  if (auto asker = std::exchange(presence_, nullptr)) asker->leave();
  transport_->close();
  let_body_go();
  if (stream_) {
    --service_->streams_open;
    if (dropped_) ++service_->streams_dropped;
    std::exchange(stream_, nullptr)->lose();
  }
  loop_->connections.erase(self);
  service_->connection_closed();
}

void connection::say(notice::severity weight, const std::string& what) {
  service_->tell({weight, peer_ + ": " + what});
}

}  // namespace vilfredo::http
