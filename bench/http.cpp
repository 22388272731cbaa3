// What HTTP costs. Three tables, all over loopback, each server with one thread, one thread that asks:
//  1. requests a second and latencies of our server against a bare Beast server, both giving a body back, in turns;
//     and the processor time that each server takes for a request, which a busy machine changes less
//  2. memory of idle connections and of event streams
//  3. p99 of well-behaved clients while others drip bytes, send too much, garbage and TLS to it, against without them
//
//   bench/http [SECONDS a line and server] [ROUNDS]     default: 2 seconds in 4 rounds
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/beast_echo.hpp"
#include "bench/http_load.hpp"
#include "io/http/server.hpp"

namespace {

using namespace vilfredo;
using namespace std::chrono_literals;

const std::string request = "POST /v1/experiments/1/suggestions HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
                            "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n" +
                            std::string(200, 'x');

double process_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double megabytes() {
  long all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::unique_ptr<http::server> opened(http::limits within, http::handler handle) {
  http::server_options how;
  how.threads = 1;
  how.within = within;
  auto out = http::server::open(
      std::move(how), std::move(handle), [](const auto&) {},
      [](int status, const std::string& why) {
        return http::response{status, {}, why};
      });
  if (!out) {
    std::cerr << "http: " << out.error().message << "\n";
    std::exit(1);
  }
  return *std::move(out);
}

void echo(std::shared_ptr<http::exchange> asked) {
  asked->answer({200, {{"Content-Type", "text/plain"}}, asked->what().body});
}

struct measured {
  bench::load asked;
  double server_seconds = 0;
  void turn(double seconds, std::uint16_t port, int connections) {
    const auto before = process_seconds();
    auto some = bench::ask_for(seconds, port, connections, request);
    server_seconds += process_seconds() - before - some.client_seconds;
    asked.add(some);
  }
  double cost() const { return 1e6 * server_seconds / asked.requests; }
  void print(const char* whose, int connections) {
    std::printf("%11d  %-7s %10.0f %8.0f %8.0f %14.1f\n", connections, whose, asked.rate(), asked.quantile(0.5),
                asked.quantile(0.99), cost());
  }
};

void compare_rates(double seconds, int rounds) {
  auto ours = opened({}, echo);
  bench::beast_echo bare;
  std::puts("connections  server  requests/s   p50 us   p99 us  cpu us/request");
  for (int connections : {1, 16, 64}) {
    measured us, them;
    for (int i = 0; i < rounds; ++i) {
      us.turn(seconds / rounds, ours->port(), connections);
      them.turn(seconds / rounds, bare.port(), connections);
    }
    us.print("ours", connections);
    them.print("bare", connections);
    std::printf("             ratio: requests/s %.2f, processor time %.2f (aim: at least 0.8)\n",
                us.asked.rate() / them.asked.rate(), them.cost() / us.cost());
  }
}

void weigh() {
  std::mutex mutex;
  std::vector<std::shared_ptr<http::event_stream>> streams;
  auto server = opened({}, [&](std::shared_ptr<http::exchange> asked) {
    if (asked->what().path != "/events") return echo(asked);
    auto begun = asked->stream({200, {}, {}});
    begun->send("data: {}\n\n");
    std::lock_guard hold(mutex);
    streams.push_back(std::move(begun));
  });
  std::vector<io::file_descriptor> clients;
  const auto before = megabytes();
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(bench::connected(server->port()));
    bench::send_all(clients.back(), request);
    bench::read_answer(clients.back());
  }
  const auto idle = megabytes();
  for (int i = 0; i < 200; ++i) {
    clients.push_back(bench::connected(server->port()));
    bench::send_all(clients.back(), "GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
    bench::read_answer(clients.back());
  }
  std::printf(
      "\nmemory: 1 000 idle connections %.1f MB, 200 event streams %.1f MB, together with this program %.1f MB (aim: "
      "under 100)\n",
      idle - before, megabytes() - idle, megabytes());
}

/// Connections that misbehave, some of each kind a hundredth of a second, until `over`.
void misbehave(std::uint16_t port, const std::atomic<bool>& over) {
  std::vector<io::file_descriptor> slow;
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  while (!over) {
    slow.push_back(bench::connected(port));
    bench::send_all(slow.back(), head);
    if (slow.size() > 200) slow.erase(slow.begin());
    for (auto& each : slow) bench::send_all(each, "A");
    for (const std::string& sent :
         {head + "Content-Length: 99999999\r\n\r\n" + std::string(50'000, 'x'), head + "A: " + std::string(50'000, 'x'),
          std::string(1000, '\xff'), std::string("\x16\x03\x01\x02\x00\x01", 6), request + "\r\n\r\n\r\ngarbage"}) {
      auto one = bench::connected(port);
      bench::send_all(one, sent);
      ::shutdown(one.number(), SHUT_WR);
    }
    std::this_thread::sleep_for(10ms);
  }
}

void disturb(double seconds, int rounds) {
  auto server = opened({}, echo);
  bench::load calm, disturbed;
  for (int i = 0; i < rounds; ++i) {
    calm.add(bench::ask_for(seconds / rounds, server->port(), 16, request));
    std::atomic<bool> over = false;
    std::thread others([&] { misbehave(server->port(), over); });
    disturbed.add(bench::ask_for(seconds / rounds, server->port(), 16, request));
    over = true;
    others.join();
  }
  const auto counted = server->counted();
  std::printf(
      "\n16 good connections: p99 %.0f us alone, %.0f us beside %llu bad ones (of them %llu refused): ratio %.2f\n",
      calm.quantile(0.99), disturbed.quantile(0.99),
      static_cast<unsigned long long>(counted.connections) - 2ULL * 16 * static_cast<unsigned long long>(rounds),
      static_cast<unsigned long long>(counted.refused), disturbed.quantile(0.99) / calm.quantile(0.99));
}

}  // namespace

int main(int count, char** arguments) {
  const double seconds = count > 1 ? std::atof(arguments[1]) : 2;
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 4;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  compare_rates(seconds, rounds);
  weigh();
  disturb(seconds, rounds);
}
