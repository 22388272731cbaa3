// TLS by OpenSSL straight on the socket. Asio's own stream puts two buffers of 17 KiB and a pair of two more between
// them, for as long as the connection lives: four fifths of what an idle one costs.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "io/http/transport.hpp"

namespace vilfredo::http {

namespace {
using boost::asio::ip::tcp;
namespace ssl = boost::asio::ssl;

constexpr unsigned char handshake_record = 0x16;

/// OpenSSL's view of a socket. Its own one would end the process by SIGPIPE when the other side has gone.
class socket_bio {
public:
  static BIO* make(int descriptor) {
    static BIO_METHOD* const how = method();
    BIO* out = ::BIO_new(how);
    if (!out) throw std::bad_alloc();
    ::BIO_set_data(out, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
    ::BIO_set_init(out, 1);
    return out;
  }

private:
  static BIO_METHOD* method() {
    auto* out = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    if (!out) throw std::bad_alloc();
    ::BIO_meth_set_read(out, read);
    ::BIO_meth_set_write(out, write);
    ::BIO_meth_set_ctrl(out, control);
    return out;
  }
  static int descriptor(BIO* of) { return static_cast<int>(reinterpret_cast<std::intptr_t>(::BIO_get_data(of))); }
  static int read(BIO* of, char* into, int size) {
    ::BIO_clear_retry_flags(of);
    const auto got = ::recv(descriptor(of), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got < 0 && later()) ::BIO_set_retry_read(of);
    return static_cast<int>(got);
  }
  static int write(BIO* of, const char* from, int size) {
    ::BIO_clear_retry_flags(of);
    const auto sent = ::send(descriptor(of), from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && later()) ::BIO_set_retry_write(of);
    return static_cast<int>(sent);
  }
  static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }
  static bool later() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
};

/// What an operation of OpenSSL came to.
struct progress {
  int count = 0;  ///< more than 0: done
  std::optional<tcp::socket::wait_type> waits_for = {};
  transport::fault failed = {};
};

template <class Step>
progress take_step(SSL* on, Step step) {
  // SSL_get_error looks at what this thread's earlier operations left, too.
  ::ERR_clear_error();
  errno = 0;
  const int count = step(on);
  if (count > 0) return {.count = count};
  switch (::SSL_get_error(on, count)) {
  case SSL_ERROR_WANT_READ: return {.waits_for = tcp::socket::wait_read};
  case SSL_ERROR_WANT_WRITE: return {.waits_for = tcp::socket::wait_write};
  case SSL_ERROR_ZERO_RETURN: return {.failed = boost::asio::error::eof};
  case SSL_ERROR_SSL: return {.failed = {static_cast<int>(::ERR_get_error()), boost::asio::error::get_ssl_category()}};
  default:
    if (errno != 0) return {.failed = {errno, boost::system::system_category()}};
    return {.failed = ssl::error::stream_truncated};
  }
}

class secure : public transport {
public:
  secure(tcp::socket socket, std::shared_ptr<ssl::context> security, boost::asio::any_io_executor aside)
      : security_(std::move(security)),
        socket_(std::move(socket)),
        aside_(std::move(aside)),
        session_(::SSL_new(security_->native_handle()), ::SSL_free) {
    if (!session_) throw std::bad_alloc();
    auto* bytes = socket_bio::make(socket_.native_handle());
    ::SSL_set_bio(session_.get(), bytes, bytes);
    ::SSL_set_accept_state(session_.get());
  }

