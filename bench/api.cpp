// What the API costs over HTTP: pairs of a suggestion and its observation, both durable, and reports, at several
// connections, beside what a bare Beast server can answer on as many in the same run. One thread of this process asks
// on all connections, so that the machine is shared by both sides; what the server's threads compute an echo and a pair
// is told beside the rates, since that depends less on who else is computing. At the end: memory over many requests
// that read, and over half as many pairs.
//
//   bench/api [DIRECTORY] [SECONDS a line] [REQUESTS] [CONNECTIONS…]
//   default: the working directory, 3 seconds, 1 000 000 requests to look at memory, 1 16 64
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

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
constexpr double first = 0.3;  // seconds that are not counted
const std::string token = "a token for the bench alone";
const std::string credentials = "Basic YSB0b2tlbiBmb3IgdGhlIGJlbmNoIGFsb25lOg==";

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
    http::question q{"POST", "/v1" + path, {{"Authorization", credentials}}, {}, {}};
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

std::string post(const std::string& path, const std::string& body) {
  return "POST /v1" + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + credentials +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// What stands behind `key` in an answer, up to the next quote or comma.
std::string_view field(std::string_view answer, std::string_view key) {
  if (!answer.starts_with("HTTP/1.1 200")) bench::give_up(std::string(answer));
  auto at = answer.find(key);
  if (at == std::string_view::npos) bench::give_up("an answer has no " + std::string(key));
  auto rest = answer.substr(at + key.size());
  return rest.substr(0, rest.find_first_of("\",\n"));
}

/// Each connection asks and tells in turns until the time is over.
line pairs(double seconds, std::uint16_t port, int connections, const std::string& experiment) {
  struct turn {
    std::string question;
    bool asked = false;
    clock::time_point at;
  };
  std::vector<turn> turns(static_cast<std::size_t>(connections));
  line out;
  const auto ask = post(experiment + "/suggestions", R"({"wait": 0})");
  auto next = [&](std::size_t i, std::string_view answer) -> const std::string& {
    auto& mine = turns[i];
    if (!answer.empty()) (mine.asked ? out.asks : out.tells).microseconds.push_back(microseconds_since(mine.at));
    mine.asked = !mine.asked;
    if (mine.asked)
      mine.question = ask;
    else
      mine.question =
          post(experiment + "/observations", R"({"suggestion": ")" + std::string(field(answer, "\"id\": \"")) +
                                                 R"(", "values": [{"name": "gain", "value": )" +
                                                 std::string(field(answer, "\"depth\": ")) + "}]}");
    mine.at = clock::now();
    return mine.question;
  };
  auto all = bench::converse(seconds, port, connections, next);
  for (auto* l : {&out.asks, &out.tells}) {
    l->requests = static_cast<double>(l->microseconds.size());
    l->seconds = all.seconds;
    l->server_seconds = all.server_seconds;
  }
  return out;
}

/// Each connection reports one step after the other of a trial of its own.
bench::load reports(double seconds, asker& me, std::uint16_t port, int connections, const std::string& experiment) {
  struct turn {
    std::string path, question;
    int step = 0;
  };
  std::vector<turn> turns(static_cast<std::size_t>(connections));
  for (auto& mine : turns)
    mine.path = experiment + "/suggestions/" +
                me.post(experiment + "/suggestions", json::object())["id"].get<std::string>() + "/reports";
  auto next = [&](std::size_t i, std::string_view answer) -> const std::string& {
    auto& mine = turns[i];
    if (!answer.empty()) field(answer, "\"stop\": ");
    mine.question = post(mine.path, R"({"step": )" + std::to_string(++mine.step) +
                                        R"(, "values": [{"name": "gain", "value": 0.5}]})");
    return mine.question;
  };
  return bench::converse(seconds, port, connections, next);
}

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  double size = 0, resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

