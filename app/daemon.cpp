#include "app/daemon.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <optional>
#include <string_view>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/health.hpp"
#include "app/house_orchestra.hpp"
#include "app/metrics.hpp"

namespace vilfredo::app {

namespace {

constexpr std::string_view health_path = "/health", metrics_path = "/metrics";
constexpr std::chrono::seconds second{1};
/// Those who follow an experiment see that the daemon lives often enough for what stands between them, which closes
/// idle connections after half a minute or more.
constexpr std::uint64_t ticks_a_beat = 15;

class running_daemon final : public daemon {
public:
  running_daemon(house& home, const daemon_options& how, std::function<void(const api::served&)> log,
                 std::function<void(const std::string&)> tell)
      : home_(home),
        orchestra_(home),
        pool_(std::max(1U, how.threads)),
        service_(
            orchestra_, [this](std::function<void()> rest) { boost::asio::post(pool_, std::move(rest)); }, how.api,
            std::move(log)),
        health_(orchestra_, std::move(tell)),
        lines_lost_(how.lines_lost) {}

  ~running_daemon() override {
    // Whoever still waits is answered by the house as it ends, and goes on in the pool.
    if (server_) server_->stop(duration{0});
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
    tick();
    auto opened = http::server::open(
        how.http,
        [this](std::shared_ptr<http::exchange> x) {
          if (!shows_the_daemon(x->what())) return service_.handle(std::move(x));
          if (auto why = only_shown(x->what())) return x->answer(*std::move(why));
          x->what().path == health_path ? tell_health(std::move(x)) : tell_metrics(std::move(x));
        },
        std::move(notice), api::service::error_response,
        [this](const http::request& head) -> std::optional<http::response> {
          if (!shows_the_daemon(head)) return service_.turned_away_with_body(head);
          if (auto why = only_shown(head)) return why;
          return api::service::error_response(413, "A request for " + head.path + " has no body");
        });
    if (!opened) return opened.error();
    server_ = *std::move(opened);
    listening_ = server_.get();
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }
  const std::string& made_token() const override { return token_; }
  result<void> reload_certificates() override { return server_->reload_certificates(); }
  void stop(duration grace) override { server_->stop(grace); }

private:
  void tick() {
    std::lock_guard hold(mutex_);
    if (ending_) return;
    timer_.expires_after(second);
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      health_.tick(orchestra_.now());
      if (++ticks_ % ticks_a_beat == 0) service_.beat();
      tick();
    });
  }

  static bool shows_the_daemon(const http::request& what) {
    return what.path == health_path || what.path == metrics_path;
  }
  /// What is to say to those who may not ask so.
  static std::optional<http::response> only_shown(const http::request& what) {
    const auto& method = what.method;
    if (method == "GET" || method == "HEAD") return std::nullopt;
    return api::service::error_response(405, "Method " + method + " is not allowed here; allowed are: GET");
  }

  void tell_health(std::shared_ptr<http::exchange> x) {
    health_.ask(orchestra_.now(), [x](const result<void>& how) {
      // Anybody may ask, so why it fails stands in the log alone.
      const char* body = how ? "{\"live\": true, \"ready\": true, \"store\": \"writable\"}\n"
                             : "{\"live\": true, \"ready\": false, \"store\": \"not writable; the log says why\"}\n";
      x->answer({how ? 200 : 503, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, body});
    });
  }

  void tell_metrics(std::shared_ptr<http::exchange> x) {
    if (auto why = service_.turned_away(x->what())) return x->answer(*std::move(why));
    orchestra_.measure([this, x](result<actors::house_measures> got) {
      boost::asio::post(pool_, [this, x, got = std::move(got)] {
        const http::server* server = listening_;
        if (!got || !server)
          return x->answer(api::service::error_response(503, got ? "the daemon starts" : got.error().message));
        x->answer({200,
                   {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}},
                   metrics_text(*got, server->counted(), service_, lines_lost_())});
      });
    });
  }

  house& home_;
  house_orchestra orchestra_;
  boost::asio::thread_pool pool_;
  std::mutex mutex_;  // guards the next two
  boost::asio::steady_timer timer_{pool_};
  bool ending_ = false;
  std::uint64_t ticks_ = 0;  // of the timer's thread
  api::service service_;
  health health_;
  const std::function<log_losses()> lines_lost_;
  std::atomic<const http::server*> listening_ = nullptr;  // the one below, once it is
  std::unique_ptr<http::server> server_;
  std::string token_;
};

}  // namespace

result<std::unique_ptr<daemon>> daemon::start(house& home, daemon_options how,
                                              std::function<void(const api::served&)> log, http::server::log notice) {
  auto tell = [notice](const std::string& news) { notice({http::notice::severity::warning, news}); };
  auto out = std::make_unique<running_daemon>(home, how, std::move(log), tell);
  if (auto begun = out->begin(how, std::move(notice)); !begun) return begun.error();
  return std::unique_ptr<daemon>(std::move(out));
}

}  // namespace vilfredo::app
