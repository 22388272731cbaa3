#include "core/trial.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace vilfredo;

TEST_CASE("a trial is open until it has ended") {
  trial t;
  for (auto s : {trial_state::queued, trial_state::running, trial_state::returned}) {
    t.state = s;
    CHECK(t.open());
  }
  for (auto s : {trial_state::completed, trial_state::failed, trial_state::cancelled}) {
    t.state = s;
    CHECK_FALSE(t.open());
  }
}

TEST_CASE("states, origins and causes have names of their own") {
  std::set<std::string> names;
  for (auto s : {trial_state::queued, trial_state::running, trial_state::returned, trial_state::completed,
                 trial_state::failed, trial_state::cancelled})
    names.insert(to_string(s));
  for (auto o : {origin::user, origin::design, origin::fresh, origin::stale, origin::fallback})
    names.insert(to_string(o));
  for (auto c :
       {return_cause::lease_expired, return_cause::worker_lost, return_cause::machine, return_cause::interrupted})
    names.insert(to_string(c));
  CHECK(names.size() == 15);
}
