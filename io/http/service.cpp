#include "io/http/service.hpp"

#include <vector>

#include <boost/asio/post.hpp>

#include "io/http/connection.hpp"
#include "io/http/response_head.hpp"

namespace vilfredo::http {

void service::connection_closed() {
  // Under the mutex, or the one that waits could miss it.
  std::lock_guard hold(mutex);
  if (--connections_open == 0) all_closed.notify_all();
}

void loop::run() {
  watch();
  context.run();
  {
    std::lock_guard hold(mutex_);
    over_ = true;
  }
  // What was taken between the end and now.
  context.restart();
  context.poll();
}

bool loop::run_soon(std::function<void()>& what) {
  std::lock_guard hold(mutex_);
  if (over_) return false;
  soon_.push_back(std::move(what));
  // Whoever comes before this is run goes with it: a commit answers many, and waking the thread once is enough.
  if (soon_.size() == 1) boost::asio::post(context, [this] { run_what_is_due(); });
  return true;
}

void loop::run_what_is_due() {
  std::vector<std::function<void()>> due;
  {
    std::lock_guard hold(mutex_);
    due.swap(soon_);
  }
  for (auto& each : due) each();
}

bool loop::make_room() {
  if (waiting.empty()) return false;
  waiting.front()->give_way();
  return true;
}

void loop::end() {
  boost::asio::post(context, [this] {
    ended_ = true;
    timer_.cancel();
    work_.reset();
  });
}

void loop::watch() {
  if (ended_) return;
  // One timer for all instead of one each: moving a deadline must cost nothing, as every request moves several.
  timer_.expires_after(tick_);
  timer_.async_wait([this](boost::system::error_code) {
    if (ended_) return;
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<connection>> late;
    for (const auto& each : connections)
      if (each->is_late(now)) late.push_back(each);
    end_late(std::move(late));
  });
}

void loop::end_late(std::vector<std::shared_ptr<connection>> late) {
  // Telling one that it was too slow takes some fifty microseconds, and thousands can be so at the same time: everybody
  // else goes between them.
  constexpr std::size_t slice = 8;
  const auto now = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < slice && !late.empty(); ++i) {
    late.back()->check(now);
    late.pop_back();
  }
  if (late.empty()) return watch();
  boost::asio::post(context, [this, late = std::move(late)]() mutable { end_late(std::move(late)); });
}

const std::string& loop::date() {
  const auto now = std::time(nullptr);
  if (now != date_of_) {
    date_of_ = now;
    date_ = http_date(now);
  }
  return date_;
}

}  // namespace vilfredo::http
