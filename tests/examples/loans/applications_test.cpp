#include "loans/applications.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "tests/support/files.hpp"
#include "tests/support/scratch.hpp"

using namespace loans;

namespace {

/// What reading a file with this text gives, or the sentence it is refused with, without the file's name.
struct reading {
  applications rows;
  std::string refusal;
};
reading read(const std::string& text) {
  vilfredo::test::scratch folder;
  const auto file = folder.path() / "x.csv";
  std::ofstream(file) << text;
  try {
    return {read_applications(file.string()), {}};
  } catch (const std::runtime_error& problem) {
    return {{}, std::string(problem.what()).substr(file.string().size())};
  }
}

}  // namespace

TEST_CASE("numbers are kept, words are ranked by the alphabet, blanks are not a number") {
  auto x = read("Status,Home,Age,Amount\ngood,rent,30,800\nbad,,58,1000\nbad,owner,,2000\n").rows;
  REQUIRE(x.size() == 3);
  REQUIRE(x.columns == 3);
  CHECK(x.bad == std::vector<float>{0, 1, 1});
  CHECK(x.amount == std::vector<double>{800, 1000, 2000});
  CHECK(x.features[0] == 1);  // owner, rent
  CHECK(std::isnan(x.features[3]));
  CHECK(x.features[6] == 0);
  CHECK(x.features[1] == 30);
  CHECK(std::isnan(x.features[7]));
}

TEST_CASE("a file that is no credit data is refused with its place") {
  CHECK(read("Status,Amount\ngood,1\nbad\n").refusal == ", line 3: 1 cells where the header has 2");
  CHECK(read("Status,Amount\nfine,1\n").refusal == ", line 2: Status is \"fine\", neither good nor bad");
  CHECK(read("Status,Amount\ngood,much\n").refusal == ", line 2: Amount is \"much\", not a sum of money");
  CHECK(read("Status,Age\ngood,1\n").refusal ==
        ": needs a column Status, a column Amount and at least one application");
  CHECK(read("").refusal == ": needs a column Status, a column Amount and at least one application");
}

TEST_CASE("the credit data is what its README says") {
  auto x = read_applications(vilfredo::tests::source("examples/loans/data/loan_credit_data.csv").string());
  CHECK(x.size() == 4454);
  CHECK(x.columns == 13);
  CHECK(std::ranges::count(x.bad, 1.F) == 1254);
}

TEST_CASE("a split takes every row once, six in ten for training, and depends on its number alone") {
  applications x;
  x.columns = 1;
  for (int i = 0; i < 1000; ++i) {
    x.features.push_back(static_cast<float>(i));
    x.bad.push_back(0);
    x.amount.push_back(i);
  }
  auto a = divide(x, 7), again = divide(x, 7), other = divide(x, 8);
  CHECK(a.train.size() == 600);
  CHECK(a.train.features == again.train.features);
  CHECK(a.train.features != other.train.features);
  auto all = a.train.amount;
  all.insert(all.end(), a.validation.amount.begin(), a.validation.amount.end());
  std::ranges::sort(all);
  CHECK(all == x.amount);
}
