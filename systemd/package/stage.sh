#!/bin/sh
# Creates the trees that become packages, from the built distribution and the files next to this script.
#   stage.sh DISTRIBUTION OUTPUT VERSION TIMESTAMP
# Writes OUTPUT/root.tar and OUTPUT/control, which jdeb makes a .deb of, and OUTPUT/rig-credentials-*.tar.gz for
# other systems. Names, owners, times and order are fixed: the same distribution gives the same packages.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
units=$here/..
project=$units/..
distribution=$1
output=$2
timestamp=$4
# Debian sorts ~ before the release.
version=$(printf %s "$3" | sed 's/-SNAPSHOT/~SNAPSHOT/')
machine=$(uname -m)
case $machine in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*)
    echo "there are no packages for $machine" >&2
    exit 1
    ;;
esac

umask 022
rm -rf "$output"
mkdir -p "$output/control"
root=$output/root

# put MODE FILE PATH: copies a file into the root tree.
put() {
    mkdir -p "$(dirname -- "$root/$3")"
    cp -- "$2" "$root/$3"
    chmod "$1" "$root/$3"
}

# README, and every page that it or another page links to, at the places that the links name.
pages=$(cd "$project" && ls README.md SECURITY.md CONTRIBUTING.md daemon/docs/*.md daemon/docs/examples/* \
    sidecar-chart/README.md sidecar-chart/examples/*)

# pack ARCHIVE FOLDER NAME: archives the folder's NAME.
pack() {
    find "$2/$3" -exec touch -h -d "$timestamp" {} +
    tar -C "$2" --sort=name --format=gnu --numeric-owner --owner=0 --group=0 -cf "$1" "$3"
}

mkdir -p "$root/usr/lib/rig-credentials" "$root/usr/bin"
for part in bin lib runtime; do
    cp -a "$distribution/$part" "$root/usr/lib/rig-credentials/"
done
for program in rig-credentials docker-credential-rig rig-credential-provider; do
    ln -s "../lib/rig-credentials/bin/$program" "$root/usr/bin/$program"
done
put 644 "$distribution/share/bash-completion/completions/rig-credentials" \
    usr/share/bash-completion/completions/rig-credentials
put 644 "$distribution/share/zsh/site-functions/_rig-credentials" usr/share/zsh/vendor-completions/_rig-credentials
for page in "$distribution"/share/man/man?/*; do
    put 644 "$page" "usr/${page#"$distribution"/}"
done
gzip -9n "$root"/usr/share/man/man?/*
put 644 "$units/rig-credentials.service" usr/lib/systemd/system/rig-credentials.service
put 644 "$units/rig-credentials.socket" usr/lib/systemd/system/rig-credentials.socket
for unit in rig-credentials.service rig-credentials.socket; do
    put 644 "$units/user/$unit" "usr/lib/systemd/user/$unit"
done
put 644 "$units/rig-credentials.sysusers.conf" usr/lib/sysusers.d/rig-credentials.conf
put 644 "$units/rig-credentials.tmpfiles.conf" usr/lib/tmpfiles.d/rig-credentials.conf
put 640 "$here/values.yaml" etc/rig-credentials/values.yaml
put 644 "$here/copyright" usr/share/doc/rig-credentials/copyright
for page in $pages; do
    put 644 "$project/$page" "usr/share/doc/rig-credentials/$page"
done
if [ -f "$distribution/share/rig-credentials.cdx.json" ]; then
    put 644 "$distribution/share/rig-credentials.cdx.json" usr/share/doc/rig-credentials/rig-credentials.cdx.json
fi
put 644 "$project/CHANGELOG.md" usr/share/doc/rig-credentials/CHANGELOG.md
gzip -9n "$root/usr/share/doc/rig-credentials/CHANGELOG.md"
chmod -R go-w,a+rX "$root/usr"
pack "$output/root.tar" "$root" .

for file in conffiles postinst prerm postrm; do
    sed -e "/^# @USERS@$/{r $here/deb/users.sh" -e "d}" "$here/deb/$file" >"$output/control/$file"
done
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" "$here/deb/control" >"$output/control/control"

name=rig-credentials-$3-linux-$machine
mkdir "$output/$name"
cp -a "$distribution/." "$output/$name/"
cp "$project/CHANGELOG.md" "$project/LICENSE" "$output/$name/"
for page in $pages; do
    mkdir -p "$output/$name/$(dirname "$page")"
    cp "$project/$page" "$output/$name/$page"
done
mkdir "$output/$name/systemd" "$output/$name/systemd/user"
cp "$units"/rig-credentials.* "$output/$name/systemd/"
cp "$units"/user/rig-credentials.* "$output/$name/systemd/user/"
chmod -R go-w,a+rX "$output/$name"
pack "$output/$name.tar" "$output" "$name"
gzip -n "$output/$name.tar"
rm -rf "$root" "${output:?}/$name"
