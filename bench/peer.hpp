#pragma once
#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "bench/race.hpp"

namespace vilfredo::bench {

/// Another optimizer, as a child program that answers JSON lines: `{"begin": …}` starts a study and is not answered,
/// `{"ask": true}` is answered by `{"id": n, "point": [value or null, …]}` in the order of the space's dimensions
/// (categories by index), `{"tell": n, "values": [losses], "constraints": [excess over each limit]}` (or
/// `"failed": true`) is not answered.
class peer : public tuner {
public:
  /// Starts bench/peers/peer_NAME.py; a part of `name` after a colon is handed to it as its argument.
  explicit peer(const std::string& name);
  ~peer() override;
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  void begin(const definition& x) override;
  asked ask() override;
  void tell(std::uint64_t id, const std::vector<double>& values) override;

private:
  void say(const std::string& line);

  pid_t child_ = -1;
  std::FILE *to_ = nullptr, *from_ = nullptr;
  definition what_;
  std::optional<space> domain_;
};

}  // namespace vilfredo::bench
