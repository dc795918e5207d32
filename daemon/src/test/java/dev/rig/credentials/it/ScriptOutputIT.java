package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Processes;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The output of scripts of the built daemon: valid and invalid lines, and the input of a script.
 */
class ScriptOutputIT extends ScriptDaemon {
  @Test
  void f06_malformedOutputIsRefusedLoggedAndNotCached() {
    var reasons =
        Map.of(
            "two", "2 lines",
            "none", "nothing",
            "blank", "an empty line",
            "colonless", "a line without a colon",
            "nameless", "an empty username",
            "wordless", "an empty password");
    var running =
        start(
            "30s",
            """
            seen='%s/'$RIG_REGISTRY
            if [ -e "$seen" ]; then echo bot:well-formed; exit; fi
            : > "$seen"
            case $RIG_REGISTRY in
            two.*) printf 'a:m4lformed\\nb:m4lformed\\n' ;;
            none.*) ;;
            blank.*) echo ;;
            colonless.*) echo m4lformed ;;
            nameless.*) echo :m4lformed ;;
            wordless.*) echo m4lformed: ;;
            esac
            """
                .formatted(folder));
    reasons.forEach((name, reason) -> {
      var host = name + ".example.org";
      var refused = daemon.client().get(host);
      assertEquals(1, refused.status(), refused::toString);
      assertTrue(refused.stdout().contains(reason), refused::toString);
      assertFalse(refused.output().contains("m4lformed"), refused::toString);
      Eventually.within(
          Duration.ofSeconds(10),
          () ->
              running
                  .stderr()
                  .lines()
                  .anyMatch(line -> line.contains(reason) && line.contains("example.org")),
          running::stderr);
      // After the pause of the failure, at most 1 s, the script runs again.
      Eventually.within(
          Duration.ofSeconds(10),
          () ->
              daemon
                  .client()
                  .get(host)
                  .equals(
                      new ProgramResult(0, NativeClient.answer(host, "bot", "well-formed"), "")),
          () -> host + " recovers");
    });
    assertFalse(running.stderr().contains("m4lformed"), running::stderr);
  }

  @Test
  void f07_nulAndBrokenUtf8AreRefusedAndNeverEchoed() {
    var running =
        start(
            "30s",
            """
            case $RIG_REGISTRY in
            nul.*) printf 'bot:n4ver\\000echoed\\n' ;;
            *) printf 'bot:n4ver\\377echoed\\n' ;;
            esac
            """);
    var nul = daemon.client().get("nul.example.org");
    var broken = daemon.client().get("broken.example.org");
    var log = DaemonUnderTest.stop(running).output();
    assertAll(
        () -> assertEquals(1, nul.status(), nul::toString),
        () -> assertTrue(nul.stdout().contains("a NUL byte"), nul::toString),
        () -> assertEquals(1, broken.status(), broken::toString),
        () -> assertTrue(broken.stdout().contains("not UTF-8"), broken::toString),
        () -> assertTrue(log.contains("a NUL byte") && log.contains("not UTF-8"), log),
        () -> assertFalse((nul.output() + broken.output() + log).contains("n4ver")),
        () -> assertFalse((nul.output() + broken.output() + log).contains("echoed")));
  }

