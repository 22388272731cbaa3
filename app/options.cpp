#include "app/options.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/settings.hpp"
#include "core/closest.hpp"

namespace vilfredo::app {

namespace {

const std::map<std::string, output_format> run_formats{{"table", output_format::table}, {"json", output_format::json}};
const std::map<std::string, output_format> sheet_formats{
    {"table", output_format::table}, {"json", output_format::json}, {"csv", output_format::csv}};
const std::map<std::string, output_format> export_formats{{"json", output_format::json}, {"csv", output_format::csv}};
const std::map<std::string, trial_state> states{
    {"queued", trial_state::queued},       {"running", trial_state::running}, {"returned", trial_state::returned},
    {"completed", trial_state::completed}, {"failed", trial_state::failed},   {"cancelled", trial_state::cancelled},
    {"stopped", trial_state::stopped},     {"paused", trial_state::paused}};

/// The command line's grammar with the values it fills in.
class grammar {
public:
  grammar() : app_("Tunes anything slow to try, for several metrics at once, and loses nothing.", "vilfredo") {
    app_.set_version_flag("--version", "vilfredo " VILFREDO_VERSION);
    app_.set_help_flag("-h,--help", "Show this help");
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);
    app_.footer("Exit codes: 0 done, 1 the run failed, 2 bad input or usage, 130 interrupted.\n"
                "NO_COLOR switches colours off; VILFREDO_URL, or else VILFREDO_STORE, says where experiments are kept\n"
                "when --url and --store do not, and VILFREDO_TOKEN lets into a daemon.");
    add_run();
    add_validate();
    add_init();
    add_readers();
    add_submit();
    add_worker();
    add_token();
    add_serve();
    add_control("pause", "Let an experiment hand out nothing until it is resumed", control_options::verb::pause);
    add_control("resume", "End a pause, a stop rule's stop, or an archive", control_options::verb::resume);
    add_control("archive", "Put an experiment away; its name can be taken again", control_options::verb::archive);
    auto* completion = add("completion", "Print the script that completes vilfredo's arguments",
                           [] { return invocation{completion_options{}}; });
    completion->add_option("shell", shell_, "bash")->required()->check(CLI::IsMember({"bash"}));
  }

  CLI::App& app() { return app_; }
  invocation chosen() const { return chosen_(); }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto* verb : app_.get_subcommands([](const CLI::App*) { return true; })) {
      out.push_back(verb->get_name());
      for (const auto& alias : verb->get_aliases()) out.push_back(alias);
    }
    return out;
  }

