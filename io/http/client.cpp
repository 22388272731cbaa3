#include "io/http/client.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "io/http/characters.hpp"
#include "io/http/limits.hpp"
#include "io/http/tls_files.hpp"

namespace vilfredo::http {

namespace {
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using fault = boost::system::error_code;
using wire_request = beast::http::request<beast::http::string_body>;
using wire_parser = beast::http::response_parser<beast::http::string_body>;

/// A line end in what comes from elsewhere would begin another header or request.
bool harmless(std::string_view text) { return std::none_of(text.begin(), text.end(), is_control); }

class connecting_client : public client {
public:
  connecting_client(url where, client_options how, std::shared_ptr<asio::ssl::context> security)
      : where_(std::move(where)), how_(std::move(how)), security_(std::move(security)) {}

  result<response> ask(const question& what) override {
    bool sendable = is_token(what.method) && what.target.starts_with('/') && harmless(what.target) &&
                    what.target.find(' ') == std::string::npos;
    for (const auto& [name, value] : what.headers) sendable = sendable && is_token(name) && harmless(value);
    if (!sendable)
      return error{errc::invalid,
                   "the request has a method, target or header with characters that HTTP does not allow there"};
    try {
      if (stale()) {
        if (auto connected = connect(); !connected) return connected.error();
      }
      auto patience = what.answer_time.value_or(how_.answer_time);
      lowest().expires_after(patience);
      auto out = secure_ ? exchange_over(*secure_, what, patience) : exchange_over(*plain_, what, patience);
      if (!out) drop();
      return out;
    } catch (const closed_here&) {
      drop();
      return unreachable("the connection was closed on this side");
    }
  }

  void close() override {
    closed_ = true;
    // Whatever runs now, or would run next, ends with this.
    asio::post(context_, [this] { context_.stop(); });
  }

private:
  using secure_stream = beast::ssl_stream<beast::tcp_stream>;
  /// What was begun has not ended and never will: its handlers are not called any more.
  struct closed_here {};

  beast::tcp_stream& lowest() { return secure_ ? secure_->next_layer() : *plain_; }

  void drop() {
    secure_.reset();
    plain_.reset();
    buffer_.clear();
  }

