#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_descriptor.hpp"

namespace vilfredo::bench {

/// A connection to this machine; ends the program if there is none.
io::file_descriptor connected(std::uint16_t port);
void send_all(const io::file_descriptor& to, const std::string& bytes);
/// Reads one answer with a Content-Length and gives its size with its head; 0 if the other side closed.
std::size_t read_answer(const io::file_descriptor& from);

struct load {
  double requests = 0, seconds = 0;
  double client_seconds = 0;         ///< processor time of the thread that asks
  double server_seconds = 0;         ///< of all other threads of this process
  std::vector<double> microseconds;  ///< of each request

  void add(const load& other);
  double rate() const { return requests / seconds; }
  /// In microseconds; sorts.
  double quantile(double share);
};

/// What a connection asks after its last answer, which is empty at the beginning.
using next_question = std::function<const std::string&(std::size_t connection, std::string_view answer)>;

/// Asks on so many connections at a time, each again as soon as it has its answer, from one thread.
load converse(double seconds, std::uint16_t port, int connections, const next_question& next);
/// The same, always the same question.
load ask_for(double seconds, std::uint16_t port, int connections, const std::string& request);

}  // namespace vilfredo::bench
