#pragma once
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "app/house.hpp"
#include "core/definition.hpp"
#include "io/sqlite_journal.hpp"

/// What the programs share that measure the whole house: its store, and an experiment to put into it.
namespace vilfredo::bench {

[[noreturn]] inline void give_up(const std::string& why) {
  std::cerr << "bench: " << why << "\n";
  std::exit(1);
}
template <class T>
T must(result<T> x) {
  if (!x) give_up(x.error().message);
  return *std::move(x);
}

inline void must(const result<void>& x) {
  if (!x) give_up(x.error().message);
}

/// A folder that goes with the measurement.
class folder {
public:
  explicit folder(const std::filesystem::path& place) : path_(place / ("bench-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  folder(const folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

inline std::shared_ptr<journal> open_store(const std::filesystem::path& file) {
  return must(io::open_sqlite_journal(file));
}

/// Three parameters and one metric; a sampler that costs next to nothing, so that what is measured is all the rest.
inline definition cheap_experiment(const std::string& name) {
  definition out;
  out.name = name;
  for (const char* each : {"learning_rate", "leaves", "depth"}) {
    parameter p;
    p.name = each;
    out.space.parameters.push_back(std::move(p));
  }
  out.metrics = {{"gain", objective::maximize, strategy::optimize, {}}};
  out.sampler.name = "uniform";
  return out;
}

}  // namespace vilfredo::bench
