#!/bin/sh
# Runs google-java-format on the Java files of the module in whose folder it is called.
#   format.sh CLASSPATH OPTION...
# JAVA_HOME is a JDK that reads the module's language level. Ends with another status than 0 when the formatter does.
set -eu
classpath=$1
shift
internals=jdk.compiler/com.sun.tools.javac
exec find src -name '*.java' -type f -exec "$JAVA_HOME/bin/java" \
    --add-exports="$internals.api=ALL-UNNAMED" \
    --add-exports="$internals.code=ALL-UNNAMED" \
    --add-exports="$internals.file=ALL-UNNAMED" \
    --add-exports="$internals.parser=ALL-UNNAMED" \
    --add-exports="$internals.tree=ALL-UNNAMED" \
    --add-exports="$internals.util=ALL-UNNAMED" \
    -cp "$classpath" com.google.googlejavaformat.java.Main "$@" {} +
