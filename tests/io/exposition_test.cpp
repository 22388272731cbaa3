#include "io/exposition.hpp"

#include <doctest/doctest.h>

using vilfredo::histogram;
using vilfredo::io::exposition;

TEST_CASE("families say what they are, and samples carry labels and numbers that read back") {
  exposition x;
  x.counter("requests_total", "How many\nthere were, by \\ and \"");
  x.sample(std::uint64_t{3}, {{"route", "/a \"b\" \\ \n"}, {"status", "200"}});
  x.gauge("load", "Now.");
  x.sample(0.1);
  CHECK(x.take() == "# HELP requests_total How many\\nthere were, by \\\\ and \"\n"
                    "# TYPE requests_total counter\n"
                    "requests_total{route=\"/a \\\"b\\\" \\\\ \\n\",status=\"200\"} 3\n"
                    "# HELP load Now.\n"
                    "# TYPE load gauge\n"
                    "load 0.1\n");
}

TEST_CASE("a histogram's buckets are cumulated up to all") {
  histogram h{0.5, 2};
  for (double value : {0.25, 1.0, 1.5, 10.0}) h.add(value);
  exposition x;
  x.distribution("seconds", "It takes.");
  x.sample(h, {{"of", "a"}});
  CHECK(x.take() == "# HELP seconds It takes.\n"
                    "# TYPE seconds histogram\n"
                    "seconds_bucket{of=\"a\",le=\"0.5\"} 1\n"
                    "seconds_bucket{of=\"a\",le=\"2\"} 3\n"
                    "seconds_bucket{of=\"a\",le=\"+Inf\"} 4\n"
                    "seconds_sum{of=\"a\"} 12.75\n"
                    "seconds_count{of=\"a\"} 4\n");
}
