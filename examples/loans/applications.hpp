#pragma once
#include <string>
#include <vector>

namespace loans {

/// Applications for a loan as a learner wants them: one row of numbers each, NaN where the form was left blank.
struct applications {
  std::size_t columns = 0;
  std::vector<float> features;  ///< row by row
  std::vector<float> bad;       ///< 1: the loan was not paid back
  std::vector<double> amount;   ///< lent, in the data's own currency

  std::size_t size() const { return bad.size(); }
  /// The rows with these numbers, in this order.
  applications rows(const std::vector<std::size_t>& numbers) const;
};

/// Reads a CSV file with a header line, a column Status (good or bad) and a column Amount. A column that holds words is
/// coded by their alphabetical rank. Throws std::runtime_error with one sentence that names the file and the line.
applications read_applications(const std::string& file);

struct split {
  applications train, validation;
};

/// Draws six in ten for training and leaves the rest for validation. The same number draws the same rows everywhere, so
/// that results compare.
split divide(const applications& all, int number);

}  // namespace loans
