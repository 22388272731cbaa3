#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <string>

#include "tests/sim/bugs.hpp"
#include "tests/sim/simulation.hpp"

namespace {

using namespace vilfredo::sim;

#ifdef VILFREDO_PLANTED
constexpr bool hooks = true;
constexpr const char* program = "vilfredo_sim_planted";
#else
constexpr bool hooks = false;
constexpr const char* program = "vilfredo_sim";
#endif

void show(const verdict& v, std::uint64_t seed, const planted_bug* bug) {
  std::printf("seed %llu breaks %s\n  %s\n  %s\n  after %llu steps; to see it again: %s --seed %llu --trace%s%s\n",
              static_cast<unsigned long long>(seed), v.broken->invariant.c_str(), v.broken->what.c_str(),
              v.profile.c_str(), static_cast<unsigned long long>(v.steps), program,
              static_cast<unsigned long long>(seed), bug ? " --bug " : "", bug ? bug->name : "");
}

verdict run(std::uint64_t seed, bool trace, const planted_bug* bug) {
  return bug ? simulate(seed, trace, bug->what, {bug->invariant}) : simulate(seed, trace);
}

/// Whether the bug is seen, by the invariant that is there to see it, within its number of seeds.
bool hunt(const planted_bug& bug, std::uint64_t first) {
  for (std::uint64_t seed = first; seed < first + bug.seeds; ++seed)
    if (auto v = run(seed, false, &bug); v.broken) {
      std::printf("%-24s seen by %-18s in seed %llu, number %llu of %llu\n", bug.name, bug.invariant,
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed - first + 1),
                  static_cast<unsigned long long>(bug.seeds));
      return true;
    }
  std::printf("%-24s NOT seen by %s in %llu seeds\n", bug.name, bug.invariant,
              static_cast<unsigned long long>(bug.seeds));
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 1000, first = 1, seed = 0;
  bool trace = false, each = false, sometimes = false;
  std::string bug_name;
  CLI::App app{"Runs the real engine and actors in a simulated world that goes wrong in every way it can"};
  app.add_option("--seeds", seeds, "how many runs");
  app.add_option("--first", first, "the first seed");
  auto* one = app.add_option("--seed", seed, "this seed only");
  app.add_flag("--trace", trace, "print what happens");
  app.add_flag("--sometimes", sometimes, "fail if a kind of fault never struck");
  app.add_option("--bug", bug_name, "plant this bug; heed only the invariant that must see it");
  app.add_flag("--each-bug", each, "plant each bug in turn; fail unless each is seen");
  CLI11_PARSE(app, argc, argv);

  const planted_bug* bug = nullptr;
  if (!bug_name.empty()) {
    bug = find_bug(bug_name);
    if (!bug) {
      std::fprintf(stderr, "there is no planted bug \"%s\"; known are:\n", bug_name.c_str());
      for (const auto& b : planted_bugs()) std::fprintf(stderr, "  %s\n", b.name);
      return 2;
    }
    if (!bug->in_store && !hooks) {
      std::fprintf(stderr, "\"%s\" needs the hooks of vilfredo_sim_planted\n", bug->name);
      return 2;
    }
  }
  if (each) {
    bool all = true;
    for (const auto& b : planted_bugs())
      if (hooks || b.in_store) all = hunt(b, first) && all;
    return all ? 0 : 1;
  }
  if (*one) {
    auto v = run(seed, trace, bug);
    if (v.broken) {
      show(v, seed, bug);
      return 1;
    }
    std::printf("seed %llu: all promises kept; %llu steps, %llu facts, trace %016llx\n",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(v.steps),
                static_cast<unsigned long long>(v.facts), static_cast<unsigned long long>(v.trace_hash));
    return 0;
  }
  auto start = std::chrono::steady_clock::now();
  std::uint64_t broken = 0, steps = 0, facts = 0;
  std::array<std::uint64_t, faults> struck{};
  for (std::uint64_t s = first; s < first + seeds; ++s) {
    auto v = run(s, false, bug);
    steps += v.steps;
    facts += v.facts;
    for (std::size_t i = 0; i < faults; ++i) struck[i] += v.struck[i];
    if (!v.broken) continue;
    show(v, s, bug);
    if (++broken == 10) break;
  }
  auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%llu seeds from %llu: %llu broke a promise; %llu steps, %llu facts, %.1f s\n",
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(broken), static_cast<unsigned long long>(steps),
              static_cast<unsigned long long>(facts), seconds);
  bool all_struck = true;
  for (std::size_t i = 0; i < faults; ++i) {
    std::printf("  %-18s %llu\n", to_string(static_cast<fault>(i)), static_cast<unsigned long long>(struck[i]));
    all_struck = all_struck && struck[i] > 0;
  }
  if (sometimes && !all_struck) std::printf("a kind of fault never struck: the simulation does not try it\n");
  return broken || (sometimes && !all_struck) ? 1 : 0;
}
