#pragma once
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "io/http/server.hpp"

namespace vilfredo::test {

/// A server that answers with what it was asked, a line each, unless the test has other plans; and remembers what it
/// had to say.
class echo_server {
public:
  explicit echo_server(http::server_options how = {}, http::handler handle = echo, http::gate admit = {}) {
    auto opened = http::server::open(
        std::move(how), std::move(handle),
        [this](const http::notice& said) {
          std::lock_guard hold(mutex_);
          said_.push_back(said.text);
        },
        [](int status, const std::string& message) {
          return http::response{status, {{"Content-Type", "application/json"}}, "{\"message\": \"" + message + "\"}"};
        },
        std::move(admit));
    if (!opened) {
      std::cerr << opened.error().message << "\n";
      std::abort();
    }
    server_ = *std::move(opened);
  }

  http::server* operator->() { return server_.get(); }
  std::uint16_t port() const { return server_->port(); }
  std::vector<std::string> said() {
    std::lock_guard hold(mutex_);
    return said_;
  }

  static void echo(std::shared_ptr<http::exchange> asked) {
    const auto& what = asked->what();
    std::string text = what.method + " " + what.path + "\n";
    for (const auto& [name, value] : what.query) text += "query " + name + "=" + value + "\n";
    for (const auto& [name, value] : what.headers) text += "header " + name + "=" + value + "\n";
    asked->answer({200, {{"Content-Type", "text/plain"}}, text + "body " + what.body});
  }

private:
  std::mutex mutex_;
  std::vector<std::string> said_;
  std::unique_ptr<http::server> server_;
};

}  // namespace vilfredo::test
