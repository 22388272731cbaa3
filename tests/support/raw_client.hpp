#pragma once
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "io/file_descriptor.hpp"
#include "io/http/characters.hpp"

namespace vilfredo::test {

/// One answer as it came.
struct raw_answer {
  int status = 0;  ///< 0: none came
  std::map<std::string, std::string> headers;
  std::string body;
};

/// A TCP connection to this machine that sends whatever bytes a test likes, and waits at most ten seconds for others.
class raw_client {
public:
  explicit raw_client(std::uint16_t port, int receive_buffer = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (receive_buffer > 0)
      ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
      std::cerr << "cannot connect to port " << port << "\n";
      std::abort();
    }
  }

  /// False: the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_.number(), SHUT_WR); }
  int number() const { return socket_.number(); }

  /// The next answer; `bodiless` if it is one to HEAD.
  raw_answer answer(bool bodiless = false) {
    raw_answer out;
    auto end = until("\r\n\r\n");
    if (end == std::string::npos) return out;
    auto head = take(end + 4);
    out.status = std::atoi(head.substr(9, 3).c_str());
    for (auto line = head.find("\r\n") + 2; line + 2 < head.size(); line = head.find("\r\n", line) + 2) {
      auto colon = head.find(": ", line);
      out.headers[http::lower(head.substr(line, colon - line))] =
          head.substr(colon + 2, head.find("\r\n", line) - colon - 2);
    }
    if (bodiless || out.status == 100 || out.status == 204 || out.status == 304) return out;
    if (out.headers.contains("content-length")) {
      const auto size = static_cast<std::size_t>(std::atoll(out.headers["content-length"].c_str()));
      while (in_.size() < size && more()) {
      }
      out.body = take(size);
    } else if (out.headers["transfer-encoding"] == "chunked") {
      for (auto piece = chunk(); !piece.empty(); piece = chunk()) out.body += piece;
    } else {
      out.body = rest();
    }
    return out;
  }
  /// The head of an answer, as it is.
  std::string head() {
    auto end = until("\r\n\r\n");
    return end == std::string::npos ? std::string() : take(end + 4);
  }
  /// The next piece of a chunked answer; empty at its end.
  std::string chunk() {
    auto end = until("\r\n");
    if (end == std::string::npos) return {};
    const auto size = std::strtoul(take(end + 2).c_str(), nullptr, 16);
    while (in_.size() < size + 2 && more()) {
    }
    auto out = take(size);
    take(2);
    return out;
  }
  /// All until the other side closes.
  std::string rest() {
    while (more()) {
    }
    return take(in_.size());
  }
  /// The other side closes, and sends nothing before.
  bool closed() { return rest().empty() && !late_; }

private:
  std::size_t until(std::string_view mark) {
    for (;;) {
      if (auto found = in_.find(mark); found != std::string::npos) return found;
      if (!more()) return std::string::npos;
    }
  }
  std::string take(std::size_t count) {
    auto out = in_.substr(0, count);
    in_.erase(0, count);
    if (in_.empty()) std::string().swap(in_);  // tests count the server's memory beside this
    return out;
  }
  bool more() {
    pollfd wait{socket_.number(), POLLIN, 0};
    if (::poll(&wait, 1, 10'000) <= 0) {
      late_ = true;
      return false;
    }
    char piece[65536];
    const auto got = ::recv(socket_.number(), piece, sizeof piece, 0);
    if (got <= 0) return false;
    in_.append(piece, static_cast<std::size_t>(got));
    return true;
  }

  io::file_descriptor socket_;
  std::string in_;
  bool late_ = false;
};

}  // namespace vilfredo::test
