#pragma once
#include <cstdint>
#include <memory>

namespace vilfredo::bench {

/// The least that Boost.Beast does for a request: read it, give its body back, keep the connection; no limits, no
/// clock, no checks of its own. One thread.
class beast_echo {
public:
  beast_echo();
  ~beast_echo();
  std::uint16_t port() const;

private:
  struct running;
  std::unique_ptr<running> running_;
};

}  // namespace vilfredo::bench
