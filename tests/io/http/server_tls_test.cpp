#include <fstream>
#include <future>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include "io/http/client.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using test::echo_server;
using test::identity;
using test::raw_client;

namespace {
/// A directory with an authority that clients believe, and what it vouches for.
struct files {
  test::scratch place;
  identity authority{"authority"};
  files() {
    authority.write_certificate(path("authority.pem"));
    renew("DNS:localhost,IP:127.0.0.1");
  }
  std::string path(const std::string& name) const { return (place / name).string(); }
  void renew(const std::string& names) {
    identity made("server", names, &authority);
    made.write_certificate(path("certificate.pem"));
    made.write_key(path("key.pem"));
  }
  http::server_options server() const {
    http::server_options out;
    out.tls = http::tls_files{path("certificate.pem"), path("key.pem")};
    out.within.linger_time = duration{50};
    return out;
  }
  std::unique_ptr<http::client> client(std::uint16_t port, const std::string& host = "127.0.0.1") const {
    http::client_options how;
    how.authorities = path("authority.pem");
    return *http::client::make(*http::parse_url("https://" + host + ":" + std::to_string(port)), how);
  }
  result<std::unique_ptr<http::server>> open() const {
    return http::server::open(
        server(), echo_server::echo, [](const auto&) {}, [](int, const auto&) { return http::response{}; });
  }
};

const std::string simple = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
}  // namespace

TEST_CASE("a client that believes the authority is served over TLS, by name and by address") {
  files with;
  echo_server server(with.server());
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    auto client = with.client(server.port(), host);
    for (int i = 0; i < 3; ++i) {
      http::question what;
      what.method = "POST";
      what.body.assign(300'000, 'x');
      auto got = client->ask(what);
      REQUIRE(got);
      CHECK(got->body.ends_with(what.body));
    }
  }
  CHECK(server->counted().connections == 2);
}

TEST_CASE("a request knows whether it came by TLS") {
  auto tell = [](const std::shared_ptr<http::exchange>& asked) {
    asked->answer({200, {}, asked->what().secure ? "secure" : "plain"});
  };
  files with;
  echo_server secured(with.server(), tell), plain({}, tell);
  CHECK(with.client(secured.port())->ask({})->body == "secure");
  auto open = http::client::make(*http::parse_url("http://127.0.0.1:" + std::to_string(plain.port())));
  CHECK((*open)->ask({})->body == "plain");
}

TEST_CASE("a client does not believe a certificate of another host, or of nobody it knows") {
  files with;
  with.renew("DNS:elsewhere");
  echo_server server(with.server());
  auto got = with.client(server.port())->ask({});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.find("its certificate is not to be believed (IP address mismatch)") != std::string::npos);
  got = with.client(server.port(), "localhost")->ask({});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.find("(hostname mismatch)") != std::string::npos);
  identity("stranger").write_certificate(with.path("authority.pem"));
  got = with.client(server.port())->ask({});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.find("its certificate is not to be believed") != std::string::npos);
  while (server->counted().connections_open > 0) std::this_thread::yield();
  CHECK(server->counted().handshakes_failed == 3);
}

TEST_CASE("a certificate is read again for those who come, and those who are here stay") {
  files with;
  echo_server server(with.server());
  auto before = with.client(server.port());
  CHECK(before->ask({}));
  with.renew("DNS:elsewhere");
  CHECK(server->reload_certificates());
  CHECK(before->ask({}));
  CHECK_FALSE(with.client(server.port())->ask({}));
  std::ofstream(with.path("key.pem")) << "not a key";
  auto failed = server->reload_certificates();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("key.pem is not a private key in PEM form") != std::string::npos);
  CHECK(before->ask({}));
}

TEST_CASE("a server without a good certificate and key says which and why") {
  files with;
  auto message = [&] {
    auto opened = with.open();
    return opened ? std::string("opened") : opened.error().message;
  };
  CHECK(message() == "opened");
  identity("other").write_key(with.path("key.pem"));
  CHECK(message() ==
        "the key " + with.path("key.pem") + " does not match the certificate " + with.path("certificate.pem"));
  std::filesystem::remove(with.path("key.pem"));
  CHECK(message() == "the key " + with.path("key.pem") + " cannot be read (No such file or directory)");
  std::ofstream(with.path("certificate.pem")) << "not a certificate";
  with.authority.write_key(with.path("key.pem"));
  CHECK(message().starts_with("the certificate " + with.path("certificate.pem") + " is not a certificate in PEM form"));
}

TEST_CASE("who speaks without TLS to a server with it is told so in plain HTTP") {
  files with;
  echo_server server(with.server());
  raw_client client(server.port());
  client.send(simple);
  auto got = client.answer();
  CHECK(got.status == 400);
  CHECK(got.body.find("use https://") != std::string::npos);
  CHECK(client.closed());
}

TEST_CASE("garbage instead of a handshake, and none at all, close that connection alone") {
  files with;
  auto how = with.server();
  how.within.header_time = duration{1000};  // enough for a machine with much else to do
  echo_server server(how);
  auto client = with.client(server.port());
  CHECK(client->ask({}));
  for (std::string garbage :
       {std::string("\x16garbage that is no handshake"), std::string("\x16\x03\x01\xff\xff") + std::string(70'000, 'x'),
        std::string("\x16"), std::string()}) {
    raw_client other(server.port());
    other.send(garbage);
    other.rest();
  }
  while (server->counted().connections_open > 1) std::this_thread::yield();
  CHECK(client->ask({}));
}

TEST_CASE("TLS 1.1 is refused") {
  files with;
  echo_server server(with.server());
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  for (int version : {TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    raw_client connection(server.port());
    std::unique_ptr<SSL, void (*)(SSL*)> session(SSL_new(context.get()), SSL_free);
    SSL_set_fd(session.get(), connection.number());
    CHECK((SSL_connect(session.get()) == 1) == (version != TLS1_1_VERSION));
  }
}

TEST_CASE("one connection too many and a body too long are answered over TLS, too") {
  files with;
  auto how = with.server();
  how.within.connections = 1;
  how.within.body_bytes = 100;
  std::promise<std::shared_ptr<http::exchange>> held;
  echo_server server(how, [&](std::shared_ptr<http::exchange> asked) { held.set_value(std::move(asked)); });
  auto first = with.client(server.port());
  auto served = std::async(std::launch::async, [&] { return first->ask({}); });
  auto exchange = held.get_future().get();
  auto second = with.client(server.port())->ask({});
  REQUIRE(second);
  CHECK(second->status == 503);
  exchange->answer({200, {}, {}});
  CHECK(served.get());
  http::question large;
  large.method = "POST";
  large.body.assign(1'000'000, 'x');
  auto got = first->ask(large);
  REQUIRE(got);
  CHECK(got->status == 413);
}

TEST_CASE("a server with TLS stops as one without") {
  files with;
  echo_server server(with.server());
  auto client = with.client(server.port());
  CHECK(client->ask({}));
  server->stop(duration{60'000});
  CHECK_FALSE(client->ask({}));
}