  @Test
  void f08_validLineOfAFailingScriptIsDiscarded() {
    var running = start("30s", "echo bot:d1scarded\necho no luck >&2\nexit 3");
    var outcome = daemon.client().get("a.example.org");
    var again = daemon.client().get("a.example.org");
    var log = DaemonUnderTest.stop(running).output();
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertEquals(1, again.status(), again::toString),
        () -> assertTrue(outcome.stdout().contains("status 3"), outcome::toString),
        () -> assertTrue(outcome.stdout().contains("no luck"), outcome::toString),
        () -> assertFalse((outcome.output() + again.output() + log).contains("d1scarded")));
  }

  /** C6: the idiom in the platform's documentation, with characters that echo could change. */
  @Test
  void passwordsOfScriptsArriveCharacterForCharacter() {
    start(
        "30s",
        """
        USERNAME=bot
        case $RIG_REGISTRY in
        back.*) PASSWORD='secret\\cret\\n\\0101' ;;
        dash.*) PASSWORD='-n it' ;;
        tail.*) PASSWORD='trailing\\' ;;
        esac
        echo "$USERNAME:$PASSWORD"
        """);
    var passwords =
        Map.of("back", "secret\\\\cret\\\\n\\\\0101", "dash", "-n it", "tail", "trailing\\\\");
    passwords.forEach((name, password) -> {
      var host = name + ".example.org";
      assertEquals(
          new ProgramResult(0, NativeClient.answer(host, "bot", password), ""),
          daemon.client().get(host));
    });
    assertTrue(daemon.status().contains("\"scriptShell\""), daemon.status());
  }

  /** The daemon's own variables do not change how a shell reads a script. */
  @Test
  void startupFilesAndOptionsOfShellsDoNotReachAScript() {
    var startup = PrivateFile.write(folder.resolve("startup"), "echo bot:from-the-startup-file");
    daemon
        .with("BASH_ENV", startup)
        .with("ENV", startup)
        .with("BASHOPTS", "xpg_echo")
        .with("SHELLOPTS", "xtrace")
        .with("BASH_FUNC_cat%%", "() { echo bot:from-a-function; }");
    start(
        "30s",
        """
        there=$(env | grep -cE '^(BASH_ENV|ENV|BASHOPTS|SHELLOPTS|BASH_FUNC_)')
        cat /dev/null
        echo "bot$there:a\\tb"
        """);
    assertEquals(
        new ProgramResult(0, NativeClient.answer("a.example.org", "bot0", "a\\\\tb"), ""),
        daemon.client().get("a.example.org"));
  }

  /** C7, C8. */
  @Test
  void reasonNamesTheFormatAndEndsWithTheScriptsMessage() {
    start(
        "30s",
        """
        case $RIG_REGISTRY in
        json.*) echo '{"ServerURL":"https://r","Username":"AWS","Secret":"s3cret"}' ;;
        *) echo Unable to locate credentials >&2; echo AWS: ;;
        esac
        """);
    var json = daemon.client().get("json.example.org");
    assertTrue(json.stdout().contains("JSON, the answer of a credential helper"), json::toString);
    assertFalse(json.output().contains("s3cret"), json::toString);
    var empty = daemon.client().get("empty.example.org");
    var reason = "script printed an empty password; stderr: Unable to locate credentials";
    assertTrue(empty.stdout().contains(reason), empty::toString);
    var explained = daemon.commandLine("explain", "empty.example.org/app").output();
    assertTrue(explained.contains(reason), explained);
  }

  /** A host that a program would read as an option is rejected. */
  @Test
  void registryIsNeverAnOptionOfAScriptsProgram() {
    start("30s", "printf '%s' \"$RIG_REGISTRY\" >> " + folder.resolve("asked") + "; echo u:p");
    for (var host : List.of("--help.example.org", "-x.example.org/a", "https://-.example.org")) {
      assertEquals(1, daemon.client().get(host).status(), host);
    }
    assertFalse(Files.exists(folder.resolve("asked")));
  }

  @Test
  void scriptsOfADaemonThatWasKilledAreEndedByTheNext() {
    var mark = Processes.longSleep();
    var running = start("10m", "sleep %s & sleep %s".formatted(mark, mark));
    var asking = reaper.own(daemon.client().command("get").reading("a.example.org").start());
    Eventually.within(
        Duration.ofSeconds(10), () -> Processes.with(mark).size() == 2, running::stderr);
    running.kill();
    assertEquals(2, Processes.with(mark).size(), "nobody has ended them yet");
    asking.kill();
    daemon.start();
    noneLeft(Duration.ofSeconds(2), mark);
  }

  @Test
  void shellThatOthersCanWriteIsRefused() throws Exception {
    var shell = PrivateFile.write(folder.resolve("shell"), "#!/bin/sh\nexec /bin/sh \"$@\"\n");
    daemon.configured("values.yaml", "daemon: {shell: " + shell + "}");
    for (var mode : List.of("rwxrwxrwx", "rwxr-xrwx", "rw-r--r--")) {
      Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString(mode));
      var refused = daemon.serve().run();
      assertEquals(78, refused.status(), refused::toString);
      assertTrue(refused.stderr().contains("daemon.shell: " + shell), refused::toString);
    }
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    daemon.start();
    assertTrue(daemon.status().contains("\"scriptShell\" : \"" + shell + "\""), daemon.status());
  }
}