private:
  CLI::App* add(const std::string& name, const std::string& help, std::function<invocation()> made) {
    auto* verb = app_.add_subcommand(name, help);
    verb->callback([this, made = std::move(made)] { chosen_ = made; });
    return verb;
  }
  static void add_store(CLI::App* verb, std::string& store) {
    verb->add_option("--store", store, "The database file")
        ->envname("VILFREDO_STORE")
        ->capture_default_str()
        ->type_name("FILE");
  }
  static void add_daemon(CLI::App* verb, place& where) {
    verb->add_option("--url", where.url, "A daemon, such as https://host:7323 (default: VILFREDO_URL)")
        ->type_name("URL");
    verb->add_option("--token-file", where.token_file, "Holds the token for it (default: VILFREDO_TOKEN)")
        ->type_name("FILE");
    verb->add_option("--ca", where.authorities, "Certificates to believe, a PEM file (default: the system's)")
        ->type_name("FILE");
  }
  /// A store or a daemon.
  static void add_place(CLI::App* verb, place& where) {
    verb->add_option("--store", where.store, "The database file (default: VILFREDO_STORE, or else vilfredo.db)")
        ->type_name("FILE");
    add_daemon(verb, where);
  }
  /// A flag goes before the environment, and the environment before what is usual.
  static place settled_place(place given, const CLI::App& verb, bool only_daemons = false) {
    auto of_environment = [](const char* name, std::string otherwise) {
      const char* found = std::getenv(name);
      return found && *found ? std::string(found) : std::move(otherwise);
    };
    const bool store = !only_daemons && verb.count("--store") > 0;
    if (store && verb.count("--url") > 0)
      throw CLI::ValidationError("--store and --url exclude each other; give one of them");
    if (!store) given.url = verb.count("--url") > 0 ? given.url : of_environment("VILFREDO_URL", "");
    if (!store) given.store = of_environment("VILFREDO_STORE", default_store);
    given.token = of_environment("VILFREDO_TOKEN", "");
    if (only_daemons && given.url.empty()) throw CLI::ValidationError("say which daemon: --url URL, or VILFREDO_URL");
    return given;
  }
  template <class T>
  static void add_choice(CLI::App* verb, const char* flag, T& into, const std::map<std::string, T>& known,
                         const char* help) {
    std::vector<std::string> names;
    for (const auto& [name, value] : known) names.push_back(name);
    verb->add_option_function<std::string>(
            flag, [&into, &known](const std::string& x) { into = known.at(x); }, help)
        ->check(CLI::IsMember(names))
        ->type_name("NAME");
  }

  static void add_slots(CLI::App* verb, std::optional<std::size_t>& into) {
    verb->add_option_function<std::size_t>(
            "--slots", [&into](const std::size_t& n) { into = n; },
            "Trials at a time (default: the experiment's parallel_bandwidth)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}).description(""))
        ->type_name("N");
  }
  static void add_gpus(CLI::App* verb, std::vector<std::uint32_t>& into) {
    verb->add_option_function<std::vector<std::uint32_t>>(
            "--gpus",
            [&into](const std::vector<std::uint32_t>& given) {
              for (auto next = given.begin(); next != given.end(); ++next)
                if (std::find(given.begin(), next, *next) != next)
                  throw CLI::ValidationError("--gpus names GPU " + std::to_string(*next) +
                                             " twice; a trial's GPUs are its own");
              into = given;
            },
            "GPUs that trials may use, such as 0,1")
        ->delimiter(',')
        ->check(CLI::Range(0, 65'535).description(""))
        ->type_name("LIST");
  }

  void add_run() {
    auto* verb =
        add("run", "Run a job file to its end; started again, it goes on", [this] { return invocation{run_}; });
    verb->add_option("JOB", run_.job, "The job file")->required()->type_name("");
    add_store(verb, run_.store);
    add_slots(verb, run_.slots);
    add_gpus(verb, run_.gpus);
    add_choice(verb, "--format,-f", run_.format, run_formats, "table, or json: one object a line");
    verb->add_flag("--quiet,-q", run_.quiet, "Say nothing before the summary");
  }
  void add_validate() {
    auto* verb = add("validate", "Check a job file without running it", [this] { return invocation{validate_}; });
    verb->add_option("JOB", validate_.job, "The job file")->required()->type_name("");
    add_choice(verb, "--format,-f", validate_.format, run_formats, "table or json");
  }
  void add_init() {
    auto* verb = add("init", "Write a job file to begin with", [this] { return invocation{init_}; });
    verb->add_option("FILE", init_.file, "Its name")->capture_default_str()->type_name("");
  }
  void add_reader(CLI::App* verb, reading_options& into, const std::map<std::string, output_format>& formats,
                  bool named = true) {
    add_place(verb, into.where);
    if (named)
      verb->add_option_function<std::string>(
              "NAME", [&into](const std::string& x) { into.experiment = x; },
              "The experiment's name or number; needed where the store has several")
          ->type_name("");
    add_choice(verb, "--format,-f", into.format, formats,
               !formats.contains("table") ? "csv or json"
               : formats.contains("csv")  ? "table, json or csv"
                                          : "table or json");
  }
  /// A verb that reads: its options, with the place settled.
  template <class T>
  CLI::App* add_reading(const std::string& name, const std::string& help, T& into) {
    return add(name, help, [this, name, &into] {
      auto out = into;
      out.where = settled_place(into.where, *app_.get_subcommand(name));
      return invocation{out};
    });
  }
  void add_readers() {
    auto* list = add_reading("list", "List the experiments of a store or a daemon", list_);
    add_reader(list, list_, sheet_formats, false);
    list->add_flag("--names", list_.names, "Only their names, one a line");
    add_reader(add_reading("status", "Show how far an experiment has come", status_), status_, run_formats);
    auto* trials = add_reading("trials", "List the trials of an experiment", trials_);
    add_reader(trials, trials_, sheet_formats);
    std::vector<std::string> names;
    for (const auto& [name, value] : states) names.push_back(name);
    trials
        ->add_option_function<std::string>(
            "--state", [this](const std::string& x) { trials_.state = states.at(x); },
            "Only those that are in this state")
        ->check(CLI::IsMember(names))
        ->type_name("NAME");
    auto* pareto = add_reading("pareto", "Show the Pareto front, as a plot, too, for two metrics", pareto_);
    pareto->alias("best");
    add_reader(pareto, pareto_, sheet_formats);
    auto* shares = add_reading("importances", "Show which parameters decide over each metric", importances_);
    add_reader(shares, importances_, sheet_formats);
    shares->add_flag("--pairs", importances_.pairs, "Which two decide only together");
    export_.format = output_format::csv;
    auto* all = add_reading("export", "Write all trials with assignments, metrics, states and times", export_);
    add_reader(all, export_, export_formats);
    all->add_option_function<std::string>(
           "--output,-o", [this](const std::string& x) { export_.output = x; }, "A file instead of standard output")
        ->type_name("FILE");
  }
  void add_submit() {
    auto* verb = add("submit", "Give a job to a daemon, for workers to run", [this] {
      auto out = submit_;
      out.where = settled_place(submit_.where, *app_.get_subcommand("submit"), true);
      return invocation{out};
    });
    verb->add_option("JOB", submit_.job, "The job file")->required()->type_name("");
    add_daemon(verb, submit_.where);
    add_choice(verb, "--format,-f", submit_.format, run_formats, "table or json");
  }
  void add_worker() {
    auto* verb = add("worker", "Run a daemon's trials on this machine, until the experiment ends", [this] {
      auto out = worker_;
      out.where = settled_place(worker_.where, *app_.get_subcommand("worker"), true);
      return invocation{out};
    });
    verb->add_option("JOB", worker_.job, "The job file, which says how a trial runs")->required()->type_name("");
    add_daemon(verb, worker_.where);
    verb->add_option_function<std::uint64_t>(
            "--experiment", [this](const std::uint64_t& x) { worker_.experiment = x; },
            "Its number (default: the one that has the job's name)")
        ->type_name("ID");
    add_slots(verb, worker_.slots);
    add_gpus(verb, worker_.gpus);
    verb->add_option("--name", worker_.name, "Of this worker; no other may have it (default: one that none has)")
        ->type_name("NAME");
    verb->add_option("--directory", worker_.directory, "Where trials have their folders")
        ->capture_default_str()
        ->type_name("DIR");
    verb->add_option("--lease", worker_.lease_seconds,
                     "After so many seconds of silence its trials are handed out again")
        ->check(CLI::Range(1.0, 86'400.0).description(""))
        ->capture_default_str()
        ->type_name("SECONDS");
    add_choice(verb, "--format,-f", worker_.format, run_formats, "table, or json: one object a line");
    verb->add_flag("--quiet,-q", worker_.quiet, "Say nothing but trouble, and how it ended");
  }
  void add_token() {
    auto* token = app_.add_subcommand("token", "Say who may ask a daemon");
    token->require_subcommand(1);
    auto add_verb = [&](const char* name, const char* help, token_options::verb what) {
      auto* verb = token->add_subcommand(name, help);
      verb->callback([this, what, verb] {
        chosen_ = [this, what, verb] {
          auto out = token_;
          out.what = what;
          out.where = settled_place(token_.where, *verb);
          if (!out.where.remote() && verb->count("--store") == 0)
            throw CLI::ValidationError("say which daemon: --url URL, or VILFREDO_URL; or whose store while it does not "
                                       "run: --store FILE");
          return invocation{out};
        };
      });
      verb->add_option("--store", token_.where.store, "The database file of a daemon that does not run")
          ->type_name("FILE");
      add_daemon(verb, token_.where);
      if (what != token_options::verb::list)
        verb->add_option("NAME", token_.name, "The token's name")->required()->type_name("");
      return verb;
    };
    auto* create = add_verb("create", "Make one, and print it: it is never shown again", token_options::verb::create);
    create->add_option("--permissions", token_.permissions, "read, execute (run trials) or write")
        ->check(CLI::IsMember({"read", "execute", "write"}))
        ->capture_default_str()
        ->type_name("NAME");
    create->add_option("--project", token_.project, "It shows and changes what is of this one (default: all)")
        ->type_name("ID");
    create->add_option("--expires", token_.expires, "90d, or 2027-01-31 (default: never)")->type_name("WHEN");
    auto* list = add_verb("list", "List them, without their texts", token_options::verb::list);
    add_choice(list, "--format,-f", token_.format, sheet_formats, "table, json or csv");
    add_verb("rotate", "Replace one by a new text, and print that", token_options::verb::rotate);
    add_verb("revoke", "Let one in no more", token_options::verb::revoke);
  }
  void add_serve() {
    auto* verb = add("serve", "Run as a daemon that speaks SigOpt's REST API v1", [this] {
      auto out = settled(
          serve_flags_, [](const char* name) { return std::getenv(name); }, serve_file_);
      if (!out) throw CLI::ValidationError(out.error().message);
      return invocation{*std::move(out)};
    });
    verb->add_option("--config", serve_file_, "What stands here as a file of settings")
        ->envname("VILFREDO_CONFIG")
        ->type_name("FILE");
    for (const auto& s : settings()) {
      auto given = [this, key = s.key](const std::string& x) { serve_flags_[key] = x; };
      auto usual = s.shown(serve_options{});
      auto help = s.help + (s.takes.empty() || usual.empty() ? "" : " (default: " + usual + ")");
      if (s.takes.empty())
        verb->add_flag_callback(
            s.flag(), [given] { given("true"); }, help);
      else
        verb->add_option_function<std::string>(s.flag(), given, help)->type_name(s.takes);
    }
    verb->add_flag_callback(
        "--quiet,-q", [this] { serve_flags_.try_emplace("log_level", "notice"); }, "The same as --log-level notice");
  }
  void add_control(const char* name, const char* help, control_options::verb what) {
    auto* verb = add(name, help, [this, what, verb_name = std::string(name)] {
      auto out = control_;
      out.what = what;
      out.where = settled_place(control_.where, *app_.get_subcommand(verb_name));
      return invocation{out};
    });
    add_place(verb, control_.where);
    verb->add_option("NAME", control_.experiment, "The experiment's name or number")->required()->type_name("");
  }

  CLI::App app_;
  std::function<invocation()> chosen_;
  run_options run_;
  validate_options validate_;
  init_options init_;
  list_options list_;
  status_options status_;
  trials_options trials_;
  pareto_options pareto_;
  importances_options importances_;
  export_options export_;
  control_options control_;
  submit_options submit_;
  worker_options worker_;
  token_options token_;
  std::map<std::string, std::string> serve_flags_;
  std::string serve_file_;
  std::string shell_;
};

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::vector<std::string> flags_of(const CLI::App& verb) {
  std::vector<std::string> out;
  for (const auto* option : verb.get_options([](const CLI::Option*) { return true; }))
    for (const auto& name : option->get_lnames()) out.push_back("--" + name);
  return out;
}

/// Why what the verb does not take is refused.
std::string surplus(const CLI::App& verb, const std::vector<std::string>& rest) {
  for (const auto& x : rest)
    if (x.starts_with("-")) {
      auto name = x.substr(0, x.find('='));
      return verb.get_name() + " has no option " + name + did_you_mean(name, flags_of(verb));
    }
  return verb.get_name() + " does not take the argument \"" + (rest.empty() ? "" : rest.front()) + "\"";
}

/// The verb that was chosen, of `token` its own.
const CLI::App& innermost(const CLI::App& from) {
  const auto chosen = from.get_subcommands();
  return chosen.empty() ? from : innermost(*chosen.front());
}

/// What can be told of the first words before the rest is looked at; nothing when they make sense.
std::optional<std::string> misbegun(const grammar& g, std::span<const std::string> arguments) {
  if (arguments.empty()) return "say what to do, such as run, validate, init or list";
  const auto& first = arguments.front();
  if (first.starts_with("-")) {
    if (first == "-h" || first == "--help" || first == "--version") return {};
    const std::vector<std::string> alone{"--help", "--version"};
    return "say first what to do, then " + first + did_you_mean(first, alone);
  }
  auto known = g.names();
  if (std::ranges::find(known, first) == known.end())
    return "there is no verb \"" + first + "\"" + did_you_mean(first, known);
  if (first != "token") return {};
  known = {"create", "list", "rotate", "revoke"};
  if (arguments.size() == 1) return "say what to do with tokens: create, list, rotate or revoke";
  if (const auto& second = arguments[1]; !second.starts_with("-") && std::ranges::find(known, second) == known.end())
    return "there is no verb \"token " + second + "\"" + did_you_mean(second, known);
  return {};
}

}  // namespace

result<invocation> parse_options(std::span<const std::string> given) {
  grammar g;
  auto usage = [](std::string what) { return error{errc::invalid, std::move(what) + "; see vilfredo --help"}; };
  std::vector<std::string> arguments(given.begin(), given.end());
  // "help run" is another way to say "run --help".
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  if (auto why = misbegun(g, arguments)) return usage(*why);
  try {
    // CLI11 takes the arguments from the back.
    std::vector<std::string> backwards(arguments.rbegin(), arguments.rend());
    g.app().parse(std::move(backwards));
    return g.chosen();
  } catch (const CLI::CallForHelp&) {
    return invocation{text_options{g.app().help()}};
  } catch (const CLI::CallForVersion& e) {
    return invocation{text_options{std::string(e.what()) + "\n"}};
  } catch (const CLI::ExtrasError&) {
    return usage(surplus(innermost(g.app()), g.app().remaining(true)));
  } catch (const CLI::ParseError& e) {
    return usage(one_line(e.what()));
  }
}

std::vector<verb_description> verbs() {
  grammar g;
  std::vector<verb_description> out;
  for (auto* verb : g.app().get_subcommands([](CLI::App*) { return true; })) {
    verb_description v{verb->get_name(), {}, {}};
    auto options = verb->get_options([](CLI::Option*) { return true; });
    for (auto* own : verb->get_subcommands([](CLI::App*) { return true; }))
      for (auto* option : own->get_options([](CLI::Option*) { return true; })) options.push_back(option);
    for (auto* option : options) {
      for (const auto& name : option->get_lnames())
        if (std::ranges::find(v.flags, "--" + name) == v.flags.end()) v.flags.push_back("--" + name);
      if (option->check_lname("format")) {
        v.formats = {"json"};
        if (v.name != "export") v.formats.push_back("table");
        if (v.name != "run" && v.name != "validate" && v.name != "status" && v.name != "submit" && v.name != "worker")
          v.formats.push_back("csv");
      }
    }
    out.push_back(v);
    for (const auto& alias : verb->get_aliases()) {
      v.name = alias;
      out.push_back(v);
    }
  }
  return out;
}

}  // namespace vilfredo::app
