#include "bench/peer.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

extern char** environ;

namespace vilfredo::bench {

namespace {

using json = nlohmann::json;

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "peer: " << why << "\n";
  std::exit(1);
}

json described(const parameter& p) {
  json out{{"name", p.name}, {"log", p.scale == transformation::log}};
  if (p.type == parameter_type::categorical) {
    out["type"] = "categorical";
    out["choices"] = p.categories.size();
  } else if (!p.grid.empty()) {
    out["type"] = "grid";
    out["values"] = p.grid;
  } else {
    out["type"] = p.type == parameter_type::integer ? "integer" : "real";
    out["min"] = p.min;
    out["max"] = p.max;
  }
  return out;
}

}  // namespace

peer::peer(const std::string& name) {
  const auto colon = name.find(':');
  std::string script = std::string(VILFREDO_SOURCE_DIR) + "/bench/peers/peer_" + name.substr(0, colon) + ".py";
  std::string argument = colon == std::string::npos ? "" : name.substr(colon + 1);
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) give_up("no pipe");
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], 0);
  posix_spawn_file_actions_adddup2(&files, out[1], 1);
  char* argv[] = {script.data(), argument.data(), nullptr};
  if (posix_spawn(&child_, script.c_str(), &files, nullptr, argv, environ) != 0) give_up("cannot start " + script);
  posix_spawn_file_actions_destroy(&files);
  close(in[0]);
  close(out[1]);
  to_ = fdopen(in[1], "w");
  from_ = fdopen(out[0], "r");
}

peer::~peer() {
  std::fclose(to_);  // it ends at the end of its input
  std::fclose(from_);
  waitpid(child_, nullptr, 0);
}

void peer::say(const std::string& line) {
  if (std::fputs((line + "\n").c_str(), to_) < 0 || std::fflush(to_) != 0) give_up("it has gone");
}

void peer::begin(const definition& x) {
  what_ = x;
  domain_ = *validate(x);
  json parameters = json::array();
  for (std::size_t i = 0; i < domain_->size(); ++i) {
    const auto& p = domain_->dimensions()[i];
    auto one = described(p);
    for (const auto& c : p.conditions) {
      const auto parent = *domain_->find(c.name);
      json allowed = json::array();
      for (const auto& value : c.values)
        for (std::size_t k = 0; k < domain_->dimensions()[parent].categories.size(); ++k)
          if (domain_->dimensions()[parent].categories[k] == value) allowed.push_back(k);
      one["conditions"].push_back({{"parent", parent}, {"values", allowed}});
    }
    parameters.push_back(std::move(one));
  }
  std::size_t constraints = 0;
  for (const auto& m : x.metrics) constraints += m.strategy == strategy::constraint;
  say(json{{"begin",
            {{"parameters", parameters},
             {"order", domain_->order()},
             {"objectives", metrics_with(x, strategy::optimize).size()},
             {"constraints", constraints},
             {"seed", x.seed},
             {"trials", x.observation_budget.value_or(100)},
             {"parallel", x.parallel_bandwidth}}}}
          .dump());
}

tuner::asked peer::ask() {
  say(R"({"ask": true})");
  char* line = nullptr;
  std::size_t room = 0;
  if (getline(&line, &room, from_) < 0) give_up("it has gone");
  const auto answer = json::parse(line);
  std::free(line);
  asked out{answer.at("id"), {}};
  for (const auto& v : answer.at("point"))
    out.point.values.push_back(v.is_null() ? std::numeric_limits<double>::quiet_NaN() : v.get<double>());
  if (auto sound = domain_->check(out.point); !sound) give_up(sound.error().message);
  return out;
}

void peer::tell(std::uint64_t id, const std::vector<double>& values) {
  json line{{"tell", id}};
  if (values.empty()) line["failed"] = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& m = what_.metrics[i];
    const double sign = m.objective == objective::maximize ? -1 : 1;
    if (m.strategy == strategy::optimize) line["values"].push_back(sign * values[i]);
    if (m.strategy == strategy::constraint) line["constraints"].push_back(sign * (values[i] - *m.threshold));
  }
  say(line.dump());
}

}  // namespace vilfredo::bench
