#include "io/http/server.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "io/http/connection.hpp"
#include "io/http/service.hpp"
#include "io/http/transport.hpp"

namespace vilfredo::http {

namespace {
using boost::asio::ip::tcp;
using fault = boost::system::error_code;

/// Beyond the limit so many more are told so; those after them are closed without a word.
constexpr std::size_t told = 64;
constexpr duration pause_without_descriptors{100};

/// Often enough that the shortest time is kept within a quarter of it.
duration tick(const limits& within) {
  auto shortest =
      std::min({within.header_time, within.body_time, within.idle_time, within.write_time, within.linger_time});
  return std::clamp(shortest / 4, duration{1}, duration{1000});
}

std::vector<std::shared_ptr<loop>> made_loops(const server_options& how) {
  std::vector<std::shared_ptr<loop>> out;
  for (unsigned i = 0; i < std::max(1U, how.threads); ++i) out.push_back(std::make_shared<loop>(tick(how.within)));
  return out;
}

error unusable(const server_options& how, const std::string& why) {
  return error{errc::unavailable, "cannot listen on " + how.address + " port " + std::to_string(how.port) + ": " + why};
}

class listening_server : public server {
public:
  explicit listening_server(std::shared_ptr<service> of) : service_(std::move(of)), loops_(made_loops(service_->how)) {
    // Half as many as loops: however many shake hands, those who have done so find the other half of the machine.
    if (service_->how.tls) handshakes_.emplace(std::max<std::size_t>(1, loops_.size() / 2));
  }
  ~listening_server() override { stop(duration{0}); }

  result<void> listen() {
    const auto& how = service_->how;
    fault failed;
    const auto address = boost::asio::ip::make_address(how.address == "localhost" ? "127.0.0.1" : how.address, failed);
    if (failed)
      return error{errc::invalid, "\"" + how.address + "\" is not an address of a machine such as 127.0.0.1 or ::1"};
    const tcp::endpoint at(address, how.port);
    acceptor_.open(at.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(at, failed);
    if (!failed) acceptor_.listen(boost::asio::socket_base::max_listen_connections, failed);
    if (failed) return unusable(how, failed.message());
    port_ = acceptor_.local_endpoint().port();
    accept();
    for (auto& each : loops_) threads_.emplace_back([each] { each->run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

  result<void> reload_certificates() override {
    if (!service_->how.tls) return {};
    auto read = serving_context(*service_->how.tls);
    if (!read) return read.error();
    std::lock_guard hold(service_->mutex);
    service_->security = *std::move(read);
    return {};
  }

  void stop(duration grace) override {
    std::lock_guard once(stop_mutex_);
    if (threads_.empty()) return;
    service_->stopping = true;
    boost::asio::post(loops_[0]->context, [this] {
      fault ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    for_each_connection([](connection& each) { each.wind_up(); });
    {
      std::unique_lock hold(service_->mutex);
      service_->all_closed.wait_for(hold, grace, [&] { return service_->connections_open == 0; });
    }
    for_each_connection([](connection& each) { each.close(); });
    {
      std::unique_lock hold(service_->mutex);
      service_->all_closed.wait(hold, [&] { return service_->connections_open == 0; });
    }
    for (auto& each : loops_) each->end();
    for (auto& each : threads_) each.join();
    threads_.clear();
  }

  counters counted() const override {
    const auto& s = *service_;
    return {.connections = s.connections,
            .connections_open = s.connections_open,
            .connections_over = s.connections_over,
            .requests = s.requests,
            .refused = s.refused,
            .answers = s.answers,
            .streams = s.streams,
            .streams_open = s.streams_open,
            .streams_dropped = s.streams_dropped,
            .handshakes_failed = s.handshakes_failed,
            .bytes_read = s.bytes_read,
            .bytes_written = s.bytes_written};
  }

private:
  template <class Call>
  void for_each_connection(Call call) {
    for (auto& each : loops_)
      boost::asio::post(each->context, [each, call] {
        for (const auto& one : std::vector(each->connections.begin(), each->connections.end())) call(*one);
      });
  }

  void accept() {
    auto& on = loops_[next_++ % loops_.size()];
    acceptor_.async_accept(on->context, [this, on](fault failed, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!failed) {
        short_of_descriptors_ = false;
        welcome(on, std::move(socket));
        return accept();
      }
      if (failed == boost::asio::error::connection_aborted) return accept();
      // Told once, not ten times a second for as long as it lasts.
      if (!std::exchange(short_of_descriptors_, true))
        service_->tell(
            {notice::severity::warning, "connections cannot be accepted at present (" + failed.message() + ")"});
      pause_.expires_after(pause_without_descriptors);
      pause_.async_wait([this](fault cancelled) {
        if (!cancelled) accept();
      });
    });
  }

  void welcome(const std::shared_ptr<loop>& on, tcp::socket socket) {
    ++service_->connections;
    const auto most = service_->how.within.connections;
    const auto open = service_->connections_open.load();
    if (open >= most + told) {
      ++service_->connections_over;
      return;
    }
    fault ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto from = socket.remote_endpoint(ignored);
    auto peer = from.address().to_string() + ":" + std::to_string(from.port());
    std::shared_ptr<boost::asio::ssl::context> security;
    {
      std::lock_guard hold(service_->mutex);
      security = service_->security;
      ++service_->connections_open;
    }
    auto over = security ? make_transport(std::move(socket), std::move(security), handshakes_->get_executor())
                         : make_transport(std::move(socket));
    auto made = std::make_shared<connection>(on, service_, std::move(over), std::move(peer));
    boost::asio::post(on->context, [made = std::move(made), welcome = open < most] { made->begin(welcome); });
  }

  const std::shared_ptr<service> service_;
  const std::vector<std::shared_ptr<loop>> loops_;
  std::optional<boost::asio::thread_pool> handshakes_;
  std::vector<std::thread> threads_;
  std::mutex stop_mutex_;
  // Of the first loop's thread, which they must not outlive.
  tcp::acceptor acceptor_{loops_[0]->context};
  boost::asio::steady_timer pause_{loops_[0]->context};
  bool short_of_descriptors_ = false;
  std::size_t next_ = 0;
  std::uint16_t port_ = 0;
};
}  // namespace

result<std::unique_ptr<server>> server::open(server_options how, handler handle, log tell, error_body shape,
                                             gate admit) {
  auto common = std::make_shared<service>();
  common->how = std::move(how);
  common->handle = std::move(handle);
  common->admit = std::move(admit);
  common->tell = std::move(tell);
  common->shape = std::move(shape);
  if (common->how.tls) {
    auto read = serving_context(*common->how.tls);
    if (!read) return read.error();
    common->security = *std::move(read);
  }
  auto out = std::make_unique<listening_server>(std::move(common));
  if (auto listening = out->listen(); !listening) return listening.error();
  return std::unique_ptr<server>(std::move(out));
}

}  // namespace vilfredo::http
