#include <charconv>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "loans/grid.hpp"
#include "loans/training.hpp"

namespace {

using namespace loans;

/// The command line cannot be meant: exit code 2, where 1 says that training failed.
struct bad_usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

constexpr double most = std::numeric_limits<int>::max();

struct flag {
  const char* name;
  std::variant<int parameters::*, double parameters::*> member;
  double min, max;
  const char* meaning;
};

const flag flags[] = {
    {"--num-leaves", &parameters::num_leaves, 2, 65536, "leaves a tree, at most"},
    {"--learning-rate", &parameters::learning_rate, 1e-6, 1, "how far each tree goes"},
    {"--num-rounds", &parameters::num_rounds, 1, 100000, "trees"},
    {"--min-child-weight", &parameters::min_child_weight, 0, 1e9, "least weight of a leaf"},
    {"--subsample", &parameters::subsample, 0.01, 1, "share of the rows a tree sees"},
    {"--colsample", &parameters::colsample, 0.01, 1, "share of the columns a tree sees"},
    {"--lambda-l2", &parameters::lambda_l2, 0, 1e9, "pull of the leaves towards zero"},
    {"--log-scale-pos-weight", &parameters::log_scale_pos_weight, -10, 10, "log of a bad loan's weight"},
    {"--amount-weight", &parameters::amount_weight, 0, 10, "power of the amount in a loan's weight"},
    {"--threshold", &parameters::threshold, 0, 1, "decline when the score is at least this"},
    {"--seed", &parameters::seed, 0, most, "of the draws of rows and columns"},
};

struct options {
  parameters what;
  int split = 7;  ///< README.md says why
  std::string data = "examples/loans/data/loan_credit_data.csv";
  bool grid = false;
  bool help = false;
};

/// A number within its bounds, or bad_usage.
template <class T>
void read(T& value, const std::string& name, const std::string& text, double min, double max) {
  const char* end = text.data() + text.size();
  auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem == std::errc{} && stop == end && value >= min && value <= max) return;
  std::ostringstream sentence;
  sentence << name << " \"" << text << "\": needs " << (std::is_integral_v<T> ? "a whole number" : "a number")
           << " from " << std::setprecision(10) << min << " to " << max;
  throw bad_usage(sentence.str());
}

options read_options(const std::vector<std::string>& words) {
  options out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word == "--help") {
      out.help = true;
      continue;
    }
    if (word == "--grid") {
      out.grid = true;
      continue;
    }
    const flag* known = nullptr;
    for (const auto& f : flags)
      if (word == f.name) known = &f;
    if (!known && word != "--data" && word != "--split")
      throw bad_usage("\"" + word + "\" is not an option of this program; see --help");
    if (++i == words.size()) throw bad_usage(word + ": needs a value after it");
    if (known)
      std::visit([&](auto member) { read(out.what.*member, word, words[i], known->min, known->max); }, known->member);
    else if (word == "--split")
      read(out.split, word, words[i], 1, most);
    else
      out.data = words[i];
  }
  return out;
}

void help() {
  std::cout << "loans: trains boosted trees on real credit data and reports how well they decide.\n\n"
               "  --data FILE  the credit data (examples/loans/data/loan_credit_data.csv)\n"
               "  --split N    which draw of the rows for training and validation (7)\n"
               "  --grid       evaluates a fixed grid of 36 points instead, and prints it as JSON\n";
  for (const auto& f : flags) std::cout << "  " << f.name << " VALUE  " << f.meaning << '\n';
}

/// The shortest text that reads back as the same number.
std::string shortest(double x) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, x).ptr;
  return {text, end};
}

std::string json(const scores& x) {
  return "{\"aucpr\": " + shortest(x.aucpr) + ", \"dollars_lost\": " + shortest(x.dollars_lost) +
         ", \"accuracy\": " + shortest(x.accuracy) + "}";
}

void print_grid(const std::vector<grid_point>& points) {
  std::cout << "[\n";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& p = points[i];
    std::cout << "  {\"num_leaves\": " << p.what.num_leaves << ", \"learning_rate\": " << shortest(p.what.learning_rate)
              << ", \"num_rounds\": " << p.what.num_rounds
              << ", \"scale_pos_weight\": " << shortest(std::round(std::exp(p.what.log_scale_pos_weight)))
              << ", \"metrics\": " << json(p.how) << (i + 1 < points.size() ? "},\n" : "}\n");
  }
  std::cout << "]\n";
}

}  // namespace

int main(int argc, char** argv) try {
  const auto chosen = read_options({argv + 1, argv + argc});
  if (chosen.help) {
    help();
    return 0;
  }
  const auto data = divide(read_applications(chosen.data), chosen.split);
  if (chosen.grid) {
    print_grid(evaluate_grid(data, chosen.what.seed));
    return 0;
  }
  // Each report leaves at once: whoever tunes this program may stop it because of it.
  const auto last = train(chosen.what, data, [](int step, const scores& x) {
    std::cout << "{\"step\": " << step << ", \"metrics\": " << json(x) << '}' << std::endl;
  });
  std::cout << "{\"metrics\": " << json(last) << '}' << std::endl;
  return 0;
} catch (const bad_usage& problem) {
  std::cerr << "loans: " << problem.what() << '\n';
  return 2;
} catch (const std::exception& problem) {
  std::cerr << "loans: " << problem.what() << '\n';
  return 1;
}
