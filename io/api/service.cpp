#include "io/api/service.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/text.hpp"
#include "io/api/body.hpp"
#include "io/api/event_hub.hpp"
#include "io/api/object_writer.hpp"
#include "io/api/query.hpp"
#include "io/api/reach.hpp"
#include "io/api/reading.hpp"
#include "io/api/request_counts.hpp"
#include "io/api/routes.hpp"
#include "io/api/run_form.hpp"
#include "io/http/limits.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

const http::standing_headers* usual_headers() {
  static const http::standing_headers all{
      {{"Content-Type", "application/json; charset=utf-8"},
       {"Cache-Control", "no-cache, no-store"},
       {"Expires", "Thu, 01 Jan 1970 00:00:00 GMT"},
       {"Access-Control-Allow-Origin", "*"},
       {"Access-Control-Allow-Methods", "GET, POST, PUT, MERGE, DELETE, OPTIONS"},
       {"Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"}}};
  return &all;
}

http::response refused(const refusal& why) {
  json all = why.besides;
  all["message"] = why.message;
  all["status"] = why.status;
  http::response out{why.status, {}, text_of(all), usual_headers()};
  if (auto where = why.besides.find("location"); where != why.besides.end())
    out.headers.emplace_back("Location", where->get<std::string>());
  return out;
}

/// Only the wanted fields, of the object or of each item of a page.
void keep_fields(json& x, const std::string& wanted) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= wanted.size();) {
    auto end = std::min(wanted.find(',', at), wanted.size());
    if (end > at) names.push_back(wanted.substr(at, end - at));
    at = end + 1;
  }
  if (names.empty()) return;
  auto cut = [&](json& one) {
    if (!one.is_object()) return;
    json out = json::object();
    for (const auto& n : names) {
      if (!one.contains(n)) throw refusal{400, "Could not find the field " + n};
      out[n] = std::move(one[n]);
    }
    one = std::move(out);
  };
  if (x.is_object() && x.value("object", "") == "pagination")
    for (auto& one : x["data"]) cut(one);
  else
    cut(x);
}

/// Those that a GET names in its query, and what creates runs in its body.
std::optional<std::string> wanted_fields(const route& r, const call& c) {
  if (r.method == "GET") return query_text(c.request, "fields");
  auto found = c.body.find("fields");
  return found != c.body.end() && found->is_string() ? std::optional(found->get<std::string>()) : std::nullopt;
}

/// How many requests one token may make: a bucket that fills with time and holds a few seconds' worth.
class meter {
public:
  bool allow(const std::string& token, double most, time_point now) {
    if (most <= 0) return true;
    constexpr double seconds_held = 3;
    std::lock_guard hold(mutex_);
    auto [found, fresh] = all_.try_emplace(token, bucket{most * seconds_held, now});
    auto& b = found->second;
    b.left = std::min(most * seconds_held, b.left + most * std::chrono::duration<double>(now - b.at).count());
    b.at = now;
    if (b.left < 1) return false;
    b.left -= 1;
    return true;
  }

private:
  struct bucket {
    double left;
    time_point at;
  };
  std::mutex mutex_;
  std::map<std::string, bucket> all_;
};

/// Reading this body takes longer than a thread that others wait for should be busy.
bool is_long(const http::request& from) { return from.body.size() > http::brief_body; }

match matching(const router& table, const http::request& from) {
  return table.find(from.method == "HEAD" ? "GET" : from.method, from.path);
}

[[noreturn]] void refuse_missing(const http::request& from, const match& fit) {
  if (fit.methods.empty()) throw refusal{404, "Endpoint not found: " + from.path};
  std::string methods;
  for (const auto& x : fit.methods) methods += (methods.empty() ? "" : ", ") + x;
  throw refusal{405, "Method " + from.method + " is not allowed here; allowed are: " + methods};
}

void check_permission(const token_record& of, const route& to) {
  if (of.may < to.needs)
    throw refusal{403,
                  of.may == permission::read ? "This token may only read"
                                             : "This token may run trials, and change nothing else",
                  {{"token_status", "invalid_permissions"}}};
  if (of.only && !to.shared)
    throw refusal{403, "This token shows one experiment alone", {{"token_status", "invalid_permissions"}}};
}

