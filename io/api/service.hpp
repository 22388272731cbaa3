#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/api/access.hpp"
#include "io/api/body.hpp"
#include "io/api/orchestra.hpp"
#include "io/api/router.hpp"
#include "io/exposition.hpp"
#include "io/http/exchange.hpp"

namespace vilfredo::api {

/// One line of the log: what was asked and what came of it, without anything secret. Whoever is told looks at it at
/// once.
struct served {
  std::string_view method, path, peer, who;
  /// Which one it was, for many may have the name: the beginning of its hash, as lists show it.
  std::string_view token;
  int status = 200;
  bool changes = false;     ///< for the audit
  std::string_view object;  ///< what came of it: `experiment 7`
};

struct service_options {
  /// Requests a second and token; three seconds' worth may come at once. 0: no limit.
  double most_reads = 0, most_writes = 0;
  body_limits body;
};

/// SigOpt's API v1 over an orchestra: requests in, answers out, without sockets.
class service {
public:
  /// `resume` carries work to a thread that may be kept busy. All three outlive this.
  service(orchestra& house, executor resume, service_options how, std::function<void(const served&)> log);
  ~service();

  /// Reads the tokens; a new store gets its first, `root`. The answer is its text if one was made (`given`, or else a
  /// random one).
  void begin(std::string given, std::function<void(result<std::string>)> answer);
  /// Answers exactly once, on any thread.
  void handle(std::shared_ptr<http::exchange> asked);
  /// For those who follow an experiment: facts that became durable, in order, and the state after them. Quick.
  void publish(experiment_id experiment, const std::vector<fact>& facts, experiment_state state);
  /// Instead of reading the long body that belongs to this head: what its sender is told if there is no such route, or
  /// his token does not open it. Counted and logged like an answer.
  std::optional<http::response> turned_away_with_body(const http::request& head) const;
  /// Why this request may not see what belongs to the daemon as a whole, or nothing when its token is good for that.
  std::optional<http::response> turned_away(const http::request& from) const;
  /// What came in and how it was answered.
  void write_metrics(io::exposition& to) const;
  /// To be called every few seconds: shows those who follow experiments that somebody is here.
  void beat();

  /// What an error looks like.
  static http::response error_response(int status, const std::string& message);

  const std::vector<route>& routes() const;

private:
  struct machinery;
  struct visit;
  static void run(const std::shared_ptr<visit>& v);
  std::shared_ptr<machinery> machinery_;
};

}  // namespace vilfredo::api