/// What reading the same suggestion so many times leaves behind.
void print_memory(asker& me, std::uint16_t port, const std::string& experiment, std::size_t requests) {
  auto path =
      experiment + "/suggestions/" + me.post(experiment + "/suggestions", json::object())["id"].get<std::string>();
  const auto question = "GET /v1" + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + credentials + "\r\n\r\n";
  std::printf("\nreading a suggestion\n%10s %12s %14s\n", "requests", "requests/s", "resident MiB");
  std::printf("%10d %12s %14.1f\n", 0, "", resident_mib());
  for (std::size_t done = 0; done < requests;) {
    auto more = bench::ask_for(2, port, 64, question);
    done += static_cast<std::size_t>(more.requests);
    more.microseconds = {};
    std::printf("%10zu %12.0f %14.1f\n", done, more.rate(), resident_mib());
    std::fflush(stdout);
  }
}

/// What pairs of a suggestion and its observation leave behind: their trials, and besides nothing.
void print_growth(std::uint16_t port, const std::string& experiment, std::size_t wanted) {
  std::printf("\nsuggestions and their observations\n%10s %12s %14s %16s\n", "pairs", "pairs/s", "resident MiB",
              "bytes a pair");
  const auto before = resident_mib();
  std::printf("%10d %12s %14.1f\n", 0, "", before);
  for (std::size_t done = 0; done < wanted;) {
    auto more = pairs(5, port, 64, experiment);
    done += static_cast<std::size_t>(more.tells.requests);
    const auto rate = more.tells.rate();
    more = {};
    std::printf("%10zu %12.0f %14.1f %16.0f\n", done, rate, resident_mib(),
                (resident_mib() - before) * 1024 * 1024 / static_cast<double>(done));
    std::fflush(stdout);
  }
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
  const auto requests = argc > 3 ? static_cast<std::size_t>(std::atoll(argv[3])) : 1'000'000;
  std::vector<int> connections;
  for (int i = 4; i < argc; ++i) connections.push_back(std::atoi(argv[i]));
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
  std::printf("%-8s %5s %10s %9s %9s %9s %6s %8s %8s %8s %8s %10s %8s %8s\n", "", "", "", "CPU us", "", "CPU us", "",
              "ask us", "", "tell us", "", "", "us", "");
  std::printf("%-8s %5s %10s %9s %9s %9s %6s %8s %8s %8s %8s %10s %8s %8s\n", "sampler", "conn.", "echoes/s", "an echo",
              "pairs/s", "a pair", "ratio", "p50", "p99", "p50", "p99", "reports/s", "p50", "p99");
  std::string path;
  for (const char* sampler : {"uniform", "auto"}) {
    path = created(me, sampler);
    for (int n : connections) {
      // What comes first, of either, makes room (connections, memory, the store's log) that is used again later.
      bench::ask_for(first, echo.port(), n, echoed);
      auto bare = bench::ask_for(seconds, echo.port(), n, echoed);
      pairs(first, daemon->port(), n, path);
      auto ours = pairs(seconds, daemon->port(), n, path);
      auto told = reports(seconds, me, daemon->port(), n, path);
      std::printf("%-8s %5d %10.0f %9.1f %9.0f %9.1f %6.2f %8.0f %8.0f %8.0f %8.0f %10.0f %8.0f %8.0f\n", sampler, n,
                  bare.rate(), bare.server_seconds / bare.requests * 1e6, ours.asks.rate(),
                  ours.asks.server_seconds / ours.asks.requests * 1e6, ours.asks.rate() / bare.rate(),
                  ours.asks.quantile(0.5), ours.asks.quantile(0.99), ours.tells.quantile(0.5),
                  ours.tells.quantile(0.99), told.rate(), told.quantile(0.5), told.quantile(0.99));
      std::fflush(stdout);
    }
  }
  print_memory(me, daemon->port(), path, requests);
  print_growth(daemon->port(), created(me, "uniform"), requests / 2);
}
