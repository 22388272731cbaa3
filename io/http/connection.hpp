#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/http/body_decoder.hpp"
#include "io/http/exchange.hpp"
#include "io/http/gzip.hpp"
#include "io/http/head.hpp"
#include "io/http/presence.hpp"
#include "io/http/service.hpp"
#include "io/http/transport.hpp"

namespace vilfredo::http {

/// One client: reads a request, hands it over, writes its answer, reads the next. Lives on its loop's thread; only what
/// `answer_sink` promises may be called by others.
class connection : public answer_sink, public std::enable_shared_from_this<connection> {
public:
  connection(std::shared_ptr<loop> on, std::shared_ptr<service> of, std::unique_ptr<transport> over, std::string peer);

  /// `welcome` false: too many are here, so it is told and closed.
  void begin(bool welcome);
  /// The server stops: no more requests than the one that is under way.
  void wind_up();
  bool is_late(std::chrono::steady_clock::time_point now) const { return now >= deadline_; }
  /// Ends what is late.
  void check(std::chrono::steady_clock::time_point now);
  /// Closes, for another.
  void give_way();
  void close();

  void answer(response what) override;
  std::shared_ptr<event_stream> stream(response head, std::string last_word) override;
  void unanswered() override;
  bool run_near(std::function<void()>& what) override { return loop_->run_soon(what); }

private:
  enum class state { opening, head, body, continuing, handling, compressing, writing, streaming, lingering, closed };

  void opened(transport::fault failed, bool welcome);
  void keep_reading();
  void was_read(transport::fault failed, std::size_t count);
  void other_side_ended();
  void read_head();
  void read_body();
  std::optional<response> turned_away(std::size_t taken);
  std::optional<refusal> make_room();
  void let_body_go();
  void send_continue();
  void hand_over();
  void refuse(int status, const std::string& why);
  void answer_last(response what);
  void answered(response what);
  void compress(std::shared_ptr<gzip> by, response what);
  void write_answer(response what);
  void write(std::string head, std::string body);
  void write_on();
  void wrote(transport::fault failed, std::size_t count);
  void begin_stream(const response& head, std::shared_ptr<event_stream> what);
  void pump();
  void answer_written();
  void next_request();
  void linger();
  void dropped(std::size_t count);
  void wait_last();
  void wait_no_more();
  void say(notice::severity weight, const std::string& what);
  void expect_within(duration time) { deadline_ = std::chrono::steady_clock::now() + time; }
  void expect_nothing() { deadline_ = std::chrono::steady_clock::time_point::max(); }

  const std::shared_ptr<loop> loop_;
  const std::shared_ptr<service> service_;
  const std::unique_ptr<transport> transport_;
  const std::string peer_;
  state now_ = state::opening;
  std::list<connection*> place_{this};  ///< here, or among those who wait
  const std::list<connection*>::iterator own_place_ = place_.begin();
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();

  std::vector<char> piece_;  ///< what the socket is read into
  bool reading_ = false;
  bool ended_ = false;  ///< the other side sends nothing more
  std::string in_;      ///< read, and not yet understood
  head_scanner scanner_;
  bool begun_ = false;  ///< a request has begun
  std::optional<head> request_;
  std::optional<body_decoder> decoder_;
  bool admitted_ = false;      ///< its body is read, however long
  std::size_t body_held_ = 0;  ///< of the room that all bodies share
  // Of the request that is handled:
  std::shared_ptr<presence> presence_;
  bool http_10_ = false, keep_alive_ = true, takes_gzip_ = false, only_head_ = false;

  std::string out_head_, out_body_;
  std::size_t written_ = 0;  ///< of the body
  bool writing_ = false;
  std::shared_ptr<event_stream> stream_;
  bool last_batch_ = false, dropped_ = false;
  // Of a last answer's client, which may still be sending:
  std::size_t left_to_drop_ = 0;
  std::chrono::steady_clock::time_point drop_until_;
};

}  // namespace vilfredo::http
