#include "tests/sim/simulation.hpp"

#include <cstdio>

#include "tests/sim/world.hpp"

namespace vilfredo::sim {

verdict simulate(std::uint64_t seed, bool print_trace, planted::bug bug, const std::set<std::string>& armed) {
#ifdef VILFREDO_PLANTED
  planted::chosen = bug;
#endif
  random_source random(seed);
  auto profile = draw_profile(random);
  invariants watch;
  watch.armed = armed;
  trace log;
  log.print = print_trace;
  verdict out;
  out.profile = describe(profile);
  if (print_trace) std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), out.profile.c_str());
  {
    world around(profile, random, watch, log, bug);
    around.run();
    out.steps = around.steps();
    out.struck = around.struck();
    for (std::size_t n = 0; n < around.experiments(); ++n)
      if (auto id = around.id_of(n)) out.facts += watch.facts(*id);
  }
  out.broken = watch.broken();
  out.trace_hash = log.hash();
  return out;
}

}  // namespace vilfredo::sim
