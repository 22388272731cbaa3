#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/http/server.hpp"

namespace vilfredo::http {

class connection;

/// What all connections of a server share.
struct service {
  server_options how;
  handler handle;
  gate admit;  ///< may be empty
  server::log tell;
  server::error_body shape;

  std::atomic<std::uint64_t> connections = 0, connections_open = 0, connections_over = 0, requests = 0, refused = 0,
                             answers = 0, streams = 0, streams_open = 0, streams_dropped = 0, handshakes_failed = 0,
                             bytes_read = 0, bytes_written = 0;
  std::atomic<std::size_t> bodies_held = 0;

  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::condition_variable all_closed;
  std::shared_ptr<boost::asio::ssl::context> security;  ///< guarded by the mutex

  void connection_closed();
};

/// A thread's work: connections, and the clock that ends those which are too slow. Everything but `context` and
/// `run_soon` belongs to the thread that runs it.
class loop {
public:
  explicit loop(duration tick) : tick_(tick) {}

  /// Closes the connection that has waited longest for a request, if there is one.
  bool make_room();

  boost::asio::io_context context{1};
  std::unordered_set<std::shared_ptr<connection>> connections;
  /// Those of them whose next request has not come, or not all of it, since when in order.
  std::list<connection*> waiting;

  /// Runs until `end` and then until all that was begun has ended.
  void run();
  void end();
  /// By any thread: what is taken is run, whatever becomes of the connections. False, and it is as it was, once this
  /// has ended.
  bool run_soon(std::function<void()>& what);
  /// For a header; computed once a second.
  const std::string& date();

private:
  void watch();
  void end_late(std::vector<std::shared_ptr<connection>> late);
  void run_what_is_due();

  const duration tick_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context.get_executor()};
  boost::asio::steady_timer timer_{context};
  bool ended_ = false;
  std::mutex mutex_;
  bool over_ = false;                        // guarded by the mutex
  std::vector<std::function<void()>> soon_;  // guarded by the mutex
  std::time_t date_of_ = 0;
  std::string date_;
};

}  // namespace vilfredo::http
