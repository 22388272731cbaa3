/// What a store pays for text: the facts of trials with ten parameters and two metrics, each issued and completed, are
/// encoded, decoded and folded into a ledger, as by a process that starts again. `bench_codec [FACTS]`, 1 000 000 by
/// default.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "core/ledger.hpp"
#include "core/random.hpp"
#include "io/fact_codec.hpp"

using namespace vilfredo;

namespace {
/// Processor time, so that a busy machine does not show.
double seconds_of(auto work) {
  auto start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

std::shared_ptr<const definition> ten_parameters() {
  auto out = std::make_shared<definition>();
  out->name = "codec";
  for (int i = 0; i < 10; ++i) {
    parameter p;
    p.name = "x" + std::to_string(i);
    out->space.parameters.push_back(p);
  }
  out->metrics.resize(2);
  out->metrics[0].name = "quality";
  out->metrics[1].name = "cost";
  return out;
}

events::event issued_fact(std::uint64_t number, random_source& random) {
  events::trial_issued out;
  out.trial = {number};
  out.worker = "worker-1";
  out.lease_until = time_point(duration(1'700'000'000'000 + static_cast<std::int64_t>(number)));
  out.point.emplace();
  for (int i = 0; i < 10; ++i) out.point->values.push_back(random.uniform());
  out.from = origin::design;
  out.based_on = number;
  out.sequence = number;
  return out;
}

events::event completed_fact(std::uint64_t number, random_source& random) {
  return events::trial_completed{{number}, 1, {number}, {random.uniform(), random.uniform()}, {}, false};
}

void print(const char* what, double seconds, std::size_t facts, std::size_t bytes) {
  std::printf("%-22s %6.2f s  %6.0f ns a fact  %6.0f MB/s\n", what, seconds, seconds * 1e9 / static_cast<double>(facts),
              static_cast<double>(bytes) / seconds / 1e6);
}
}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t facts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  random_source random(1);
  std::vector<events::event> events;
  for (std::uint64_t i = 0; i < facts; ++i)
    events.push_back(i % 2 ? completed_fact(i / 2 + 1, random) : issued_fact(i / 2 + 1, random));
  std::vector<std::string> lines(facts);
  std::size_t bytes = 0;
  auto spent = seconds_of([&] {
    for (std::uint64_t i = 0; i < facts; ++i) lines[i] = io::encode(events[i]);
  });
  for (const auto& line : lines) bytes += line.size();
  print("encode", spent, facts, bytes);
  spent = seconds_of([&] {
    for (const auto& line : lines)
      if (!io::decode(line)) std::abort();
  });
  print("decode", spent, facts, bytes);
  auto book = ledger::open({1, time_point{}, "", events::experiment_created{ten_parameters()}});
  if (!book) return std::fprintf(stderr, "%s\n", book.error().message.c_str()), 1;
  spent = seconds_of([&] {
    for (std::uint64_t i = 0; i < facts; ++i) {
      auto event = io::decode(lines[i]);
      if (!event || !book->apply({i + 2, time_point{}, "", *std::move(event)})) std::abort();
    }
  });
  print("decode and fold", spent, facts, bytes);
  std::printf("%.0f bytes a fact\n", static_cast<double>(bytes) / static_cast<double>(facts));
}
