#pragma once
#include <memory>
#include <string>

#include "app/options.hpp"
#include "app/overview.hpp"
#include "app/watch.hpp"

namespace vilfredo::app {

/// How a run is told while it lasts and when it is over.
class presenter {
public:
  virtual ~presenter() = default;
  /// `book` has taken the fact in.
  virtual void fact_came(const fact&, const ledger&) {}
  virtual void news(const std::string&) {}
  /// Called a few times a second, and soon after something happened.
  virtual void moment(const watch&, time_point) {}
  virtual void resized() {}
  virtual void ended(const address& where, const ledger& book) = 0;
};

/// JSON lines, the live screen on a terminal, a line an event elsewhere, or only the summary, as the options say.
std::unique_ptr<presenter> make_presenter(const run_options& options);

}  // namespace vilfredo::app
