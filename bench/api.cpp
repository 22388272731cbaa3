// What the API costs over HTTP: pairs of a suggestion and its observation, both durable, and reports, at several
// connections, beside what a bare Beast server can answer on as many in the same run. Each connection is a thread that
// asks, so that the machine is shared by both sides.
//
//   bench/api [DIRECTORY] [SECONDS a line] [CONNECTIONS…]     default: the working directory, 3 seconds, 1 16 64
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/daemon.hpp"
#include "bench/beast_echo.hpp"
#include "bench/house.hpp"
#include "bench/http_load.hpp"
#include "io/http/client.hpp"

namespace {

using namespace vilfredo;
using clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int observations = 1000;
const std::string token = "a token for the bench alone";

double microseconds_since(clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(clock::now() - begin).count();
}

class asker {
public:
  explicit asker(std::uint16_t port)
      : client_(
            bench::must(http::client::make(bench::must(http::parse_url("http://127.0.0.1:" + std::to_string(port)))))) {
  }

  json post(const std::string& path, const json& body) {
    http::question q{
        "POST", "/v1" + path, {{"Authorization", "Basic YSB0b2tlbiBmb3IgdGhlIGJlbmNoIGFsb25lOg=="}}, {}, {}};
    q.headers.emplace_back("Content-Type", "application/json");
    q.body = body.dump();
    auto got = bench::must(client_->ask(q));
    if (got.status != 200) bench::give_up(path + ": " + got.body);
    return json::parse(got.body);
  }

private:
  std::unique_ptr<http::client> client_;
};

struct line {
  bench::load asks, tells;
};

/// Each connection asks and tells until the time is over.
line pairs(double seconds, std::uint16_t port, int connections, const std::string& experiment) {
  std::vector<line> each(static_cast<std::size_t>(connections));
  std::vector<std::thread> threads;
  auto begin = clock::now();
  for (auto& mine : each)
    threads.emplace_back([&] {
      asker me(port);
      while (microseconds_since(begin) < seconds * 1e6) {
        auto asked = clock::now();
        auto s = me.post(experiment + "/suggestions", {{"wait", 0}});
        mine.asks.microseconds.push_back(microseconds_since(asked));
        auto told = clock::now();
        double x = s["assignments"]["depth"];
        me.post(experiment + "/observations",
                {{"suggestion", s["id"]}, {"values", {{{"name", "gain"}, {"value", x}}}}});
        mine.tells.microseconds.push_back(microseconds_since(told));
      }
    });
  for (auto& t : threads) t.join();
  line out;
  auto took = microseconds_since(begin) * 1e-6;
  for (auto& mine : each) {
    out.asks.microseconds.insert(out.asks.microseconds.end(), mine.asks.microseconds.begin(),
                                 mine.asks.microseconds.end());
    out.tells.microseconds.insert(out.tells.microseconds.end(), mine.tells.microseconds.begin(),
                                  mine.tells.microseconds.end());
  }
  for (auto* l : {&out.asks, &out.tells}) {
    l->requests = static_cast<double>(l->microseconds.size());
    l->seconds = took;
  }
  return out;
}

std::string created(asker& me, const std::string& sampler) {
  json body{{"name", "bench " + sampler},
            {"metrics", {{{"name", "gain"}}}},
            {"sampler", sampler},
            {"parallel_bandwidth", 64}};
  for (const char* name : {"rate", "leaves", "depth"})
    body["parameters"].push_back({{"name", name}, {"type", "double"}, {"bounds", {{"min", 0}, {"max", 1}}}});
  auto path = "/experiments/" + me.post("/experiments", body)["id"].get<std::string>();
  json all = json::array();
  for (int i = 0; i < observations; ++i)
    all.push_back(
        {{"assignments", {{"rate", (i % 31) / 31.0}, {"leaves", (i % 17) / 17.0}, {"depth", (i % 13) / 13.0}}},
         {"values", {{{"name", "gain"}, {"value", i % 7}}}}});
  me.post(path + "/observations/batch", {{"observations", all}});
  return path;
}

}  // namespace

int main(int argc, char** argv) {
  bench::folder here(argc > 1 ? argv[1] : ".");
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  std::vector<int> connections;
  for (int i = 3; i < argc; ++i) connections.push_back(std::atoi(argv[i]));
  if (connections.empty()) connections = {1, 16, 64};

  app::house home({bench::open_store(here / "api.db"), nullptr, 1});
  app::daemon_options how;
  how.first_token = token;
  auto daemon = bench::must(app::daemon::start(
      home, how, [](const api::served&) {}, [](const http::notice&) {}));
  bench::beast_echo echo;
  const std::string echoed =
      "POST /v1/experiments/1/suggestions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200\r\n\r\n" +
      std::string(200, 'x');
  asker me(daemon->port());
  std::printf("history of %d observations; aim: pairs at 64 connections at 0.25 of what Beast echoes\n\n",
              observations);
  std::printf("%-8s %11s %12s %12s %6s   %9s %9s   %9s %9s\n", "sampler", "connections", "echoes/s", "pairs/s", "ratio",
              "ask p50", "ask p99", "tell p50", "tell p99");
  for (const char* sampler : {"uniform", "auto"}) {
    auto path = created(me, sampler);
    for (int n : connections) {
      auto bare = bench::ask_for(seconds, echo.port(), n, echoed);
      auto ours = pairs(seconds, daemon->port(), n, path);
      std::printf("%-8s %11d %12.0f %12.0f %6.2f   %6.0f us %6.0f us   %6.0f us %6.0f us\n", sampler, n, bare.rate(),
                  ours.asks.rate(), ours.asks.rate() / bare.rate(), ours.asks.quantile(0.5), ours.asks.quantile(0.99),
                  ours.tells.quantile(0.5), ours.tells.quantile(0.99));
    }
  }
}
