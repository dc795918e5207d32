#!/bin/sh
# Creates target/rig-credentials and the chart's archive, in the daemon's folder, from Maven's output in target.
#   make-distribution.sh VERSION TIMESTAMP JAVA
# JAVA is the required version of Java, JAVA_HOME the JDK whose runtime is bundled.
set -eu
version=$1
timestamp=$2
java=$3
jdk=$JAVA_HOME/bin
here=$PWD
client=../helper/target/docker-credential-rig
home=$here/target/rig-credentials
launcher=$home/bin/rig-credentials
# java.logging for the log, jdk.unsupported for jnr's Unsafe, java.net.http for Kubernetes, jdk.net for Apache
# HttpClient's Unix sockets, java.xml for the answers of STS.
modules=java.base,java.logging,java.net.http,java.xml,jdk.net,jdk.unsupported

# pack JAR FOLDER OPTION...: creates a jar from the files in a folder, sorted by name.
pack() {
    jar=$1
    folder=$2
    shift 2
    (cd "$folder" && find . -type f | LC_ALL=C sort | sed 's/.*/"&"/') >target/files.txt
    (cd "$folder" && "$jdk/jar" --create --date="$timestamp" --file="$jar" "$@" "@$here/target/files.txt")
}

rm -rf "$home"
mkdir -p "$home/share"
# Not copied: files left there would also be in the next build's distribution.
mv target/libraries "$home/lib"
cp -R src/dist/. "$home"
cp "target/rig-credentials-$version.jar" "$home/lib/rig-credentials.jar"
cp "$client" "$home/bin"
ln -s docker-credential-rig "$home/bin/rig-credential-provider"
chmod 755 "$home"/bin/*

# jnr's native part is next to the jars, so that nothing is unpacked at run time (T19).
rm -rf target/jffi
mkdir target/jffi
(cd target/jffi && "$jdk/jar" --extract --file "$home"/lib/jffi-*-native.jar)
mkdir "$home/lib/native"
cp "target/jffi/jni/$(uname -m)-Linux"/*.so "$home/lib/native"
rm "$home"/lib/jffi-*-native.jar
# jnr generates no code in this distribution (lib/jvm.options); these jars only serve that.
rm -f "$home"/lib/asm-*.jar "$home"/lib/jnr-a64asm-*.jar "$home"/lib/jnr-x86asm-*.jar

# The constants of other systems.
rm -rf target/constants
mkdir target/constants
(cd target/constants && "$jdk/jar" --extract --file "$home"/lib/jnr-constants-*.jar && rm -f META-INF/MANIFEST.MF)
for system in aix darwin dragonflybsd freebsd openbsd solaris windows; do
    rm -rf "target/constants/jnr/constants/platform/$system"
done
pack "$home"/lib/jnr-constants-*.jar target/constants --no-manifest

# A signed jar is verified at each start, and its classes cannot be in the AOT cache. The build has verified the jars by
# digest; no code here uses the JCE provider or its signature. The provider and the algorithms that it alone offers are more
# than half of the jar.
rm -rf target/bcprov
mkdir target/bcprov
(cd target/bcprov && "$jdk/jar" --extract --file "$home"/lib/bcprov-*.jar)
(cd target/bcprov/META-INF && rm -rf MANIFEST.MF ./*.SF ./*.RSA ./*.DSA versions/*/module-info.class \
    versions/*/org/bouncycastle/jcajce versions/*/org/bouncycastle/pqc)
(cd target/bcprov/org/bouncycastle && rm -rf pqc jcajce/provider jce/provider)
echo "Multi-Release: true" >target/manifest.txt
pack "$home"/lib/bcprov-*.jar target/bcprov --manifest="$here/target/manifest.txt"

# picocli's class files are of version 49, which an AOT cache cannot contain. Therefore the distribution has the same
# release compiled again, from the sources that its authors publish with the jar.
rm -rf target/picocli/classes
"$jdk/javac" -nowarn -proc:none -XDstringConcat=inline --release "$java" -d target/picocli/classes \
    target/picocli/sources/picocli/AutoComplete.java target/picocli/sources/picocli/CommandLine.java
pack "$home"/lib/picocli-*.jar target/picocli/classes --no-manifest

# Without the JDK's two class archives of 14 MB: the AOT cache below has their classes. Only a helper on a JVM needs one.
# Debian's JDK has 750 MB of symbols for a debugger in files of their own.
"$jdk/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages --compress=zip-9 \
    --exclude-files='**.debuginfo' --output "$home/runtime"
# Symbols for a debugger, in some JDKs; strip comes with the C compiler.
if command -v strip >/dev/null; then
    strip --strip-unneeded "$home/runtime/lib/server/libjvm.so"
fi
if [ "$(head -c 2 "$client")" = '#!' ]; then
    "$home/runtime/bin/java" -Xshare:dump
fi

# Maven does not create it when offline.
if [ -f target/rig-credentials.cdx.json ]; then
    "$jdk/java" -cp "$home/lib/*" src/build/Components.java target/rig-credentials.cdx.json "$home" "$JAVA_HOME/release" \
        "$home/share/rig-credentials.cdx.json" <<'CHANGES'
bcprov-jdk18on: without its signature, the JCE provider and the algorithms that only the provider offers
jffi-native: unpacked to lib/native, only the native library for this architecture
jnr-constants: without the constants of other systems
picocli: compiled again from the published sources
CHANGES
fi

# The chart, with the name that "helm package" uses.
tar -C ../sidecar-chart --sort=name --format=gnu --numeric-owner --owner=0 --group=0 --mtime="$timestamp" \
    --transform='s,^\.,rig-credentials,' -c . | gzip -n >"target/rig-credentials-$version.tgz"

mkdir -p "$home/share/bash-completion/completions" "$home/share/zsh/site-functions"
RIG_CREDENTIALS_AOT=-XX:AOTMode=off "$launcher" generate-completion >"$home/share/bash-completion/completions/rig-credentials"
# zsh expands no aliases in autoloaded files, and the bash completion has one for compopt: it is sourced, not copied.
cat >"$home/share/zsh/site-functions/_rig-credentials" <<'ZSH'
#compdef rig-credentials
# Uses the bash completion, which the first call loads.
if (( ! $+functions[_complete_rig-credentials] )); then
    autoload -U +X bashcompinit && bashcompinit
    (( $+functions[compopt] )) || compopt() { : }
    emulate zsh -c "source ${(q)${(%):-%x}:A:h:h:h}/bash-completion/completions/rig-credentials"
fi
_bash_complete -o default -F _complete_rig-credentials
ZSH

RIG_CREDENTIALS_AOT=-XX:AOTMode=off "$launcher" generate-man "$home/share/man"

# The cache is valid only for jars with these times, and packages must contain the same ones.
find "$home" -exec touch -h -d "$timestamp" {} +

# The demo is a daemon with all features and clients; in training it also performs the steps of serve, and repeats what a
# daemon does for as long as it runs. A start compiles what was compiled here as soon as it is called often. Code is compiled
# here after a sixteenth of the calls that a daemon needs: code that reloads and scripts use now and then would otherwise be
# compiled during the first hour (docs/figures.md).
{
    echo "-XX:AOTCacheOutput=$home/lib/rig-credentials.aot"
    echo "-XX:CompileThresholdScaling=0.5"
} >target/training.options
RIG_CREDENTIALS_AOT=@target/training.options "$launcher" demo --training >target/training.log 2>&1 || {
    cat target/training.log
    exit 1
}
[ -s "$home/lib/rig-credentials.aot" ] || {
    echo "the training run made no AOT cache; see target/training.log"
    exit 1
}