  void open(std::function<void(fault)> done) override {
    socket_.async_wait(tcp::socket::wait_read, [this, done = std::move(done)](fault failed) mutable {
      if (failed) return done(failed);
      unsigned char first = 0;
      // Not taken: it belongs to the handshake.
      const auto got = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got <= 0) return done(boost::asio::error::eof);
      if (first != handshake_record) {
        bare_ = true;
        return done(make_error_code(boost::system::errc::protocol_not_supported));
      }
      shake(std::move(done));
    });
  }
  void read(boost::asio::mutable_buffer into, completion done) override {
    if (bare_) return socket_.async_read_some(into, std::move(done));
    auto some = [into](SSL* on) { return ::SSL_read(on, into.data(), static_cast<int>(into.size())); };
    carry_out(some, std::move(done), true);
  }
  void write(const pieces& what, completion done) override {
    if (bare_) return boost::asio::async_write(socket_, what, std::move(done));
    write_from(what, 0, 0, std::move(done), true);
  }
  void finish(std::function<void(std::size_t)> dropped, std::function<void()> done) override {
    auto forget = [this, dropped = std::move(dropped), done = std::move(done)](fault, std::size_t) {
      forget_the_rest(socket_, dropped, done);
    };
    if (bare_) return forget({}, 0);
    // 0: the other side has not said its own yet, and need not.
    carry_out([](SSL* on) { return ::SSL_shutdown(on) < 0 ? -1 : 1; }, std::move(forget), true);
  }
  void close() override {
    fault ignored;
    // A descriptor that is closed may be another connection's a moment later, and that must not get the handshake's
    // bytes.
    closed_ = true;
    if (shaking_)
      socket_.shutdown(tcp::socket::shutdown_both, ignored);
    else
      socket_.close(ignored);
  }

private:
  /// `within`: inside the call whose function this is.
  template <class Step, class Done>
  void carry_out(Step step, Done done, bool within) {
    const auto now = take_step(session_.get(), step);
    if (now.waits_for)
      return socket_.async_wait(*now.waits_for, [this, step, done = std::move(done)](fault failed) mutable {
        if (failed) return done(failed, 0);
        carry_out(step, std::move(done), false);
      });
    const auto count = static_cast<std::size_t>(std::max(0, now.count));
    if (!within) return done(now.failed, count);
    boost::asio::post(socket_.get_executor(),
                      [failed = now.failed, count, done = std::move(done)]() mutable { done(failed, count); });
  }

  void write_from(const pieces& what, std::size_t place, std::size_t written, completion done, bool within) {
    while (place < what.size() && what[place].size() == 0) ++place;
    if (place == what.size()) {
      if (!within) return done({}, written);
      return boost::asio::post(socket_.get_executor(), [written, done = std::move(done)] { done({}, written); });
    }
    auto all = [piece = what[place]](SSL* on) { return ::SSL_write(on, piece.data(), static_cast<int>(piece.size())); };
    auto next = [this, what, place, written, done = std::move(done)](fault failed, std::size_t count) mutable {
      if (failed) return done(failed, written);
      write_from(what, place + 1, written + count, std::move(done), false);
    };
    carry_out(all, std::move(next), within);
  }

  void shake(std::function<void(fault)> done) {
    shaking_ = true;
    auto back = boost::asio::make_work_guard(socket_.get_executor());
    boost::asio::post(aside_, [this, done = std::move(done), back = std::move(back)]() mutable {
      const auto now = take_step(session_.get(), ::SSL_do_handshake);
      boost::asio::post(back.get_executor(),
                        [this, now, done = std::move(done)]() mutable { shook(now, std::move(done)); });
    });
  }
  void shook(const progress& now, std::function<void(fault)> done) {
    shaking_ = false;
    if (closed_) {
      fault ignored;
      socket_.close(ignored);
      return done(boost::asio::error::operation_aborted);
    }
    if (!now.waits_for) return done(now.failed);
    socket_.async_wait(*now.waits_for, [this, done = std::move(done)](fault failed) mutable {
      if (failed) return done(failed);
      shake(std::move(done));
    });
  }

  const std::shared_ptr<ssl::context> security_;
  tcp::socket socket_;
  const boost::asio::any_io_executor aside_;
  const std::unique_ptr<SSL, void (*)(SSL*)> session_;
  bool bare_ = false;
  bool shaking_ = false;  ///< the session is another thread's at present
  bool closed_ = false;
};
}  // namespace

std::unique_ptr<transport> make_transport(tcp::socket socket, std::shared_ptr<ssl::context> security,
                                          boost::asio::any_io_executor aside) {
  return std::make_unique<secure>(std::move(socket), std::move(security), std::move(aside));
}

}  // namespace vilfredo::http
