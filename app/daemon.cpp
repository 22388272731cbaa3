#include "app/daemon.hpp"

#include <chrono>
#include <future>
#include <mutex>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/house_orchestra.hpp"

namespace vilfredo::app {

namespace {

/// How often those who follow an experiment see that the daemon lives: often enough for what stands between them, which
/// closes idle connections after half a minute or more.
constexpr std::chrono::seconds pulse{15};

class running_daemon final : public daemon {
public:
  running_daemon(house& home, const daemon_options& how, std::function<void(const api::served&)> log)
      : home_(home),
        orchestra_(home),
        pool_(std::max(1U, how.threads)),
        service_(
            orchestra_, [this](std::function<void()> rest) { boost::asio::post(pool_, std::move(rest)); }, how.api,
            std::move(log)) {}

  ~running_daemon() override {
    // Whoever still waits is answered by the house as it ends, and goes on in the pool.
    server_.reset();
    {
      std::lock_guard hold(mutex_);
      ending_ = true;
      timer_.cancel();
    }
    orchestra_.close();
    home_.close();
    pool_.join();
  }

  result<void> begin(const daemon_options& how, http::server::log notice) {
    std::promise<result<std::string>> promise;
    auto begun = promise.get_future();
    service_.begin(how.first_token, [&](result<std::string> made) { promise.set_value(std::move(made)); });
    auto made = begun.get();
    if (!made) return made.error();
    token_ = *std::move(made);
    home_.listen([this](const facts_came& x) { service_.publish(x.experiment, *x.facts, x.state); });
    beat();
    auto opened = http::server::open(
        how.http,
        [this](std::shared_ptr<http::exchange> x) {
          if (x->what().path == "/health") return x->answer({200, {{"Content-Type", "application/json"}}, "{}\n"});
          service_.handle(std::move(x));
        },
        std::move(notice), api::service::error_response);
    if (!opened) return opened.error();
    server_ = *std::move(opened);
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }
  const std::string& made_token() const override { return token_; }
  result<void> reload_certificates() override { return server_->reload_certificates(); }
  void stop(duration grace) override { server_->stop(grace); }

private:
  void beat() {
    std::lock_guard hold(mutex_);
    if (ending_) return;
    timer_.expires_after(pulse);
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      service_.beat();
      beat();
    });
  }

  house& home_;
  house_orchestra orchestra_;
  boost::asio::thread_pool pool_;
  std::mutex mutex_;  // guards the next two
  boost::asio::steady_timer timer_{pool_};
  bool ending_ = false;
  api::service service_;
  std::unique_ptr<http::server> server_;
  std::string token_;
};

}  // namespace

result<std::unique_ptr<daemon>> daemon::start(house& home, daemon_options how,
                                              std::function<void(const api::served&)> log, http::server::log notice) {
  auto out = std::make_unique<running_daemon>(home, how, std::move(log));
  if (auto begun = out->begin(how, std::move(notice)); !begun) return begun.error();
  return std::unique_ptr<daemon>(std::move(out));
}

}  // namespace vilfredo::app
