#include <unistd.h>

#include <string>

#include "app/cli/verbs.hpp"
#include "app/terminal.hpp"

namespace vilfredo::app::cli {

namespace {
std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}
}  // namespace

exit_code completion(const completion_options&) {
  // Written from the grammar itself, so it never falls behind.
  std::string all, flags, formats;
  for (const auto& v : verbs()) {
    all += (all.empty() ? "" : " ") + v.name;
    flags += "    " + v.name + ") flags=\"" + joined(v.flags) + "\" formats=\"" + joined(v.formats) + "\" ;;\n";
  }
  write_all(STDOUT_FILENO, R"(# bash completion for vilfredo; load it with: source <(vilfredo completion bash)
_vilfredo() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} flags= formats=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ")" +
                               all + R"( --help --version" -- "$word"))
    return
  fi
  case $verb in
)" + flags + R"(  esac
  case $before in
    --format|-f) COMPREPLY=($(compgen -W "$formats" -- "$word")); return ;;
    --state) COMPREPLY=($(compgen -W "queued running returned completed failed cancelled" -- "$word")); return ;;
    --slots|--gpus) return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *)
      if [ "$verb" = completion ]; then COMPREPLY=($(compgen -W "bash" -- "$word")); else compopt -o default; fi ;;
  esac
}
complete -F _vilfredo vilfredo
)");
  return exit_done;
}

}  // namespace vilfredo::app::cli
