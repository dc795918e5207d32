#!/bin/sh
# Makes what only the assembled distribution can make: the completion, and the AOT cache by a training run.
#   finish-distribution.sh DISTRIBUTION
set -eu
home=$1
launcher=$home/bin/rig-credentials

mkdir -p "$home/share/bash-completion/completions" "$home/share/zsh/site-functions"
RIG_CREDENTIALS_AOT=-XX:AOTMode=off "$launcher" generate-completion >"$home/share/bash-completion/completions/rig-credentials"
{
    echo '#compdef rig-credentials'
    echo 'autoload -U +X bashcompinit && bashcompinit'
    cat "$home/share/bash-completion/completions/rig-credentials"
} >"$home/share/zsh/site-functions/_rig-credentials"

# The demo is a daemon with everything in it, asked in every way there is.
RIG_CREDENTIALS_AOT="-XX:AOTCacheOutput=$home/lib/rig-credentials.aot" "$launcher" demo >"$home/../training.log" 2>&1 || {
    cat "$home/../training.log"
    exit 1
}
[ -s "$home/lib/rig-credentials.aot" ] || {
    echo "the training run made no AOT cache; see training.log"
    exit 1
}
