#include "app/presenter.hpp"

#include <unistd.h>

#include "app/narration.hpp"
#include "app/terminal.hpp"
#include "app/view/number.hpp"

namespace vilfredo::app {

namespace {

constexpr int out = STDOUT_FILENO;

void print_summary(const address& where, const ledger& book) {
  auto how = style_of(out);
  auto text = view::paint(overview(where, book, how), how);
  // Never cut: it is there to be copied.
  write_all(out, text + "\nShow it again: " + show_again(where, book) + "\n");
}

/// Only what went wrong, and the summary.
class quiet_presenter : public presenter {
public:
  void news(const std::string& what) override { write_all(STDERR_FILENO, "vilfredo: " + what + "\n"); }
  void ended(const address& where, const ledger& book) override { print_summary(where, book); }
};

class line_presenter final : public quiet_presenter {
public:
  void fact_came(const fact& x, const ledger& book) override {
    if (auto told = narrate(x, book)) write_all(out, view::paint(*told, how_) + "\n");
  }
  void ended(const address& where, const ledger& book) override {
    write_all(out, "\n");
    print_summary(where, book);
  }

private:
  view::style how_ = style_of(out);
};

class json_presenter final : public presenter {
public:
  explicit json_presenter(bool quiet) : quiet_(quiet) {}
  void fact_came(const fact& x, const ledger& book) override {
    if (quiet_) return;
    if (auto told = narrate_json(x, book)) say(*told);
  }
  void news(const std::string& what) override { say({{"event", "news"}, {"message", what}}); }
  void ended(const address& where, const ledger& book) override {
    nlohmann::ordered_json last{{"event", "run_ended"}};
    last.update(overview_json(where, book));
    last["show_again"] = show_again(where, book);
    say(last);
  }

private:
  static void say(const nlohmann::ordered_json& x) {
    write_all(out, x.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  bool quiet_;
};

class screen_presenter final : public presenter {
public:
  void moment(const watch& run, time_point now) override {
    auto how = style_of(out);
    if (how.height > 1) --how.height;  // the cursor's own line
    area_.draw(view::render(run.picture(now), how), style_of(out));
  }
  void resized() override { area_.resized(); }
  void ended(const address& where, const ledger& book) override {
    area_.clear();
    print_summary(where, book);
  }

private:
  live_area area_{out};
};

}  // namespace

std::unique_ptr<presenter> make_presenter(const run_options& options) {
  if (options.format == output_format::json) return std::make_unique<json_presenter>(options.quiet);
  if (options.quiet) return std::make_unique<quiet_presenter>();
  if (is_terminal(out)) return std::make_unique<screen_presenter>();
  return std::make_unique<line_presenter>();
}

}  // namespace vilfredo::app
