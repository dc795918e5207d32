#!/bin/sh
# Installs docker-credential-rig and rig-credential-provider in a folder: native if there is a C compiler, otherwise on a JVM.
#   install-client.sh COMPILERS SOURCE HEADERS LAUNCHER VERSION FOLDER
# COMPILERS are names, of which the first that exists and links statically is used, or "none" for the JVM;
# SOURCE is the folder with TeaVM's all.c. Exits with 1 if a compiler exists but none builds the program. With
# musl the program starts faster: before main, glibc queries the processor's features by some twenty instructions, each of
# which causes an exit of a virtual machine.
set -eu
compilers=$1 source=$2 headers=$3 launcher=$4 version=$5 folder=$6
client=$folder/docker-credential-rig
log=$folder/native-compiler.log
# The word "error" is searched in the compilers' messages.
export LC_ALL=C

# TeaVM's exceptions use setjmp; gcc 12 fails with an internal error at -O2 if it inlines much code around one. -w is only for
# TeaVM's code: a test compiles our header with all warnings. Unused parts of the runtime are left out, so that fewer pages
# are mapped.
compile() {
    "$compiler" -O1 -w -c -ffunction-sections -fdata-sections -iquote "$headers" -include "$headers/rig-machine.h" \
        "-DRIG_VERSION=\"$version\"" "$source/all.c" -o "$client.o" >>"$log" 2>&1
}

link() {
    "$compiler" "$@" -s -Wl,--gc-sections "$client.o" -o "$client.new" -lm >>"$log" 2>&1
}

first_error() {
    grep -m 1 -E '(^|[^[:alnum:]])error[^[:alnum:]]' "$log" || grep -m 1 . "$log" || echo "it says nothing"
}

mkdir -p "$folder"
form='' found='' failed=''
for compiler in $compilers; do
    [ -z "$form" ] && [ "$compiler" != none ] && command -v "$compiler" >/dev/null 2>&1 || continue
    found="$found $compiler"
    : >"$log"
    rm -f "$client.new"
    if compile; then
        if link -static; then
            form="is native and static, by $compiler"
        # A program that requires musl's loader would run on few machines.
        elif [ "$compiler" != musl-gcc ] && link; then
            form="is native and dynamic, because $compiler cannot link statically: $(first_error)"
        fi
    fi
    if [ -z "$form" ]; then
        failed="$failed
$compiler fails: $(first_error)"
    fi
done
rm -f "$client.o"
if [ -z "$form" ] && [ -n "$found" ]; then
    rm -f "$client" "$client.new"
    echo "docker-credential-rig does not compile:$failed" >&2
    echo "See $log. Debian's cc needs gcc and libc6-dev. To build a slower helper that runs on a JVM: -Dnative.cc=none" >&2
    exit 1
fi
if [ -n "$failed" ]; then
    echo "${failed#?}"
fi
if [ -z "$form" ]; then
    cp "$launcher" "$client.new"
    if [ "$compilers" = none ]; then
        form="runs on a JVM, as -Dnative.cc=none asks"
    else
        form="runs on a JVM and starts slowly, because no C compiler is installed ($compilers); on Debian: apt install gcc libc6-dev musl-tools"
    fi
fi
chmod 755 "$client.new"
mv -f "$client.new" "$client"
ln -sf docker-credential-rig "$folder/rig-credential-provider"
echo "docker-credential-rig $form"
