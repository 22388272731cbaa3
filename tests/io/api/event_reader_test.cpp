#include <deque>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "io/api/event_hub.hpp"
#include "tests/support/bare_orchestra.hpp"

using namespace vilfredo;
using api::event_hub;
using api::event_reader;

namespace {

/// A house with one experiment's facts, which answers when it is told to.
class small_house final : public test::bare_orchestra {
public:
  std::vector<fact> facts;
  std::deque<std::function<void()>> due;
  bool broken = false;

  void add(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
      facts.push_back({facts.size() + 1, time_point(duration(1000)), {}, events::experiment_paused{}});
  }
  /// Answers what was asked, and what that led to.
  void settle() {
    while (!due.empty()) {
      auto next = std::move(due.front());
      due.pop_front();
      next();
    }
  }

  void facts_after(experiment_id, std::uint64_t sequence, std::size_t most,
                   then<result<std::shared_ptr<const std::vector<fact>>>> answer) override {
    if (broken) return due.push_back([answer] { answer(error{errc::unavailable, "no store"}); });
    auto out = std::make_shared<std::vector<fact>>();
    for (auto i = sequence; i < facts.size() && out->size() < most; ++i) out->push_back(facts[i]);
    due.push_back([answer, out] { answer(std::shared_ptr<const std::vector<fact>>(out)); });
  }
};

fact creation() {
  definition d;
  d.run.emplace();
  d.run->command = {"secret"};
  return {1, time_point(duration(1000)), {}, events::experiment_created{std::make_shared<const definition>(d)}};
}

struct world {
  small_house house;
  event_reader::executor at_once = [](std::function<void()> rest) { rest(); };
  std::shared_ptr<http::event_stream> stream;
  std::string heard;
  event_hub hub;

  std::shared_ptr<event_reader> come(event_reader::options how, std::size_t most_bytes = 64 * 1024) {
    http::event_stream::options shape{most_bytes, false, api::dropped_text("too slow")};
    stream = std::make_shared<http::event_stream>(shape, [] {});
    how.experiment = {1};
    auto out = std::make_shared<event_reader>(house, at_once, std::move(how), stream);
    hub.add({1}, out);
    out->begin();
    return out;
  }
  void publish(std::uint64_t from, std::uint64_t to, experiment_state state = experiment_state::active) {
    std::vector<fact> some(house.facts.begin() + static_cast<std::ptrdiff_t>(from) - 1,
                           house.facts.begin() + static_cast<std::ptrdiff_t>(to));
    hub.publish({1}, some, state);
  }
  /// The client takes what waits, as long as there is something.
  void read() {
    for (;;) {
      house.settle();
      auto got = stream->take();
      if (got.bytes.empty()) return;
      heard += got.bytes;
    }
  }
  /// What was heard, in short: ids of facts, and the names of other events.
  std::vector<std::string> events() const {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < heard.size();) {
      auto end = heard.find('\n', at);
      auto line = heard.substr(at, end - at);
      if (line.starts_with("id: ")) out.push_back(line.substr(4));
      if (line.starts_with("event: ")) out.push_back(line.substr(7));
      at = end + 1;
    }
    return out;
  }
};

std::vector<std::string> numbers(std::uint64_t from, std::uint64_t to) {
  std::vector<std::string> out;
  for (auto i = from; i <= to; ++i) out.push_back(std::to_string(i));
  return out;
}

}  // namespace

TEST_CASE("an event carries its sequence, its time and the fact") {
  fact x{7, time_point(duration(1234)), "secret request id", events::lease_renewed{{3}, 2, time_point(duration(5))}};
  CHECK(api::event_text(x) ==
        "id: 7\ndata: {\"sequence\":7,\"at\":1234,\"event\":\"lease_renewed\",\"trial\":3,\"lease\":2,"
        "\"lease_until\":5}\n\n");
}

