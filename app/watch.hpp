#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "app/view/screen.hpp"
#include "core/ledger.hpp"

namespace vilfredo::app {

/// A run as its durable facts tell it: a ledger of the watcher's own that follows the experiment's, and what only this
/// run knows (since when it lasts, what troubled it).
class watch {
public:
  watch(std::string title, ledger book, time_point started);

  enum class followed { yes, known, gap };
  /// Takes the next fact in. `known`: it was part of the ledger already; `gap`: facts before it are missing, so give a
  /// new ledger.
  followed follow(const fact& x);
  void replace(ledger book);
  void tell(std::string news);
  void enter(view::screen::phase x) { stage_ = x; }

  const ledger& book() const { return book_; }
  view::screen picture(time_point now) const;

private:
  void count_failures();

  std::string title_;
  ledger book_;
  time_point started_;
  std::size_t ended_before_ = 0;  // this run
  view::screen::phase stage_ = view::screen::phase::running;
  std::map<std::string, std::uint64_t> failures_;
  std::deque<std::string> news_;
};

/// "learning_rate=0.1 num_leaves=15".
std::string assignments_in_words(const ledger& book, const assignments& x);
/// "aucpr 0.41, dollars_lost 44.2"; absent metrics are left out.
std::string values_in_words(const ledger& book, const std::vector<double>& values);

}  // namespace vilfredo::app
