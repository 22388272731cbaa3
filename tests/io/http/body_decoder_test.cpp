#include <string>

#include <doctest/doctest.h>

#include "io/http/body_decoder.hpp"

using namespace vilfredo::http;

namespace {
struct outcome {
  int status = 0;
  bool done = false;
  std::string body, left;
};

outcome decode(const std::string& bytes, std::size_t piece, const head& of, const limits& within = {}) {
  outcome out;
  body_decoder decoder(of, within);
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    waiting += bytes.substr(at, piece);
    auto taken = decoder.feed(waiting, out.body);
    if (auto* fault = std::get_if<refusal>(&taken)) {
      out.status = fault->status;
      return out;
    }
    waiting.erase(0, std::get<0>(taken));
  }
  out.done = decoder.done();
  out.left = waiting;
  return out;
}

head chunked() {
  head out;
  out.chunked = true;
  return out;
}
}  // namespace

TEST_CASE("a body of so many bytes ends there") {
  head five;
  five.length = 5;
  for (std::size_t piece : {1U, 2U, 100U}) {
    auto x = decode("hello next", piece, five);
    CHECK(x.done);
    CHECK(x.body == "hello");
    CHECK(x.left == " next");
  }
  CHECK_FALSE(decode("hell", 1, five).done);
  CHECK(body_decoder(head{}, {}).done());
}

TEST_CASE("chunks are put together however they arrive, extensions and trailers left out") {
  const std::string bytes =
      "5\r\nhello\r\n00A;name=\"v\"\r\n 0123\r\nxyz\r\n0 ;last\r\nTrailer: t\r\nOther: u\r\n\r\nGET";
  for (std::size_t piece : {1U, 3U, 1000U}) {
    auto x = decode(bytes, piece, chunked());
    CHECK(x.status == 0);
    CHECK(x.done);
    CHECK(x.body == "hello 0123\r\nxyz");
    CHECK(x.left == "GET");
  }
  CHECK(decode("0\r\n\r\n", 1, chunked()).done);
}

TEST_CASE("chunks that can be understood in two ways are refused") {
  for (const std::string bytes : {"\r\n",
                                  "x\r\n",
                                  "-5\r\n",
                                  "+5\r\n",
                                  "0x5\r\n",
                                  " 5\r\n",
                                  "5 \r\n",
                                  "5\n",
                                  "5\rx",
                                  "5,5\r\n",
                                  "5\r\nhello!\r\n",
                                  "5\r\nhello\n",
                                  "5\r\nhello0\r\n\r\n",
                                  "1000000000000000\r\n",
                                  "5;a\x01\r\n",
                                  "0\r\nbad trailer\r\n\r\n",
                                  "0\r\nname : v\r\n\r\n",
                                  "0\r\n folded\r\n\r\n",
                                  "0\r\n\n",
                                  ";a\r\n"}) {
    CAPTURE(bytes);
    for (std::size_t piece : {1U, 1000U}) CHECK(decode(bytes, piece, chunked()).status == 400);
  }
  CHECK(decode("5;" + std::string(300, 'a'), 7, chunked()).status == 400);
}

TEST_CASE("chunked bodies and trailers have limits") {
  limits small;
  small.body_bytes = 8;
  small.header_bytes = 20;
  CHECK(decode("4\r\nabcd\r\n4\r\nabcd\r\n0\r\n\r\n", 1, chunked(), small).done);
  CHECK(decode("4\r\nabcd\r\n5\r\n", 1, chunked(), small).status == 413);
  CHECK(decode("fffffffffffffff\r\n", 1, chunked(), small).status == 413);
  CHECK(decode("0\r\nA: " + std::string(30, 'a'), 1, chunked(), small).status == 431);
}
