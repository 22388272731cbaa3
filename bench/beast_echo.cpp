#include "bench/beast_echo.hpp"

#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace vilfredo::bench {

namespace {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using fault = boost::system::error_code;

class session : public std::enable_shared_from_this<session> {
public:
  explicit session(tcp::socket socket) : socket_(std::move(socket)) {}
  void read() {
    asked_ = {};
    http::async_read(socket_, buffer_, asked_, [self = shared_from_this()](fault failed, std::size_t) {
      if (!failed) self->answer();
    });
  }

private:
  void answer() {
    answer_ = {http::status::ok, 11};
    answer_.set(http::field::content_type, "text/plain");
    answer_.keep_alive(true);
    answer_.body() = std::move(asked_.body());
    answer_.prepare_payload();
    http::async_write(socket_, answer_, [self = shared_from_this()](fault failed, std::size_t) {
      if (!failed) self->read();
    });
  }

  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> asked_;
  http::response<http::string_body> answer_;
};
}  // namespace

struct beast_echo::running {
  asio::io_context context{1};
  tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread;

  void accept() {
    acceptor.async_accept([this](fault failed, tcp::socket socket) {
      if (failed) return;
      socket.set_option(tcp::no_delay(true));
      std::make_shared<session>(std::move(socket))->read();
      accept();
    });
  }
};

beast_echo::beast_echo() : running_(std::make_unique<running>()) {
  running_->accept();
  running_->thread = std::thread([this] { running_->context.run(); });
}
beast_echo::~beast_echo() {
  running_->context.stop();
  running_->thread.join();
}
std::uint16_t beast_echo::port() const { return running_->acceptor.local_endpoint().port(); }

}  // namespace vilfredo::bench