/// A line for the log: who asked is null where that is not known.
void tell(const std::function<void(const served&)>& log, const http::request& what, const token_record* who, int status,
          bool changes, std::string_view object) {
  if (!log) return;
  served line{what.method, what.path, what.peer, {}, {}, status, changes, object};
  // SigOpt names a token by its text, which must not stand in a log.
  constexpr std::string_view word = "/tokens/";
  std::string hidden;
  if (auto at = what.path.find(word); at != std::string::npos)
    line.path = hidden = what.path.substr(0, at + word.size()) + "…";
  if (who) {
    line.token = std::string_view(who->hash).substr(0, 12);
    line.who = who->name.empty() ? line.token : who->name;
  }
  log(line);
}

task<json> within_reach(const route& r, call& c) {
  co_await check_reach(c, r);
  co_return co_await r.carry_out(c);
}

}  // namespace

std::vector<route> all_routes() {
  std::vector<route> out;
  for (auto part : {experiment_routes(), suggestion_routes(), observation_routes(), result_routes(), report_routes(),
                    event_routes(), openapi_routes(), identity_routes(), project_routes(), run_routes(), file_routes(),
                    checkpoint_routes(), ai_experiment_routes(), fact_routes()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

struct service::machinery {
  machinery(orchestra& h, executor r, service_options o, std::function<void(const served&)> l)
      : house(h), resume(std::move(r)), options(o), log(std::move(l)), table(all_routes()) {}

  orchestra& house;
  executor resume;
  service_options options;
  std::function<void(const served&)> log;
  router table;
  access_list access;
  run_index runs;
  event_hub events;
  request_counts counts;
  meter reads, writes;
};

service::service(orchestra& house, executor resume, service_options how, std::function<void(const served&)> log)
    : machinery_(std::make_shared<machinery>(house, std::move(resume), how, std::move(log))) {}
service::~service() = default;

const std::vector<route>& service::routes() const { return machinery_->table.routes(); }

http::response service::error_response(int status, const std::string& message) {
  return refused(refusal{status, message});
}

void service::begin(std::string given, std::function<void(result<std::string>)> answer) {
  auto m = machinery_;
  auto then_tokens = [m, given, answer](result<std::vector<document>> found) {
    if (!found) return answer(found.error());
    for (const auto& d : *found) m->access.put(read_token(d));
    bool known = given.empty() ? !found->empty() : m->access.find(hash_of(given)) != nullptr;
    if (known) return answer(std::string{});
    auto text = given.empty() ? fresh_token(m->house.secret(32)) : given;
    token_record root;
    root.hash = hash_of(text);
    root.name = "root";
    std::vector<document_change> changes{{"token", root.hash, {}, to_json(root).dump(), m->house.now()}};
    m->house.keep(std::move(changes), [m, root, text, answer](result<std::vector<document>> kept) {
      if (!kept) return answer(kept.error());
      m->access.put(root);
      answer(text);
    });
  };
  m->house.find({"run", {}}, [m, answer, then_tokens](result<std::vector<document>> found) {
    if (!found) return answer(found.error());
    for (const auto& x : *found) {
      try {
        m->runs.put(x.number, x.version, index_entry(x));
      } catch (const refusal& why) {
        return answer(error{errc::internal, why.message});
      }
    }
    m->house.find({"token", {}}, then_tokens);
  });
}

void service::publish(experiment_id experiment, const std::vector<fact>& facts, experiment_state state) {
  machinery_->events.publish(experiment, facts, state);
}
std::optional<http::response> service::turned_away(const http::request& from) const {
  try {
    auto token = machinery_->access.admit(from, machinery_->house.now());
    if (token->only)
      throw refusal{403, "This token shows one experiment alone", {{"token_status", "invalid_permissions"}}};
    if (token->project) beyond_project(*token->project);
  } catch (const refusal& why) {
    return refused(why);
  }
  return std::nullopt;
}

std::optional<http::response> service::turned_away_with_body(const http::request& head) const {
  auto& m = *machinery_;
  const auto fit = matching(m.table, head);
  std::shared_ptr<const token_record> who;
  http::response out{200, {}, "{}\n", usual_headers()};
  try {
    if (head.method != "OPTIONS" || fit.methods.empty()) {
      if (!fit.found) refuse_missing(head, fit);
      who = m.access.admit(head, m.house.now());
      check_permission(*who, *fit.found);
      return std::nullopt;
    }
  } catch (const refusal& why) {
    out = refused(why);
  } catch (const std::exception&) {
    out = error_response(500, "An unexpected server error has occurred.");
  }
  m.counts.add(fit.found, out.status, 0);
  tell(m.log, head, who.get(), out.status, fit.found && fit.found->needs != permission::read, {});
  return out;
}

void service::write_metrics(io::exposition& to) const { machinery_->counts.write(to); }
void service::beat() { machinery_->events.beat(machinery_->house.now()); }

/// A request between its coming and its answer.
struct service::visit {
  std::shared_ptr<machinery> m;
  std::shared_ptr<http::exchange> asked;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  const route* found = nullptr;
  std::shared_ptr<const token_record> who = {};  ///< once that is known
  std::optional<call> made = {};                 ///< once it is known what is asked for
  std::string object = {};

  const http::request& what() const { return asked->what(); }
  bool changes() const { return found && found->needs != permission::read; }

  void note(int status) const {
    m->counts.add(found, status, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    tell(m->log, what(), who.get(), status, changes(), object);
  }
  void finish(http::response r) const {
    note(r.status);
    asked->answer(std::move(r));
  }
  void finish(int status, std::string body) const { finish({status, {}, std::move(body), usual_headers()}); }

  /// Who asks for what; false when that is answered already. Throws what is wrong with it.
  bool settle();
  /// The answer to what came of it.
  http::response answer(json out);
};

bool service::visit::settle() {
  const auto& from = what();
  auto fit = matching(m->table, from);
  if (from.method == "OPTIONS" && !fit.methods.empty()) return finish(200, "{}\n"), false;
  if (!fit.found) refuse_missing(from, fit);
  found = fit.found;
  const bool bodiless = found->method == "GET" || found->method == "DELETE";
  // What is wrong with a body is told before what is wrong with the token, as SigOpt does; but for strangers nothing
  // long is read.
  if (!bodiless && is_long(from)) (void)m->access.admit(from, m->house.now());
  auto content = bodiless ? json::object() : read_body(from, m->options.body);
  who = m->access.admit(from, m->house.now());
  check_permission(*who, *found);
  const auto most = changes() ? m->options.most_writes : m->options.most_reads;
  if (!(changes() ? m->writes : m->reads).allow(who->hash, most, m->house.now()))
    throw refusal{429, "Too many requests with this token: at most " + text::number(most) +
                           (changes() ? " that change something" : " that only read") +
                           " a second; try again in a moment"};
  made.emplace(call{from, std::move(content), std::move(fit.places), *who, m->house, &m->access, &m->runs, &m->events,
                    m->resume});
  if (found->brief)
    made->resume_near = [this](std::function<void()> rest) {
      // The rest may end the life of this before it has returned.
      auto to = asked;
      auto all = m;
      if (!to->run_near(rest)) all->resume(std::move(rest));
    };
  return true;
}

http::response service::visit::answer(json out) {
  http::response r{200, {}, {}, usual_headers()};
  try {
    auto& written = made->written;
    if (written)
      object = written->object + " " + written->id;
    else if (auto id = out.find("id"); changes() && id != out.end() && id->is_string())
      object = out.value("object", "") + " " + id->get<std::string>();
    if (auto* skip = what().header("x-response-content"); skip && *skip == "skip") {
      r.status = 204;
      return r;
    }
    // What is written as text comes from routes that know no `fields`.
    if (!written)
      if (auto wanted = wanted_fields(*found, *made)) keep_fields(out, *wanted);
    r.body = written ? std::move(written->text) : text_of(out);
  } catch (const refusal& why) {
    r = refused(why);
  }
  return r;
}

void service::handle(std::shared_ptr<http::exchange> asked) {
  const bool aside = is_long(asked->what());
  auto v = std::make_shared<visit>(visit{machinery_, std::move(asked)});
  if (aside) return machinery_->resume([v] { run(v); });
  run(v);
}

void service::run(const std::shared_ptr<visit>& v) {
  std::optional<task<json>> action;
  try {
    if (!v->settle()) return;
    action.emplace(v->made->who.project ? within_reach(*v->found, *v->made) : v->found->carry_out(*v->made));
  } catch (const refusal& why) {
    return v->finish(refused(why));
  } catch (const std::exception&) {
    return v->finish(error_response(500, "An unexpected server error has occurred."));
  }
  start(
      *std::move(action),
      [v](json out) {
        if (!v->made->stream) return v->finish(v->answer(std::move(out)));
        v->note(200);
        v->made->stream(*v->asked);
      },
      [v](std::exception_ptr thrown) {
        try {
          std::rethrow_exception(thrown);
        } catch (const refusal& why) {
          v->finish(refused(why));
        } catch (const std::exception&) {
          v->finish(error_response(500, "An unexpected server error has occurred."));
        }
      });
}

}  // namespace vilfredo::api
