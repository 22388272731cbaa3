#include <algorithm>
#include <chrono>
#include <unistd.h>

#include "app/cli/verbs.hpp"
#include "app/expiry.hpp"
#include "app/say.hpp"
#include "app/sheet.hpp"
#include "app/terminal.hpp"
#include "app/token_keeper.hpp"
#include "app/view/number.hpp"

namespace vilfredo::app::cli {

namespace {

nlohmann::ordered_json expiry_cell(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return nullptr;
  return view::timestamp(time_point{std::chrono::seconds{*seconds}});
}

exit_code list(const std::vector<remote::token>& all, output_format format) {
  sheet out;
  for (const char* name : {"token", "name", "type", "permissions", "project", "experiment", "expires"})
    out.columns.push_back({"", name});
  for (const auto& x : all)
    out.rows.push_back({x.text, x.name, x.type, x.permissions,
                        x.project ? nlohmann::ordered_json(*x.project) : nlohmann::ordered_json{},
                        x.experiment ? nlohmann::ordered_json(*x.experiment) : nlohmann::ordered_json{},
                        expiry_cell(x.expires)});
  return hand_over(print(out, format, style_of(STDOUT_FILENO)));
}

/// The one of this name, or whose hash begins so.
result<remote::token> choose(const std::vector<remote::token>& all, const std::string& wanted) {
  std::vector<const remote::token*> found;
  for (const auto& x : all)
    if (x.name == wanted || x.text == wanted) found.push_back(&x);
  if (found.size() == 1) return *found.front();
  if (found.empty())
    return error{errc::not_found, "there is no token \"" + wanted + "\"; vilfredo token list shows all"};
  return error{errc::invalid, std::to_string(found.size()) + " tokens have the name \"" + wanted +
                                  "\"; give what vilfredo token list shows first of it"};
}

}  // namespace

exit_code token(const token_options& options) {
  using verb = token_options::verb;
  auto opened = keeper_of(options.where);
  if (!opened) return refuse(opened.error());
  auto& keeper = **opened;
  if (options.what == verb::create) {
    remote::token_wish wanted{options.name, options.permissions, {}, {}};
    if (!options.project.empty()) wanted.project = options.project;
    if (!options.expires.empty()) {
      auto read =
          read_expiry(options.expires, std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()));
      if (!read) return refuse(read.error());
      wanted.expires = *read;
    }
    auto made = keeper.create(wanted);
    return made ? hand_over(made->text + "\n") : refuse(made.error());
  }
  auto all = keeper.list();
  if (!all) return refuse(all.error());
  if (options.what == verb::list) return list(*all, options.format);
  auto one = choose(*all, options.name);
  if (!one) return refuse(one.error());
  if (options.what == verb::rotate) {
    auto made = keeper.rotate(one->text);
    return made ? hand_over(made->text + "\n") : refuse(made.error());
  }
  auto gone = keeper.revoke(one->text);
  return gone ? hand_over("Token \"" + one->name + "\" is revoked.\n") : refuse(gone.error());
}

}  // namespace vilfredo::app::cli
