#include "app/starter_job.hpp"

#include <doctest/doctest.h>

#include "io/job_file.hpp"
#include "optimizer/catalogue.hpp"

using namespace vilfredo;

TEST_CASE("the starter job is sound and says how it runs") {
  auto job = io::read_job(app::starter_job(), "job.json");
  REQUIRE_MESSAGE(job, (job ? "" : job.error().message));
  CHECK(job->run);
  CHECK(job->observation_budget);
  CHECK(find_sampler(*job));
}