  /// None, or one that the server has closed while nothing was asked.
  bool stale() {
    if (!plain_ && !secure_) return true;
    char byte;
    const auto got = ::recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

  /// Until what was begun has ended.
  void wait() {
    if (closed_) throw closed_here{};
    context_.restart();
    context_.run();
    if (closed_) throw closed_here{};
  }

  error unreachable(const std::string& why) const {
    return error{errc::unavailable, "cannot reach " + where_.authority() + ": " + why};
  }

  result<void> connect() {
    drop();
    fault failed;
    tcp::resolver resolver(context_);
    tcp::resolver::results_type found;
    bool known = false;
    resolver.async_resolve(where_.host, std::to_string(where_.port), [&](fault f, tcp::resolver::results_type all) {
      failed = f;
      found = std::move(all);
      known = true;
    });
    context_.restart();
    context_.run_for(how_.connect_time);
    if (closed_) throw closed_here{};
    if (!known) {
      resolver.cancel();
      wait();
      return unreachable("its name was not found within " + in_words(how_.connect_time));
    }
    if (failed) return unreachable("its name is not known (" + failed.message() + ")");
    auto stream = std::make_unique<beast::tcp_stream>(context_);
    stream->expires_after(how_.connect_time);
    stream->async_connect(found, [&](fault f, const tcp::endpoint&) { failed = f; });
    wait();
    if (failed == beast::error::timeout) return unreachable("it did not answer within " + in_words(how_.connect_time));
    if (failed) return unreachable(failed.message());
    stream->socket().set_option(tcp::no_delay(true), failed);
    if (!security_) {
      plain_ = std::move(stream);
      return {};
    }
    return shake_hands(std::move(*stream));
  }

  result<void> shake_hands(beast::tcp_stream stream) {
    auto made = std::make_unique<secure_stream>(std::move(stream), *security_);
    fault failed;
    asio::ip::make_address(where_.host, failed);
    if (failed) {
      ::SSL_set1_host(made->native_handle(), where_.host.c_str());
      // For servers that have several names; addresses are not allowed here.
      ::SSL_set_tlsext_host_name(made->native_handle(), where_.host.c_str());
    } else {
      ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(made->native_handle()), where_.host.c_str());
    }
    made->async_handshake(asio::ssl::stream_base::client, [&](fault f) { failed = f; });
    wait();
    if (failed == beast::error::timeout)
      return unreachable("it did not shake hands within " + in_words(how_.connect_time));
    if (failed && failed.category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(failed.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      const auto why = ::SSL_get_verify_result(made->native_handle());
      return unreachable(std::string("its certificate is not to be believed (") + ::X509_verify_cert_error_string(why) +
                         ")");
    }
    if (failed) return unreachable("the TLS handshake failed (" + failed.message() + ")");
    secure_ = std::move(made);
    return {};
  }

  wire_request written(const question& what) const {
    wire_request out;
    out.version(11);
    out.method_string(what.method);
    out.target(where_.prefix + what.target);
    out.set(beast::http::field::host, where_.authority());
    for (const auto& [name, value] : what.headers) out.insert(name, value);
    out.body() = what.body;
    if (!what.body.empty() || (what.method != "GET" && what.method != "HEAD")) out.content_length(what.body.size());
    return out;
  }

  error broken(const fault& failed, duration patience) const {
    const auto whom = "the answer of " + where_.authority();
    if (failed == beast::error::timeout)
      return error{errc::unavailable, whom + " did not arrive within " + in_words(patience)};
    if (failed == beast::http::error::body_limit)
      return error{errc::unavailable, whom + " is longer than " + std::to_string(how_.answer_bytes) + " bytes"};
    if (failed == beast::http::error::end_of_stream || failed == asio::error::connection_reset ||
        failed == asio::error::broken_pipe || failed == beast::http::error::partial_message ||
        failed == asio::ssl::error::stream_truncated)
      return error{errc::unavailable, where_.authority() + " closed the connection before its answer was complete"};
    if (failed.category() == beast::http::make_error_code(beast::http::error::bad_version).category())
      return error{errc::unavailable, whom + " is not HTTP (" + failed.message() + ")"};
    return error{errc::unavailable, "the connection to " + where_.authority() + " failed (" + failed.message() + ")"};
  }

  template <class Stream>
  result<response> exchange_over(Stream& stream, const question& what, duration patience) {
    auto asked = written(what);
    fault failed;
    beast::http::async_write(stream, asked, [&](fault f, std::size_t) { failed = f; });
    wait();
    // A server that refuses what is too long may have closed, but its answer can be there.
    if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset)
      return broken(failed, patience);
    for (;;) {
      wire_parser parser;
      parser.body_limit(how_.answer_bytes);
      parser.skip(what.method == "HEAD");
      const auto done = [&](fault f, std::size_t) { failed = f; };
      // In two steps, because Beast 1.74 overlooks the limit of a response's body when it reads both at once.
      beast::http::async_read_header(stream, buffer_, parser, done);
      wait();
      if (!failed) {
        beast::http::async_read(stream, buffer_, parser, done);
        wait();
      }
      if (failed) return broken(failed, patience);
      auto got = parser.release();
      if (got.result_int() / 100 == 1) continue;
      response out;
      out.status = static_cast<int>(got.result_int());
      for (const auto& each : got) {
        const auto name = each.name_string(), value = each.value();
        out.headers.emplace_back(lower({name.data(), name.size()}), std::string(value.data(), value.size()));
      }
      out.body = std::move(got.body());
      if (!got.keep_alive()) drop();
      return out;
    }
  }

  const url where_;
  const client_options how_;
  const std::shared_ptr<asio::ssl::context> security_;
  asio::io_context context_;
  std::atomic<bool> closed_ = false;
  std::unique_ptr<beast::tcp_stream> plain_;
  std::unique_ptr<secure_stream> secure_;
  beast::flat_buffer buffer_;
};
}  // namespace

result<std::unique_ptr<client>> client::make(url where, client_options how) {
  std::shared_ptr<asio::ssl::context> security;
  if (where.secure) {
    auto read = asking_context(how.authorities);
    if (!read) return read.error();
    security = *std::move(read);
  }
  return std::unique_ptr<client>(
      std::make_unique<connecting_client>(std::move(where), std::move(how), std::move(security)));
}

}  // namespace vilfredo::http
