#!/bin/sh
# Makes what only the assembled distribution can make: completion, manual pages, and the AOT cache by a training run.
#   finish-distribution.sh DISTRIBUTION TIMESTAMP
set -eu
home=$1
timestamp=$2
launcher=$home/bin/rig-credentials

mkdir -p "$home/share/bash-completion/completions" "$home/share/zsh/site-functions"
RIG_CREDENTIALS_AOT=-XX:AOTMode=off "$launcher" generate-completion >"$home/share/bash-completion/completions/rig-credentials"
# zsh expands no alias in what it autoloads, and the bash form has one for compopt: so it is sourced, not copied.
cat >"$home/share/zsh/site-functions/_rig-credentials" <<'ZSH'
#compdef rig-credentials
# Completes by the bash form, which the first call loads.
if (( ! $+functions[_complete_rig-credentials] )); then
    autoload -U +X bashcompinit && bashcompinit
    (( $+functions[compopt] )) || compopt() { : }
    emulate zsh -c "source ${(q)${(%):-%x}:A:h:h:h}/bash-completion/completions/rig-credentials"
fi
_bash_complete -o default -F _complete_rig-credentials
ZSH

rm -rf "$home/share/man"
RIG_CREDENTIALS_AOT=-XX:AOTMode=off "$launcher" generate-man "$home/share/man/man1"

# The cache is valid for jars of these times alone, and packages have to bring the same ones.
find "$home" -exec touch -h -d "$timestamp" {} +

# The demo is a daemon with everything in it, asked in every way there is; in training it does what serve does, too.
RIG_CREDENTIALS_AOT="-XX:AOTCacheOutput=$home/lib/rig-credentials.aot" "$launcher" demo --training >"$home/../training.log" 2>&1 || {
    cat "$home/../training.log"
    exit 1
}
[ -s "$home/lib/rig-credentials.aot" ] || {
    echo "the training run made no AOT cache; see training.log"
    exit 1
}
