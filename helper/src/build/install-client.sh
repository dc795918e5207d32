#!/bin/sh
# Installs docker-credential-rig and rig-credential-provider in a folder: native where a C compiler is, else on a JVM.
#   install-client.sh COMPILERS SOURCE HEADERS LAUNCHER VERSION FOLDER
# COMPILERS are names, of which the first that is there and links statically is taken, or "none"; SOURCE is the folder
# with TeaVM's all.c. On musl a program starts faster: glibc asks the processor what it can do before main, by some twenty
# instructions each of which a virtual machine has to leave for.
set -eu
compilers=$1 source=$2 headers=$3 launcher=$4 version=$5 folder=$6
client=$folder/docker-credential-rig
log=$folder/native-compiler.log

# TeaVM's exceptions are setjmp; gcc 12 fails with an internal error at -O2, where it inlines much around one. What of its
# runtime nobody calls is left out: pages that are not there need not be mapped.
compile() {
    "$compiler" -O1 -w -s -ffunction-sections -fdata-sections -Wl,--gc-sections "$@" \
        -iquote "$headers" -include "$headers/rig-machine.h" "-DRIG_VERSION=\"$version\"" "$source/all.c" -o "$client.new" -lm 2>>"$log"
}

mkdir -p "$folder"
: >"$log"
rm -f "$client.new"
there() {
    command -v "$compiler" >/dev/null 2>&1
}
form=
for compiler in $compilers; do
    if [ -z "$form" ] && there && compile -static; then
        form="native and static, by $compiler"
    fi
done
for compiler in $compilers; do
    # A program that needs musl's loader would run on few machines.
    if [ -z "$form" ] && [ "$compiler" != musl-gcc ] && there && compile; then
        form="native and dynamic: $compiler cannot link statically, see $log"
    fi
done
if [ -z "$form" ]; then
    form="on a JVM: no C compiler of \"$compilers\" is there or succeeds, see $log"
fi
if [ ! -f "$client.new" ]; then
    cp "$launcher" "$client.new"
fi
chmod 755 "$client.new"
mv -f "$client.new" "$client"
ln -sf docker-credential-rig "$folder/rig-credential-provider"
echo "docker-credential-rig is $form"
