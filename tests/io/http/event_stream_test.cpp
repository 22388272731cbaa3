#include <string>

#include <doctest/doctest.h>

#include "io/http/event_stream.hpp"

using vilfredo::http::event_stream;

TEST_CASE("pieces wait together for the one who writes them, who is woken once") {
  int woken = 0;
  event_stream stream({.most_bytes = 100, .chunked = true, .last_word = {}}, [&] { ++woken; });
  CHECK(stream.send("hello"));
  CHECK(stream.send("you"));
  CHECK(woken == 1);
  auto batch = stream.take();
  CHECK(batch.bytes == "5\r\nhello\r\n3\r\nyou\r\n");
  CHECK_FALSE(batch.last);
  stream.send("x");
  stream.close();
  CHECK(woken == 2);
  batch = stream.take();
  CHECK(batch.bytes == "1\r\nx\r\n0\r\n\r\n");
  CHECK(batch.last);
  CHECK_FALSE(stream.send("late"));
}

TEST_CASE("a reader whose buffer overflows gets the last word instead of what waited") {
  event_stream stream({.most_bytes = 10, .chunked = false, .last_word = "too slow"}, [] {});
  CHECK(stream.send("12345"));
  CHECK_FALSE(stream.send("123456"));
  CHECK_FALSE(stream.send("1"));
  auto batch = stream.take();
  CHECK(batch.bytes == "too slow");
  CHECK(batch.last);
  CHECK(batch.dropped);
}

TEST_CASE("one is told once when the reader is gone, at once if it already is, never after closing") {
  int gone = 0;
  event_stream left({.most_bytes = 10, .chunked = true, .last_word = {}}, [] {});
  left.on_gone([&] { ++gone; });
  left.lose();
  left.lose();
  CHECK(gone == 1);
  CHECK_FALSE(left.send("x"));
  left.on_gone([&] { ++gone; });
  CHECK(gone == 2);
  event_stream closed({.most_bytes = 10, .chunked = true, .last_word = {}}, [] {});
  closed.on_gone([&] { ++gone; });
  closed.close();
  closed.lose();
  CHECK(gone == 2);
}

TEST_CASE("who can wait is told when all was taken, and an empty buffer takes a piece of any size") {
  int told = 0;
  event_stream stream({.most_bytes = 10, .chunked = false, .last_word = {}}, [] {});
  CHECK(stream.empty_or([&] { ++told; }));
  CHECK(stream.send("a piece that is longer than the buffer"));
  CHECK_FALSE(stream.empty_or([&] { ++told; }));
  CHECK(told == 0);
  CHECK(stream.take().bytes == "a piece that is longer than the buffer");
  CHECK(told == 1);
  stream.take();
  CHECK(told == 1);
  stream.send("x");
  CHECK_FALSE(stream.empty_or([&] { ++told; }));
  stream.lose();
  stream.take();
  CHECK(told == 1);
}
