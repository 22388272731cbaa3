#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/api/orchestra.hpp"
#include "io/http/event_stream.hpp"

namespace vilfredo::api {

/// Facts that have just become durable, as events of a stream.
struct fresh_events {
  std::uint64_t first = 1;  ///< sequence
  std::vector<std::string> texts;
  experiment_state state = experiment_state::active;  ///< after them
};
/// `id: 7`, and as data the fact codec's form with sequence and time.
std::string event_text(const fact& x);
/// For a reader that loses his stream: the last he hears.
std::string dropped_text(const std::string& reason);

/// Tells one client an experiment's facts: older ones from the store, a page at a time and as fast as he takes them,
/// then those that come; each once and in order. In between, what the experiment's state is: when he has caught up, and
/// when it changes.
class event_reader : public std::enable_shared_from_this<event_reader> {
public:
  using executor = std::function<void(std::function<void()>)>;
  struct options {
    experiment_id experiment = {};
    std::uint64_t after = 0;  ///< the sequence of the last fact that he knows
    bool redact = false;      ///< facts of the past; those that come later hold no program
    // As they are when he comes:
    std::uint64_t known = 0;
    experiment_state state = experiment_state::active;
    /// Whether he may still listen.
    std::function<bool(time_point)> welcome = [](time_point) { return true; };
  };
  /// `house` and `resume`, which carries work to a thread that may be kept busy, outlive this.
  event_reader(orchestra& house, const executor& resume, options how, std::shared_ptr<http::event_stream> to);

  /// To be called once, when new facts already come: what was missed in between is read.
  void begin() { ask_page(); }
  /// False: nobody reads this any more. The same below.
  bool hear(const fresh_events& news);
  /// A sign of life, by which those who are gone are noticed.
  bool beat(time_point now);

  static constexpr std::size_t page = 100;               ///< facts read at a time
  static constexpr std::size_t piece_bytes = 32 * 1024;  ///< sent at a time while catching up, or one fact

private:
  void ask_page();
  void page_came(result<std::shared_ptr<const std::vector<fact>>> what);
  void go_on();
  bool send_what_waits();
  bool tell_state();
  void end(const std::string& reason);

  orchestra& house_;
  const executor& resume_;
  const options how_;
  const std::shared_ptr<http::event_stream> stream_;
  std::mutex mutex_;  // guards what follows
  std::uint64_t position_, known_, state_at_;
  experiment_state state_;
  std::optional<experiment_state> told_;
  bool catching_up_ = true, last_page_ = false;
  std::deque<std::pair<std::uint64_t, std::string>> waiting_;  // of the page
};

}  // namespace vilfredo::api
