#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/definition.hpp"
#include "core/events.hpp"
#include "core/ports.hpp"
#include "core/space.hpp"
#include "io/http/message.hpp"

/// What the answers of a daemon's API mean. Whatever comes is looked at with suspicion: an answer of another program,
/// or of another version, is an error that says so. `whom` names the daemon in sentences.
namespace vilfredo::remote {

/// What the assignments of suggestions are read by.
struct subject {
  std::shared_ptr<const vilfredo::definition> definition;
  std::shared_ptr<const vilfredo::space> space;
};

struct list_page {
  std::vector<journal::entry> entries;
  std::string after;  ///< where the next page begins; empty: there is none
};
result<list_page> read_list(const http::response& got, const std::string& whom);

struct facts_page {
  std::vector<fact> facts;
  std::uint64_t count = 0;  ///< of all that there are
};
result<facts_page> read_facts(const http::response& got, const std::string& whom);

result<experiment_id> read_created(const http::response& got, const std::string& whom);

/// The answer to this command; suggestions need a subject.
outcome read_answer(const command& what, const http::response& got, const std::string& whom, const subject& about);

}  // namespace vilfredo::remote
