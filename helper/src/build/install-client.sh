#!/bin/sh
# Installs docker-credential-rig and rig-credential-provider in a folder: native where a C compiler is, else on a JVM.
#   install-client.sh COMPILER SOURCE HEADERS LAUNCHER VERSION FOLDER
# COMPILER is a name or "none"; SOURCE is the folder with TeaVM's all.c.
set -eu
compiler=$1 source=$2 headers=$3 launcher=$4 version=$5 folder=$6
client=$folder/docker-credential-rig
log=$folder/native-compiler.log

# TeaVM's exceptions are setjmp; gcc 12 fails with an internal error at -O2, where it inlines much around one.
compile() {
    "$compiler" -O1 -w -s "$@" -iquote "$headers" -include "$headers/rig-machine.h" "-DRIG_VERSION=\"$version\"" \
        "$source/all.c" -o "$client.new" -lm 2>>"$log"
}

mkdir -p "$folder"
: >"$log"
rm -f "$client.new"
if [ "$compiler" = none ] || ! command -v "$compiler" >/dev/null 2>&1; then
    form="on a JVM: there is no C compiler \"$compiler\""
elif compile -static; then
    form="native and static"
elif compile; then
    form="native and dynamic: $compiler cannot link statically, see $log"
else
    form="on a JVM: $compiler fails, see $log"
fi
if [ ! -f "$client.new" ]; then
    cp "$launcher" "$client.new"
fi
chmod 755 "$client.new"
mv -f "$client.new" "$client"
ln -sf docker-credential-rig "$folder/rig-credential-provider"
echo "docker-credential-rig is $form"