TEST_CASE("a returning client hears all that he missed, then what comes, each once and in order") {
  world w;
  w.house.add(350);
  w.come({.after = 20, .known = 350});
  // Comes while he still reads what is older.
  w.house.add(5);
  w.publish(351, 355);
  w.read();
  w.house.add(2);
  w.publish(356, 357);
  w.publish(356, 357);
  w.read();
  auto expected = numbers(21, 355);
  expected.push_back("state");
  expected.push_back("356");
  expected.push_back("357");
  CHECK(w.events() == expected);
}

TEST_CASE("what happens between the look and the first page is not lost") {
  world w;
  w.house.add(13);
  w.come({.after = 10, .known = 10});  // nobody told him of the last three
  w.read();
  auto expected = numbers(11, 13);
  expected.push_back("state");
  CHECK(w.events() == expected);
}

TEST_CASE("a hole in the news is filled from the store") {
  world w;
  w.house.add(3);
  w.come({.after = 3, .known = 3});
  w.read();
  w.house.add(4);
  w.publish(7, 7);
  w.read();
  CHECK(w.events() == std::vector<std::string>{"state", "4", "5", "6", "7"});
}

TEST_CASE("the experiment's state is told with the facts that changed it, and only then") {
  world w;
  w.house.add(2);
  w.come({.after = 2, .known = 2});
  w.read();
  w.house.add(2);
  w.publish(3, 3);
  w.publish(4, 4, experiment_state::finished);
  w.read();
  CHECK(w.events() == std::vector<std::string>{"state", "3", "4", "state"});
  CHECK(w.heard.ends_with("event: state\ndata: {\"state\":\"finished\"}\n\n"));
}

TEST_CASE("who catches up is never too slow, however much he has missed") {
  world w;
  w.house.add(5000);
  w.come({.after = 0, .known = 5000}, event_reader::piece_bytes);
  w.read();
  auto expected = numbers(1, 5000);
  expected.push_back("state");
  CHECK(w.events() == expected);
}

TEST_CASE("who does not take what comes is dropped with a word, and forgotten") {
  world w;
  auto reader = w.come({.after = 0, .known = 0}, 500);
  std::weak_ptr<event_reader> watched = reader;
  reader.reset();
  w.house.settle();
  w.house.add(100);
  for (std::uint64_t i = 1; i <= 100; ++i) w.publish(i, i);
  CHECK(watched.expired());
  w.heard = w.stream->take().bytes;
  CHECK(w.heard == "event: dropped\ndata: {\"reason\":\"too slow\"}\n\n");
}

TEST_CASE("a token that is taken back ends its streams at the next sign of life") {
  world w;
  bool welcome = true;
  event_reader::options how;
  how.welcome = [&](time_point) { return welcome; };
  auto reader = w.come(std::move(how));
  w.read();
  w.hub.beat({});
  CHECK(w.stream->take().bytes == ": still here\n\n");
  welcome = false;
  w.hub.beat({});
  auto last = w.stream->take();
  CHECK(last.bytes.starts_with("event: dropped\ndata: {\"reason\":\"this token"));
  CHECK(last.last);
  CHECK(reader.use_count() == 1);
}

TEST_CASE("when the store cannot be read the client is told, so that he comes again") {
  world w;
  w.house.broken = true;
  w.come({.after = 0, .known = 0});
  w.house.settle();
  auto last = w.stream->take();
  CHECK(last.bytes == "event: dropped\ndata: {\"reason\":\"no store\"}\n\n");
  CHECK(last.last);
}

TEST_CASE("the program that runs is told only to those who may know it") {
  for (bool redact : {false, true}) {
    world w;
    w.house.facts.push_back(creation());
    event_reader::options how;
    how.known = 1;
    how.redact = redact;
    w.come(how);
    w.read();
    CHECK(w.heard.find("experiment_created") != std::string::npos);
    CHECK((w.heard.find("secret") == std::string::npos) == redact);
  }
}
