#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/cli/verbs.hpp"
#include "app/daemon.hpp"
#include "app/house.hpp"
#include "app/inbox.hpp"
#include "app/say.hpp"
#include "app/signals.hpp"
#include "io/api/access.hpp"
#include "io/sqlite_journal.hpp"

namespace vilfredo::app::cli {

namespace {

constexpr duration grace{10'000};  // for what is under way when it ends

/// Lines on standard error, from many threads; each is written at once.
class log_lines {
public:
  log_lines(output_format format, bool quiet) : json_(format == output_format::json), quiet_(quiet) {}

  void served(const api::served& x) {
    if (quiet_ && !x.changes) return;
    if (json_)
      return write({{"event", "request"},
                    {"method", x.method},
                    {"path", x.path},
                    {"status", x.status},
                    {"who", x.who},
                    {"peer", x.peer},
                    {"object", x.object}});
    write(x.method + " " + x.path + " " + std::to_string(x.status) + (x.who.empty() ? "" : " by " + x.who) + " from " +
          x.peer + (x.object.empty() ? "" : ": " + x.object));
  }
  void say(const std::string& what) {
    if (json_)
      write({{"event", "notice"}, {"text", what}});
    else
      write(what);
  }

private:
  static std::string moment() {
    auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto t = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&t, &parts);
    char out[32];
    auto n = std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {out, n};
  }
  void write(const std::string& text) { put(moment() + " " + text + "\n"); }
  void write(nlohmann::ordered_json all) {
    nlohmann::ordered_json line{{"at", moment()}};
    line.update(all);
    put(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  void put(const std::string& line) {
    std::lock_guard hold(mutex_);
    std::fputs(line.c_str(), stderr);
  }

  std::mutex mutex_;
  bool json_, quiet_;
};

bool loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

/// The token that a file holds, or nothing when there is no such file.
result<std::string> read_token(const std::string& file) {
  if (::access(file.c_str(), F_OK) != 0) return std::string{};
  std::ifstream in(file);
  std::string token;
  if (!std::getline(in, token) || token.size() < 16)
    return error{errc::invalid,
                 "--token-file " + file + " must hold a token of at least 16 characters in its first line"};
  return token;
}

std::string random_bytes() {
  std::string out(32, '\0');
  // Cannot fail for so few bytes once the system is up; before, it waits.
  while (::getrandom(out.data(), out.size(), 0) < 0 && errno == EINTR) {
  }
  return out;
}

/// Only its owner may read it.
result<void> write_token(const std::string& file, const std::string& token) {
  int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  auto text = token + "\n";
  bool written = to >= 0 && ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (to >= 0) written = ::close(to) == 0 && written;
  if (!written) return error{errc::unavailable, "the first token could not be written to " + file};
  return {};
}

}  // namespace

exit_code serve(const serve_options& options) {
  if (!loopback(options.address) && options.certificate.empty() && !options.plain)
    return refuse({errc::invalid, "--address " + options.address +
                                      " can be reached by others: give --tls-certificate and --tls-key, or say --plain "
                                      "where something else keeps the traffic safe"});
  std::string first;
  if (options.token_file) {
    auto held = read_token(*options.token_file);
    if (!held) return refuse(held.error());
    first = *std::move(held);
    if (first.empty()) {
      // Written down before the store knows it: a token that nobody can read would lock everybody out.
      first = api::fresh_token(random_bytes());
      if (auto written = write_token(*options.token_file, first); !written) return refuse(written.error());
    }
  }
  auto opened = io::open_sqlite_journal(options.store);
  if (!opened) return refuse(opened.error());
  std::shared_ptr<journal> store = *std::move(opened);
  signals caught;
  inbox letters;
  log_lines log(options.format, options.quiet);
  house home({std::move(store), &letters, options.optimizers});

  daemon_options how;
  how.http.address = options.address;
  how.http.port = options.port;
  how.first_token = first;
  how.api = {options.most_reads, options.most_writes};
  if (!options.certificate.empty()) how.http.tls = http::tls_files{options.certificate, options.key};
  auto started = daemon::start(
      home, how, [&log](const api::served& x) { log.served(x); }, [&log](const http::notice& x) { log.say(x.text); });
  if (!started) return refuse(started.error());
  auto& running = **started;
  if (const auto& token = running.made_token(); !token.empty() && first.empty())
    if (auto shown = hand_over("token " + token + "\n"); shown != exit_done) return shown;
  auto scheme = options.certificate.empty() ? "http" : "https";
  log.say("listening on " + std::string(scheme) + "://" + options.address + ":" + std::to_string(running.port()) +
          ", store " + options.store);

  exit_code code = exit_done;
  for (bool over = false; !over;) {
    pollfd sources[2] = {{letters.descriptor(), POLLIN, 0}, {caught.descriptor(), POLLIN, 0}};
    ::poll(sources, 2, -1);
    for (int number : caught.take()) {
      if (number == SIGHUP && how.http.tls) {
        auto read = running.reload_certificates();
        log.say(read ? "certificates were read again" : read.error().message);
      }
      over = over || number == SIGINT || number == SIGTERM;
    }
    for (auto& x : letters.take()) {
      if (auto* news = std::get_if<told>(&x)) log.say(news->news);
      if (auto* gone = std::get_if<house_gave_up>(&x)) {
        log.say(gone->reason);
        code = exit_failed;
        over = true;
      }
    }
  }
  log.say("ending; what is under way is answered first");
  running.stop(grace);
  return code;
}

}  // namespace vilfredo::app::cli
