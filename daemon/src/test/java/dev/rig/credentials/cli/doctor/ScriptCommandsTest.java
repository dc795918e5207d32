package dev.rig.credentials.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** C41: the programs that a script calls, not only known ones. */
class ScriptCommandsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "acme-login --token, acme-login",
        "echo \"u:$(acme token | tr -d x)\", acme tr",
        "echo u:`acme \"$HOME/x y\"`, acme",
        "A=1 B=$(inner) acme && other || third; fourth & fifth, inner acme other third fourth"
            + " fifth",
        "if ! first; then second; elif third; then :; else fourth; fi, first second third fourth",
        "while read -r x; do acme; done <input, acme",
        "for x in one two; do acme $x; done, acme",
        "case $x in one|two) acme;; (three) other;; esac; last, acme other last",
        "echo $(case $x in a) acme;; esac) ; other, acme other",
        "( cd /tmp && acme ) > out 2>&1; { other; }, acme other",
        "exec /opt/acme/bin/login --now, /opt/acme/bin/login",
        "command -v acme >/dev/null, ~~",
        "acme \\; other, acme",
        "echo 'acme; other' \"acme; $other\", ~~",
        "$program --token; \"quoted\" x; ./relative, ~~",
        "[[ a && b ]] || acme; (( n = a || b )); x=$(( y ? z : w )), acme",
        "run() { acme; }; function go { other; }; run; go, acme other",
        "diff <(first) <(second), diff first second",
        "echo ${x:-$(acme)} ${y#*'}'} | other, acme other",
        "time acme; printf x; test -f y && . ./z, acme",
      })
  void commandsAreFound(String script, String expected) {
    assertEquals(
        expected.isEmpty() ? List.of() : List.of(expected.split(" ")), ScriptCommands.of(script));
  }

  @Test
  void commentsAndHereDocumentsAreNoCommands() {
    assertEquals(
        List.of("first", "cat", "last"),
        ScriptCommands.of(
            """
            # acme is not called
            first x#y # nor here: acme
            cat <<-'END' \\
              >out
            acme | other
            \tEND
            last
            """));
  }

  /** A script that is still being written, or has an error, is read as far as it goes. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "acme 'x",
        "acme \"x",
        "acme $(",
        "acme ${x",
        "acme `",
        "acme \\",
        "acme <<END",
        "acme; case",
        "acme; case x in",
        "acme; case x in a",
        "acme; case x in a)",
        "acme; for",
        "acme; function",
        "acme )",
        "acme; [["
      })
  void incompleteScriptIsReadAsFarAsItGoes(String script) {
    assertEquals(List.of("acme"), ScriptCommands.of(script));
  }
}
