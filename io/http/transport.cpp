#include "io/http/transport.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace vilfredo::http {

namespace {
using boost::asio::ip::tcp;
namespace ssl = boost::asio::ssl;

constexpr unsigned char handshake_record = 0x16;

/// Reads and forgets until the other side closes.
class drain : public std::enable_shared_from_this<drain> {
public:
  drain(tcp::socket& from, std::function<void()> done) : from_(from), done_(std::move(done)) {}
  void go_on() {
    from_.async_read_some(
        boost::asio::buffer(bytes_),
        [self = shared_from_this()](transport::fault ended, std::size_t) { ended ? self->done_() : self->go_on(); });
  }

private:
  tcp::socket& from_;
  std::function<void()> done_;
  std::array<char, 4096> bytes_;
};

void say_end(tcp::socket& socket, std::function<void()> done) {
  transport::fault ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::make_shared<drain>(socket, std::move(done))->go_on();
}

class plain : public transport {
public:
  explicit plain(tcp::socket socket) : socket_(std::move(socket)) {}

  void open(std::function<void(fault)> done) override {
    boost::asio::post(socket_.get_executor(), [done = std::move(done)] { done({}); });
  }
  void read(boost::asio::mutable_buffer into, completion done) override {
    socket_.async_read_some(into, std::move(done));
  }
  void write(const pieces& what, completion done) override {
    if (what[1].size() == 0) return boost::asio::async_write(socket_, boost::asio::buffer(what[0]), std::move(done));
    boost::asio::async_write(socket_, what, std::move(done));
  }
  void finish(std::function<void()> done) override { say_end(socket_, std::move(done)); }
  void close() override {
    fault ignored;
    socket_.close(ignored);
  }

private:
  tcp::socket socket_;
};

class secure : public transport {
public:
  secure(tcp::socket socket, std::shared_ptr<ssl::context> security)
      : security_(std::move(security)), stream_(std::move(socket), *security_) {}

  void open(std::function<void(fault)> done) override {
    stream_.next_layer().async_wait(tcp::socket::wait_read, [this, done = std::move(done)](fault failed) {
      if (failed) return done(failed);
      unsigned char first = 0;
      // Not taken: it belongs to the handshake.
      const auto got = ::recv(stream_.next_layer().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got <= 0) return done(boost::asio::error::eof);
      if (first != handshake_record) {
        bare_ = true;
        return done(make_error_code(boost::system::errc::protocol_not_supported));
      }
      stream_.async_handshake(ssl::stream_base::server, done);
    });
  }
  void read(boost::asio::mutable_buffer into, completion done) override {
    if (bare_) return stream_.next_layer().async_read_some(into, std::move(done));
    stream_.async_read_some(into, std::move(done));
  }
  void write(const pieces& what, completion done) override {
    if (bare_) return boost::asio::async_write(stream_.next_layer(), what, std::move(done));
    boost::asio::async_write(stream_, what, std::move(done));
  }
  void finish(std::function<void()> done) override {
    if (bare_) return say_end(stream_.next_layer(), std::move(done));
    stream_.async_shutdown([this, done = std::move(done)](fault) { say_end(stream_.next_layer(), done); });
  }
  void close() override {
    fault ignored;
    stream_.next_layer().close(ignored);
  }

private:
  std::shared_ptr<ssl::context> security_;
  ssl::stream<tcp::socket> stream_;
  bool bare_ = false;
};
}  // namespace

std::unique_ptr<transport> make_transport(tcp::socket socket, std::shared_ptr<ssl::context> security) {
  if (security) return std::make_unique<secure>(std::move(socket), std::move(security));
  return std::make_unique<plain>(std::move(socket));
}

}  // namespace vilfredo::http
