#include <string>

#include "app/cli/verbs.hpp"
#include "app/say.hpp"

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
  return hand_over(R"bash(# bash completion for vilfredo; load it with: source <(vilfredo completion bash)
_vilfredo_experiments() {  # of the place that the line names; a URL's colons make several words of it
  local place=() name typed i value
  for ((i = 2; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      --store|--url|--token-file|--ca)
        name=${COMP_WORDS[i]} value=
        [ "${COMP_WORDS[i+1]}" != = ] || ((++i))
        value=${COMP_WORDS[i+1]}
        while [ "${COMP_WORDS[i+2]}" = : ]; do value+=:${COMP_WORDS[i+3]}; ((i += 2)); done
        place+=("$name" "$value") ;;
      --store=*|--url=*|--token-file=*|--ca=*) place+=("${COMP_WORDS[i]}") ;;
    esac
  done
  typed=${1//[\\\"\']/}
  COMPREPLY=()
  while IFS= read -r name; do
    [[ $name != "$typed"* ]] || COMPREPLY+=("$(printf %q "$name")")
  done < <("${COMP_WORDS[0]}" list --names "${place[@]}" 2> /dev/null)
}
_vilfredo() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} flags= formats=
  # bash takes --format=json for three words.
  [ "$word" != = ] || word=
  [ "$before" != = ] || before=${COMP_WORDS[COMP_CWORD-2]}
  [ "${COMP_WORDS[COMP_CWORD]}" != = ] || before=${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ] || [ "$verb:$COMP_CWORD" = help:2 ]; then
    COMPREPLY=($(compgen -W ")bash" +
                   all + R"bash( --help --version" -- "$word"))
    return
  fi
  case $verb in
)bash" + flags + R"bash(  esac
  case $before in
    --format|-f) COMPREPLY=($(compgen -W "$formats" -- "$word")); return ;;
    --state) COMPREPLY=($(compgen -W "queued running paused returned completed stopped failed cancelled" -- "$word")); return ;;
    --permissions) COMPREPLY=($(compgen -W "read execute write" -- "$word")); return ;;
    --log-format) COMPREPLY=($(compgen -W "text json" -- "$word")); return ;;
    --log-level) COMPREPLY=($(compgen -W "error warning notice info" -- "$word")); return ;;
    --store|--token-file|--ca|--directory|--output|-o|--config|--tls-certificate|--tls-key|--log-file)
      compopt -o default; return ;;
    --slots|--gpus|--url|--lease|--name|--experiment|--project|--expires) return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *)
      case $verb:$before in
        run:*|validate:*|init:*|submit:*|worker:*) compopt -o default ;;
        token:token) COMPREPLY=($(compgen -W "create list rotate revoke" -- "$word")) ;;
        token:*|list:*|serve:*|help:*) ;;
        completion:*) COMPREPLY=($(compgen -W "bash" -- "$word")) ;;
        *) _vilfredo_experiments "$word" ;;
      esac ;;
  esac
}
complete -F _vilfredo vilfredo
)bash");
}

}  // namespace vilfredo::app::cli
