# For the scripts in this folder, which source it: the repository's folder in $root, help, and usage errors. The help of a
# script is the comment at its start; the lines in it that begin with three spaces are its usage.
script=$(readlink -f -- "$0")
root=$(CDPATH='' cd -- "$(dirname -- "$script")/.." && pwd)

# help: prints the comment at the start of the script.
help() {
    sed -n '2,/^[^#]/{s/^#   /    /p;t;s/^# //p}' "$script"
}

# usage [MESSAGE...]: says what is wrong, and how the script is called.
usage() {
    [ $# = 0 ] || echo "$*" >&2
    sed -n 's/^#   /usage: /p' "$script" >&2
    exit 2
}

case ${1:-} in
-h | --help)
    help
    exit 0
    ;;
esac

# version TAG: prints the version of a tag vVERSION.
version() {
    [[ $1 =~ ^v[0-9]+(\.[0-9]+){2}$ ]] || usage "$1 is not a tag like v0.1.0"
    echo "${1#v}"
}

# pom_version POM: prints the version that it states first.
pom_version() {
    sed -n 's,^ *<version>\(.*\)</version>.*,\1,p' "$1" | head -1
}

# login PROGRAM... HOST: logs in with RELEASE_USER and RELEASE_TOKEN, if the token is set.
login() {
    if [ -n "${RELEASE_TOKEN:-}" ]; then
        [ -n "${RELEASE_USER:-}" ] || usage "RELEASE_TOKEN is set, but RELEASE_USER is not"
        printf %s "$RELEASE_TOKEN" | "$@" --username "$RELEASE_USER" --password-stdin
    fi
}
