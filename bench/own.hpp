#pragma once
#include <map>
#include <memory>
#include <string>

#include "bench/race.hpp"
#include "tests/support/engine_driver.hpp"

namespace vilfredo::bench {

/// A sampler of this program, on the real engine.
class own : public tuner {
public:
  explicit own(std::string sampler) : sampler_(std::move(sampler)) {}
  void begin(const definition& x) override;
  asked ask() override;
  void tell(std::uint64_t id, const std::vector<double>& values) override;

private:
  std::string sampler_;
  std::unique_ptr<test::engine_driver> world_;
  std::map<std::uint64_t, issued> running_;
};

}  // namespace vilfredo::bench
