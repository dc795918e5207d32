package dev.rig.credentials.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.Shell;
import dev.rig.credentials.testing.FakeTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** C6: text that a script prints with {@code echo} arrives unchanged with any shell. */
final class LiteralOutputTest {
  private static final List<String> PASSWORDS =
      List.of(
          "secret\\cret",
          "back\\\\slash\\n\\t\\0101\\x41\\e",
          "trailing\\",
          "\\",
          "-n",
          "-n leading",
          "-e \\t",
          "50%s%%d%n",
          "it's \"quoted\" `id` $HOME ${x} $(id) !!",
          " spaces  inside and behind ",
          "*?[a-z]~#;&|<>(){}",
          "p\u00e4ssw\u00f6rd \u20ac \ud83d\ude00",
          ":colons::",
          "aB3\\/+=-_.".repeat(820));

  @TempDir Path folder;

  static Stream<Shell> shells() {
    var dash = Path.of("/usr/bin/dash");
    return Stream.of(
            Shell.ofThisMachine(),
            Shell.of(Path.of("/bin/sh")),
            Shell.of(Path.of("/bin/bash")),
            Shell.of(dash),
            Shell.of(Path.of("/bin/busybox")))
        .filter(shell -> Files.isExecutable(shell.program()))
        .distinct();
  }

  private Credential run(Shell shell, String script, Map<String, String> environment)
      throws Exception {
    var time = new FakeTime().time();
    try (var runner =
        ProcessRunner.open(
            folder.resolve("scripts"), Map.of("PATH", "/usr/bin:/bin"), shell, time)) {
      return new ScriptSource(
              script,
              new EntryProgram(
                  "ghcr.io",
                  environment,
                  Duration.ofSeconds(30),
                  Duration.ofHours(1),
                  new HeldSecrets(Map.of()).of("registry.example.com"),
                  runner,
                  time))
          .issue(new SourceRequest("ghcr.io"))
          .get(10, TimeUnit.SECONDS)
          .credential();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void everyPrintablePasswordArrivesCharacterForCharacter(Shell shell) throws Exception {
    for (var password : PASSWORDS) {
      var file = Files.writeString(folder.resolve("password"), password + "\n");
      var read = "USERNAME=bot; IFS= read -r PASSWORD <" + file + "; ";
      for (var script :
          List.of("echo \"$USERNAME:$PASSWORD\"", "echo $EMPTY\"$USERNAME:$PASSWORD\"")) {
        assertEquals(
            new Credential("bot", Secret.of(password)).secret().reveal(),
            run(shell, "set -eu; EMPTY=; " + read + script, Map.of()).secret().reveal(),
            shell + " " + script);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void passwordInTheScriptItselfArrives(Shell shell) throws Exception {
    for (var password : PASSWORDS) {
      var quoted = "'" + password.replace("'", "'\\''") + "'";
      var credential =
          run(
              shell,
              "# as the platform's documentation has it\nUSERNAME=bot\nPASSWORD=%s\necho \"$USERNAME:$PASSWORD\"\n"
                  .replace("%s", quoted),
              Map.of());
      assertEquals(password, credential.secret().reveal(), shell.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void optionsOfEchoWorkAsInBash(Shell shell) throws Exception {
    assertEquals(
        "a\\tb-x -",
        run(shell, "IFS=:; echo -n u:; echo -nE 'a\\tb'; echo -n -x -", Map.of())
            .secret()
            .reveal());
    assertEquals("a b", run(shell, "echo -e 'u:a\\040b'", Map.of()).secret().reveal());
    assertEquals(
        "x", run(shell, "n=1 f=2; echo -n; echo u:x; [ $n$f = 12 ]", Map.of()).secret().reveal());
  }

  @ParameterizedTest
  @MethodSource("shells")
  void lineNumbersInMessagesAreThoseOfTheScript(Shell shell) {
    var failure =
        assertThrows(
            ExecutionException.class, () -> run(shell, "true\n\nno-such-program\n", Map.of()));
    var message = String.valueOf(failure.getMessage());
    assertTrue(message.matches(".*\\b(line )?3: no-such-program: (command )?not found"), message);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void scriptWithItsOwnInterpreterIsUntouched(Shell shell) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/dash")));
    assertEquals(
        "a\tb".replace("\t", " "),
        run(shell, "#!/usr/bin/dash\necho 'u:a\\040b'", Map.of()).secret().reveal());
  }
}
