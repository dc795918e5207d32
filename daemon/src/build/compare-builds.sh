#!/bin/sh
# Builds the commit that is checked out twice, in two folders, and compares the distributions file by file.
#   compare-builds.sh [FOLDER]
# The two builds are kept in FOLDER if it is given. Exits with 1 if a file differs, except class archives, which contain
# addresses and hashes of the run that wrote them.
set -eu
source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    work=$(cd "$1" && pwd)
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

for build in first second; do
    rm -rf "${work:?}/$build"
    git clone --quiet --no-hardlinks "$source" "$work/$build"
    (cd "$work/$build" && mvn -B -q package -DskipTests) >"$work/$build.log" 2>&1 || {
        tail -20 "$work/$build.log"
        exit 2
    }
    (
        cd "$work/$build"
        find daemon/target/rig-credentials helper/target/docker-credential-rig daemon/target/*.jar helper/target/*.jar \
            -type f -exec sha256sum {} + | sort -k 2
    ) >"$work/$build.sha256"
done

cut -c 67- "$work/first.sha256" >"$work/first.names"
cut -c 67- "$work/second.sha256" >"$work/second.names"
cmp -s "$work/first.names" "$work/second.names" || {
    echo "the two builds have different files:"
    diff "$work/first.names" "$work/second.names" || true
    exit 1
}
echo "$(wc -l <"$work/first.names") files, $(grep -c '\.jar$' "$work/first.names") of them jars"
comm -13 "$work/first.sha256" "$work/second.sha256" | cut -c 67- >"$work/differ"
sed 's/^/differs: /' "$work/differ"
# lib/*.aot: ours; runtime/lib/server/*.jsa: the JDK's, where the helper runs on a JVM.
if grep -qvE '\.(jsa|aot)$' "$work/differ"; then
    exit 1
fi
echo "everything else is the same"
