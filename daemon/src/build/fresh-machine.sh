#!/bin/sh
# Runs the two commands of README.md on a fresh Debian, in a folder made by debootstrap, and prints how long they take.
#   fresh-machine.sh 12|13 [--user] [--jdk FOLDER] [--settings FILE] [--repository FOLDER] [--root FOLDER] [--command COMMAND]
# Installs only what README.md names, then runs its commands unchanged, for the commit that is checked out, without LANG
# and the rest of this machine's environment. Requires root. Exits with 1 if a command fails; otherwise prints the times as
# a row of a table: for the installation and for each command.
#   --user        run the commands as an unprivileged user, not as root
#   --jdk         a JDK 25, copied to where README.md says; default: a JDK of this machine. Only for Debian 12
#   --settings    Maven's settings; default: ~/.m2/settings.xml, if it exists
#   --repository  a local Maven repository to copy, to save downloads; default: an empty one
#   --root        the folder for Debian, which is kept; an existing one is used unchanged
#   --command     runs this instead of README.md's commands
set -eu

# In braces, so that the shell reads the whole file first: a run takes half an hour, and the file may change meanwhile.
{
usage() {
    sed -n '3s/^# */usage: /p' "$0" >&2
    exit 2
}

source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
user=root jdk='' settings=$HOME/.m2/settings.xml repository='' root='' command=''
[ $# -gt 0 ] || usage
case $1 in
    12) suite=bookworm ;;
    13) suite=trixie ;;
    *) usage ;;
esac
release=$1
shift
while [ $# -gt 0 ]; do
    case $1 in
        --user) user=builder ;;
        --jdk | --settings | --repository | --root | --command)
            [ $# -gt 1 ] || usage
            case $1 in
                --jdk) jdk=$2 ;;
                --settings) settings=$2 ;;
                --repository) repository=$2 ;;
                --root) root=$2 ;;
                --command) command=$2 ;;
            esac
            shift
            ;;
        *) usage ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || {
    echo "fresh-machine.sh needs root, for debootstrap and chroot" >&2
    exit 2
}

# Prints the lines of README.md's sections about the build that start with this prompt, without the prompt.
readme() {
    git -C "$source" show HEAD:README.md |
        awk -v prompt="$1 " '
            /^## / { ours = /^## (See it work|Build and test)$/ }
            ours && index($0, prompt) == 1 { print substr($0, 3) }'
}

# Prints the mirror of this machine's apt; if there is no output, debootstrap uses its default.
mirror() {
    # shellcheck disable=SC2016 # These are apt's own variables.
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian //p' | grep -v security | head -n 1
}

jdk25() {
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        if grep -qs '^JAVA_VERSION="25' "$candidate/release" && [ -x "$candidate/bin/javac" ]; then
            echo "$candidate"
            return
        fi
    done
    echo "no JDK 25 on this machine; name one with --jdk" >&2
    exit 2
}

seconds() {
    echo $(($(date +%s) - $1))
}

# Runs a command in Debian, in namespaces of its own: its child processes end with it.
inside() {
    # shellcheck disable=SC2016 # The inner shell's variables.
    unshare --mount --pid --fork --kill-child /bin/sh -c '
        set -eu
        mount --make-rprivate /
        mount --bind "$1" "$1"
        cd "$1"
        mount -t proc proc proc
        mount --rbind /sys sys
        mount --rbind /dev dev
        mount -t tmpfs -o mode=755 tmpfs run
        mkdir -p .old
        pivot_root . .old
        umount -l /.old
        shift
        # Keeps running as init, and adopts orphans.
        "$@" &
        wait $!
    ' sh "$root" "$@" </dev/null
}

as_root() {
    inside /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive /bin/sh -c "$1"
}

if [ -z "$root" ]; then
    root=$(mktemp -d /var/tmp/fresh-machine.XXXXXX)
    chmod 755 "$root" # it becomes /, which every user must be able to read
    trap 'rm -rf --one-file-system "$root"' EXIT
fi
start=$(date +%s)
if [ ! -e "$root/etc/debian_version" ]; then
    # shellcheck disable=SC2046 # An empty value adds no argument.
    debootstrap --variant=minbase "$suite" "$root" $(mirror) >"$root.log" 2>&1 || {
        tail -n 5 "$root.log" >&2
        exit 1
    }
    rm -f "$root.log"
fi
if [ -e /etc/resolv.conf ]; then
    cp --remove-destination -L /etc/resolv.conf "$root/etc/resolv.conf"
fi
apt-config dump | grep -E '^Acquire::https?::(.*::)?Proxy ' >"$root/etc/apt/apt.conf.d/90machine" || true
# Certificates that this machine's administrator added, for a proxy in front of the registries.
mkdir -p "$root/usr/local/share/ca-certificates"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \; 2>/dev/null || true

as_root 'apt-get update' >/dev/null
readme '#' | while read -r line; do
    case $line in
        'apt install '*) ;;
        *)
            echo "README.md has another command than apt for root: $line" >&2
            exit 1
            ;;
    esac
    if [ "$release" = 12 ]; then
        line=$(echo "$line" | sed 's/ openjdk-25-[^ ]*//; s/ docker-cli//')
    fi
    echo "# $line"
    as_root "apt-get install --yes ${line#apt install }" >"$root/var/log/install.log" 2>&1 || {
        tail -n 5 "$root/var/log/install.log" >&2
        exit 1
    }
done
if [ "$release" = 12 ]; then
    jdk=${jdk:-$(jdk25)}
    mkdir -p "$root/usr/lib/jvm"
    cp -a "$jdk" "$root/usr/lib/jvm/"
fi
if [ "$user" != root ]; then
    as_root "id $user >/dev/null 2>&1 || useradd --create-home --shell /bin/bash $user"
    home=/home/$user
else
    home=/root
fi
rm -rf "$root$home/rig-credentials"
mkdir -p "$root$home/rig-credentials" "$root$home/.m2"
git -C "$source" archive HEAD | tar -x -C "$root$home/rig-credentials"
if [ -e "$settings" ]; then
    cp "$settings" "$root$home/.m2/settings.xml"
fi
if [ -n "$repository" ]; then
    cp -a "$repository/." "$root$home/.m2/repository"
fi
as_root "chown -R $user: $home"
row="| Debian $release | $user | $(seconds "$start") s |"
echo "installed: $row"

if [ -n "$command" ]; then
    echo "$command" >"$root/commands"
else
    readme '$' >"$root/commands"
    [ "$(wc -l <"$root/commands")" = 2 ] || {
        echo "README.md has not two commands:" >&2
        cat "$root/commands" >&2
        exit 1
    }
fi
while read -r command; do
    echo "$ $command"
    start=$(date +%s)
    status=0
    inside /bin/su - "$user" -c "cd rig-credentials && $command" || status=$?
    row="$row $(seconds "$start") s |"
    [ "$status" = 0 ] || {
        echo "Debian $release as $user: status $status: $command" >&2
        exit 1
    }
done <"$root/commands"
echo "$row"
exit
}
