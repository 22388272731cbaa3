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

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct asker {
  io::file_descriptor socket;
  std::size_t size = 0, got = 0;
  clock::time_point asked;
};
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
    const auto end = in.find("\r\n\r\n"), length = in.find("Content-Length: ");
    if (end == std::string::npos) continue;
    const auto size = end + 4 + (length < end ? static_cast<std::size_t>(std::atoll(in.c_str() + length + 16)) : 0);
    if (in.size() >= size) return size;
  }
}

void load::add(const load& other) {
  requests += other.requests;
  seconds += other.seconds;
  client_seconds += other.client_seconds;
  microseconds.insert(microseconds.end(), other.microseconds.begin(), other.microseconds.end());
}

double load::quantile(double share) {
  std::sort(microseconds.begin(), microseconds.end());
  return microseconds.empty()
             ? 0
             : microseconds[static_cast<std::size_t>(share * static_cast<double>(microseconds.size() - 1))];
}

load ask_for(double seconds, std::uint16_t port, int connections, const std::string& request) {
  load out;
  io::file_descriptor poller(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<asker> askers(static_cast<std::size_t>(connections));
  for (auto& each : askers) {
    each.socket = connected(port);
    send_all(each.socket, request);
    each.size = read_answer(each.socket);
    if (each.size == 0) give_up("an answer did not come");
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.ptr = &each;
    ::epoll_ctl(poller.number(), EPOLL_CTL_ADD, each.socket.number(), &wanted);
  }
  const auto begin = clock::now();
  const auto cpu = thread_seconds();
  for (auto& each : askers) {
    each.asked = clock::now();
    send_all(each.socket, request);
  }
  char piece[65536];
  for (auto now = begin; std::chrono::duration<double>(now - begin).count() < seconds;) {
    epoll_event ready[64];
    const int count = ::epoll_wait(poller.number(), ready, std::size(ready), 1000);
    now = clock::now();
    for (int i = 0; i < count; ++i) {
      auto& one = *static_cast<asker*>(ready[i].data.ptr);
      const auto got = ::recv(one.socket.number(), piece, sizeof piece, MSG_DONTWAIT);
      if (got <= 0) give_up("a connection was closed");
      one.got += static_cast<std::size_t>(got);
      if (one.got < one.size) continue;
      one.got = 0;
      ++out.requests;
      now = clock::now();
      out.microseconds.push_back(std::chrono::duration<double, std::micro>(now - one.asked).count());
      one.asked = now;
      send_all(one.socket, request);
    }
  }
  out.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  out.client_seconds = thread_seconds() - cpu;
  return out;
}

}  // namespace vilfredo::bench
