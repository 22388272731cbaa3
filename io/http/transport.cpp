#include "io/http/transport.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace vilfredo::http {

namespace {
using boost::asio::ip::tcp;

class drain : public std::enable_shared_from_this<drain> {
public:
  drain(tcp::socket& from, std::function<void(std::size_t)> dropped, std::function<void()> done)
      : from_(from), dropped_(std::move(dropped)), done_(std::move(done)) {}
  void go_on() {
    from_.async_wait(tcp::socket::wait_read,
                     [self = shared_from_this()](transport::fault ended) { ended ? self->done_() : self->take(); });
  }

private:
  void take() {
    // Nobody looks at it, so one for all connections of a thread is enough.
    static thread_local std::array<char, 64 * 1024> nowhere;
    transport::fault ended;
    const auto count = from_.read_some(boost::asio::buffer(nowhere), ended);
    if (ended && ended != boost::asio::error::would_block) return done_();
    if (count > 0) dropped_(count);
    go_on();
  }

  tcp::socket& from_;
  const std::function<void(std::size_t)> dropped_;
  const std::function<void()> done_;
};

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
  void finish(std::function<void(std::size_t)> dropped, std::function<void()> done) override {
    forget_the_rest(socket_, std::move(dropped), std::move(done));
  }
  void close() override {
    fault ignored;
    socket_.close(ignored);
  }

private:
  tcp::socket socket_;
};
}  // namespace

std::unique_ptr<transport> make_transport(tcp::socket socket) { return std::make_unique<plain>(std::move(socket)); }

void forget_the_rest(tcp::socket& from, std::function<void(std::size_t)> dropped, std::function<void()> done) {
  transport::fault ignored;
  from.shutdown(tcp::socket::shutdown_send, ignored);
  from.non_blocking(true, ignored);
  std::make_shared<drain>(from, std::move(dropped), std::move(done))->go_on();
}

}  // namespace vilfredo::http
