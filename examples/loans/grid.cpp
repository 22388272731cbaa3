#include "loans/grid.hpp"

#include <cmath>

namespace loans {

std::vector<grid_point> evaluate_grid(const split& data, int seed) {
  std::vector<grid_point> out;
  for (int leaves : {8, 31, 127})
    for (double rate : {0.03, 0.1, 0.3})
      for (int rounds : {50, 150})
        for (double weight : {1.0, 4.0}) {
          parameters x;
          x.num_leaves = leaves;
          x.learning_rate = rate;
          x.num_rounds = rounds;
          x.log_scale_pos_weight = std::log(weight);
          x.seed = seed;
          out.push_back({x, train(x, data, [](int, const scores&) {})});
        }
  return out;
}

}  // namespace loans
