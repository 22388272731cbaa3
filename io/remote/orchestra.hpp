#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/ledger.hpp"
#include "core/ports.hpp"
#include "io/http/client.hpp"
#include "io/remote/answers.hpp"

namespace vilfredo::remote {

/// Where a daemon is, and who asks.
struct access {
  http::url where;
  std::string token;
  std::string authorities;  ///< a PEM file of certificates to believe; empty: the system's
};

/// The experiments of a daemon, asked over its API on one connection. For one thread at a time; each call waits for its
/// answer and tries once. errc::unavailable says that there was none: what was asked may have been done all the same,
/// and commands may be sent again with the same request id.
class orchestra {
public:
  /// Connects when it is first asked.
  static result<std::unique_ptr<orchestra>> make(const access& how);

  /// Archived experiments, too. Of a token that shows one, that one.
  result<std::vector<journal::entry>> list();
  /// Folds the experiment's facts.
  result<ledger> describe(experiment_id x);
  result<experiment_id> create(const definition& what, const std::string& request_id);
  /// Suggestions are read by `about`.
  outcome carry_out(experiment_id x, const request& what, const subject& about = {});

  /// Anything else of the API; the answer as it comes.
  result<http::response> ask(http::question what);

  /// From any thread: what is being asked fails soon, as does all that is asked afterwards.
  void close() { client_->close(); }
  /// Its address, for sentences.
  const std::string& name() const { return name_; }

private:
  orchestra(std::string name, std::string authorization, std::unique_ptr<http::client> client)
      : name_(std::move(name)), authorization_(std::move(authorization)), client_(std::move(client)) {}

  result<journal::entry> shared_one();

  std::string name_, authorization_;
  std::unique_ptr<http::client> client_;
};

}  // namespace vilfredo::remote
