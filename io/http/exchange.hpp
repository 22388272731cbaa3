#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/http/event_stream.hpp"
#include "io/http/message.hpp"

namespace vilfredo::http {

/// Where an answer goes. The server is one; a test of a handler may be another.
class answer_sink {
public:
  virtual ~answer_sink() = default;
  /// These are called by any thread, and do not block.
  virtual void answer(response what) = 0;
  virtual std::shared_ptr<event_stream> stream(response head, std::string last_word) = 0;
  virtual void unanswered() = 0;
  /// Runs `what` soon on the thread that writes the answer, which others wait for; false, and `what` is as it was, if
  /// there is no such thread, or it has ended.
  virtual bool run_near(std::function<void()>& what) = 0;
};

/// One request that waits for its answer. Keep it as long as it takes, answer from any thread; what answers to nobody
/// is dropped silently.
class exchange {
public:
  exchange(request what, std::shared_ptr<answer_sink> to) : what_(std::move(what)), to_(std::move(to)) {}
  /// One that nobody answered is answered 500.
  ~exchange();
  exchange(const exchange&) = delete;

  const request& what() const { return what_; }

  /// The first answer counts; later ones change nothing.
  void answer(response what);
  /// Instead: begins an answer that goes on. It ends when the stream is closed, or with the last pointer to it. A
  /// reader that is too slow gets `last_word` before its connection ends. Null if there was an answer before.
  std::shared_ptr<event_stream> stream(response head, std::string last_word = {});

  /// For what is left to do before the answer, if that is brief; see answer_sink.
  bool run_near(std::function<void()>& what) { return to_->run_near(what); }

private:
  const request what_;
  const std::shared_ptr<answer_sink> to_;
  std::atomic<bool> answered_ = false;
};

/// Called on a thread that others wait for: it must not block.
using handler = std::function<void(std::shared_ptr<exchange>)>;

/// Whether the long body of a request is to be read at all, by its head: nothing, or what its client is told instead.
/// Asked when a body is longer than `brief_body`, or waits to be asked for (100-continue). Called on a thread that
/// others wait for; it must not throw.
using gate = std::function<std::optional<response>(const request&)>;

}  // namespace vilfredo::http
