#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/events.hpp"
#include "core/ids.hpp"
#include "core/ledger.hpp"

namespace vilfredo::app {

/// Facts of an experiment that have become durable.
struct facts_came {
  experiment_id experiment;
  std::shared_ptr<const std::vector<fact>> facts;
  experiment_state state = experiment_state::active;  ///< after them
};
/// News for people, such as trouble with the store.
struct told {
  std::string news;
};
/// The local worker has nothing left to do; with the refusal that ended it, or nothing after Ctrl-C.
struct worker_ended {
  std::optional<error> refusal;
};
/// A part of the house keeps dying.
struct house_gave_up {
  std::string reason;
};
/// What runs here cannot work.
struct began_badly {
  std::string reason;
};
using letter = std::variant<facts_came, told, worker_ended, house_gave_up, began_badly>;

/// Where actors leave letters for the main thread, which must not miss them while it draws. At most `most_facts` facts
/// wait: later ones are dropped, which the reader sees as a gap in their sequence and mends by asking for the ledger.
class inbox {
public:
  inbox();
  ~inbox();
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  void put(letter x);
  std::vector<letter> take();
  /// Readable while letters wait.
  int descriptor() const { return descriptor_; }

  static constexpr std::size_t most_facts = 200'000;

private:
  std::mutex mutex_;
  std::vector<letter> letters_;
  std::size_t facts_ = 0;
  int descriptor_ = -1;
};

}  // namespace vilfredo::app
