#include "io/remote/tokens.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/echo_server.hpp"

using namespace vilfredo;

namespace {

/// A daemon that answers what the test says, and remembers what it was asked.
class scripted_daemon {
public:
  explicit scripted_daemon(std::function<http::response(const http::request&)> answer)
      : answer_(std::move(answer)), server_({}, [this](std::shared_ptr<http::exchange> x) {
          {
            std::lock_guard hold(mutex_);
            asked_.push_back(x->what().method + " " + x->what().path + " " + x->what().body);
          }
          x->answer(answer_(x->what()));
        }) {
    remote::access how;
    how.where.host = "127.0.0.1";
    how.where.port = server_.port();
    how.token = "t";
    daemon_ = *remote::orchestra::make(how);
  }
  remote::orchestra& operator*() { return *daemon_; }
  std::vector<std::string> asked() {
    std::lock_guard hold(mutex_);
    return asked_;
  }

private:
  std::function<http::response(const http::request&)> answer_;
  std::mutex mutex_;
  std::vector<std::string> asked_;
  test::echo_server server_;
  std::unique_ptr<remote::orchestra> daemon_;
};

http::response of(const std::string& body) { return {200, {{"Content-Type", "application/json"}}, body}; }

std::string one(const std::string& name, const std::string& more = "") {
  return R"({"token": "t-)" + name + R"(", "name": ")" + name +
         R"(", "token_type": "client-api", "permissions": "read", "expires": null, "experiment": null)" + more + "}";
}

}  // namespace

TEST_CASE("all pages of the list are read") {
  scripted_daemon daemon([](const http::request& r) {
    const auto* after = r.parameter("after");
    if (!after) return of(R"({"data": [)" + one("a") + "," + one("b") + R"(], "paging": {"after": "M"}})");
    return of(R"({"data": [)" + one("c", R"(, "project": "p")") + R"(], "paging": {"after": null}})");
  });
  auto got = remote::list_tokens(*daemon);
  REQUIRE(got);
  REQUIRE(got->size() == 3);
  CHECK((*got)[1].name == "b");
  CHECK_FALSE((*got)[1].project);
  CHECK((*got)[2].project == "p");
  CHECK(daemon.asked().size() == 2);
}

TEST_CASE("what is wished for is asked, and nothing else") {
  scripted_daemon daemon([](const http::request&) { return of(one("ci")); });
  REQUIRE(remote::create_token(*daemon, {"ci", "read"}));
  REQUIRE(remote::create_token(*daemon, {"ci", "read", 5, "p"}));
  CHECK(daemon.asked() ==
        std::vector<std::string>{
            R"(POST /v1/clients/1/tokens {"name":"ci","permissions":"read"})",
            R"(POST /v1/clients/1/tokens {"expires":5,"name":"ci","permissions":"read","project":"p"})"});
}

TEST_CASE("the start of a hash stands in a path with its ellipsis") {
  scripted_daemon daemon([](const http::request&) { return of(one("x")); });
  REQUIRE(remote::revoke_token(*daemon, "…0123456789ab"));
  CHECK(daemon.asked() == std::vector<std::string>{"DELETE /v1/tokens/…0123456789ab {}"});
}

TEST_CASE("an answer that is no token's is not taken for one") {
  for (const char* body :
       {"[]", "{", R"({"token": "t"})", R"({"token": 1, "name": "n", "token_type": "x", "permissions": "read"})"}) {
    scripted_daemon daemon([body](const http::request&) { return of(body); });
    CAPTURE(body);
    CHECK(remote::rotate_token(*daemon, "…0123456789").error().code == errc::unavailable);
  }
  scripted_daemon refusing([](const http::request&) {
    return http::response{403, {}, R"({"message": "may only read", "token_status": "invalid_permissions"})"};
  });
  auto refused = remote::list_tokens(*refusing);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("refuses the token: may only read") != std::string::npos);
}
