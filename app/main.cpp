#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "app/cli/verbs.hpp"
#include "app/say.hpp"

namespace {

using namespace vilfredo::app;

struct carry_out {
  exit_code operator()(const run_options& o) const { return cli::run(o); }
  exit_code operator()(const validate_options& o) const { return cli::validate(o); }
  exit_code operator()(const init_options& o) const { return cli::init(o); }
  exit_code operator()(const list_options& o) const { return cli::list(o); }
  exit_code operator()(const status_options& o) const { return cli::status(o); }
  exit_code operator()(const trials_options& o) const { return cli::trials(o); }
  exit_code operator()(const pareto_options& o) const { return cli::pareto(o); }
  exit_code operator()(const importances_options& o) const { return cli::importances(o); }
  exit_code operator()(const export_options& o) const { return cli::export_trials(o); }
  exit_code operator()(const control_options& o) const { return cli::control(o); }
  exit_code operator()(const submit_options& o) const { return cli::submit_job(o); }
  exit_code operator()(const worker_options& o) const { return cli::worker(o); }
  exit_code operator()(const token_options& o) const { return cli::token(o); }
  exit_code operator()(const serve_options& o) const { return cli::serve(o); }
  exit_code operator()(const completion_options& o) const { return cli::completion(o); }
  exit_code operator()(const text_options& o) const { return hand_over(o.text); }
};

}  // namespace

int main(int argc, char** argv) try {
  auto options = parse_options(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  if (!options) return refuse(options.error());
  return std::visit(carry_out{}, *options);
} catch (const std::exception& e) {
  vilfredo::app::complain(std::string("something unexpected happened: ") + e.what());
  return vilfredo::app::exit_failed;
}
