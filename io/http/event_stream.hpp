#pragma once
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

namespace vilfredo::http {

/// An answer that goes on: pieces are sent as they come, by any thread, and none of them waits for the reader.
///
/// What the reader has not taken yet waits in a bounded buffer, which takes one piece of any size when it is empty. A
/// reader for whom it overflows is dropped: what waits is thrown away, it gets the last word instead, and the
/// connection ends. A reader that closes its own sending side, too, counts as gone.
class event_stream {
public:
  struct options {
    std::size_t most_bytes = 0;  ///< of the buffer
    bool chunked = true;         ///< each piece as a chunk of HTTP/1.1
    std::string last_word;       ///< for a reader that is dropped
  };
  /// `wake` is called, by the thread that sends, when something waits after nothing did.
  event_stream(options how, std::function<void()> wake);

  /// False: nobody reads this any more.
  bool send(std::string piece);
  /// For who can wait with what he has to send: true when nothing waits. Otherwise false, and a thread of the server
  /// calls `later`, which must not block, when all that waits has been taken. It is not called for a reader that is
  /// gone.
  bool empty_or(std::function<void()> later);
  /// The reader gets what waits, and the end. What comes after is not sent.
  void close();
  /// Called once, by a thread of the server (or here, if it is so already), when the reader has left or was dropped;
  /// not after `close`. It must not block.
  void on_gone(std::function<void()> call);

  /// What waits, for the side that writes it. After `last` nothing comes.
  struct batch {
    std::string bytes;
    bool last = false, dropped = false;
  };
  batch take();
  /// Nobody reads this any more.
  void lose();

private:
  const options how_;
  const std::function<void()> wake_;
  std::mutex mutex_;
  std::string waiting_;
  std::function<void()> gone_call_, empty_call_;
  bool woken_ = false, closed_ = false, dropped_ = false, gone_ = false;
};

}  // namespace vilfredo::http
