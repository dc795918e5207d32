#!/bin/sh
# Runs google-java-format on the Java files of the module in the current folder.
#   format.sh CLASSPATH OPTION...
# JAVA_HOME is a JDK that supports the module's language level. Exits with a nonzero status if the formatter does.
set -eu
classpath=$1
shift
internals=jdk.compiler/com.sun.tools.javac
exec find src -name '*.java' -type f -exec "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseParallelGC \
    --add-exports="$internals.api=ALL-UNNAMED" \
    --add-exports="$internals.code=ALL-UNNAMED" \
    --add-exports="$internals.file=ALL-UNNAMED" \
    --add-exports="$internals.parser=ALL-UNNAMED" \
    --add-exports="$internals.tree=ALL-UNNAMED" \
    --add-exports="$internals.util=ALL-UNNAMED" \
    -cp "$classpath" com.google.googlejavaformat.java.Main "$@" {} +
