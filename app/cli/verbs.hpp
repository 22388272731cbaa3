#pragma once
#include "app/exit_code.hpp"
#include "app/options.hpp"

/// One function a verb, each in a file of its own.
namespace vilfredo::app::cli {

exit_code run(const run_options& options);
exit_code validate(const validate_options& options);
exit_code init(const init_options& options);
exit_code list(const list_options& options);
exit_code status(const status_options& options);
exit_code trials(const trials_options& options);
exit_code pareto(const pareto_options& options);
exit_code importances(const importances_options& options);
exit_code export_trials(const export_options& options);
exit_code control(const control_options& options);
exit_code submit_job(const submit_options& options);
exit_code worker(const worker_options& options);
exit_code token(const token_options& options);
exit_code serve(const serve_options& options);
exit_code completion(const completion_options& options);

}  // namespace vilfredo::app::cli
