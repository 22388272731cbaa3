#include "bench/http_load.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <iterator>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace vilfredo::bench {

namespace {
using clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "http: " << why << "\n";
  std::exit(1);
}

double seconds_of(clockid_t which) {
  timespec now{};
  ::clock_gettime(which, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// A connection and what has come of its present answer.
struct asker {
  io::file_descriptor socket;
  std::string answer;
  std::size_t size = 0;  ///< of the answer; 0: not known yet
  clock::time_point asked;
};

/// The size of an answer with its head, once that is there.
std::size_t size_of(const std::string& in) {
  const auto end = in.find("\r\n\r\n"), length = in.find("Content-Length: ");
  if (end == std::string::npos) return 0;
  return end + 4 + (length < end ? static_cast<std::size_t>(std::atoll(in.c_str() + length + 16)) : 0);
}
}  // namespace

io::file_descriptor connected(std::uint16_t port) {
  io::file_descriptor out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(out.number(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) give_up("cannot connect");
  int on = 1;
  ::setsockopt(out.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return out;
}

void send_all(const io::file_descriptor& to, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto sent = ::send(to.number(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent < 0) return;
    done += static_cast<std::size_t>(sent);
  }
}

std::size_t read_answer(const io::file_descriptor& from) {
  std::string in;
  char piece[16384];
  for (;;) {
    const auto got = ::recv(from.number(), piece, sizeof piece, 0);
    if (got <= 0) return 0;
    in.append(piece, static_cast<std::size_t>(got));
    if (const auto size = size_of(in); size > 0 && in.size() >= size) return size;
  }
}

void load::add(const load& other) {
  requests += other.requests;
  seconds += other.seconds;
  client_seconds += other.client_seconds;
  server_seconds += other.server_seconds;
  microseconds.insert(microseconds.end(), other.microseconds.begin(), other.microseconds.end());
}

double load::quantile(double share) {
  std::sort(microseconds.begin(), microseconds.end());
  return microseconds.empty()
             ? 0
             : microseconds[static_cast<std::size_t>(share * static_cast<double>(microseconds.size() - 1))];
}

load converse(double seconds, std::uint16_t port, int connections, const next_question& next) {
  load out;
  io::file_descriptor poller(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<asker> askers(static_cast<std::size_t>(connections));
  const auto begin = clock::now();
  const auto mine = seconds_of(CLOCK_THREAD_CPUTIME_ID), all = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  for (std::size_t i = 0; i < askers.size(); ++i) {
    askers[i].socket = connected(port);
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.u64 = i;
    ::epoll_ctl(poller.number(), EPOLL_CTL_ADD, askers[i].socket.number(), &wanted);
    askers[i].asked = clock::now();
    send_all(askers[i].socket, next(i, {}));
  }
  char piece[65536];
  for (auto now = begin; std::chrono::duration<double>(now - begin).count() < seconds;) {
    epoll_event ready[64];
    const int count = ::epoll_wait(poller.number(), ready, std::size(ready), 1000);
    now = clock::now();
    for (int i = 0; i < count; ++i) {
      auto& one = askers[ready[i].data.u64];
      const auto got = ::recv(one.socket.number(), piece, sizeof piece, MSG_DONTWAIT);
      if (got <= 0) give_up("a connection was closed");
      one.answer.append(piece, static_cast<std::size_t>(got));
      if (one.size == 0) one.size = size_of(one.answer);
      if (one.size == 0 || one.answer.size() < one.size) continue;
      ++out.requests;
      now = clock::now();
      out.microseconds.push_back(std::chrono::duration<double, std::micro>(now - one.asked).count());
      one.asked = now;
      send_all(one.socket, next(ready[i].data.u64, one.answer));
      one.answer.clear();
      one.size = 0;
    }
  }
  out.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  out.client_seconds = seconds_of(CLOCK_THREAD_CPUTIME_ID) - mine;
  out.server_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - all - out.client_seconds;
  return out;
}

load ask_for(double seconds, std::uint16_t port, int connections, const std::string& request) {
  return converse(seconds, port, connections,
                  [&](std::size_t, std::string_view) -> const std::string& { return request; });
}

}  // namespace vilfredo::bench
