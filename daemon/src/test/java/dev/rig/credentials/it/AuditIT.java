package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built daemon's log of requests. */
class AuditIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ENTRIES =
      """
      rig:
        dockerRegistries:
          ghcr.io/acme: {username: acme, password: c4nary-of-the-file}
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void folderOfTheDaemon() {
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
  }

  private static Map<String, String> fields(String line) {
    var fields = new HashMap<String, String>();
    try (var json = new JsonFactory().createParser(line)) {
      assertEquals(JsonToken.START_OBJECT, json.nextToken(), line);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var name = json.currentName();
        json.nextToken();
        fields.put(name, json.getText());
      }
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
    return fields;
  }

  private static List<String> lines(Running daemon, String part) {
    return daemon.stderr().lines().filter(line -> line.contains(part)).toList();
  }

  @Test
  void jsonHasAFieldForEachThing() {
    var running =
        daemon.configured("values.yaml", ENTRIES + "daemon: {log: {format: json}}\n").start();
    try (var client = RawClient.connect(daemon.socket())) {
      assertTrue(client.send("get\nghcr.io/acme/app").endOfRequest().rest().contains("c4nary"));
    }
    Eventually.within(SOON, () -> !lines(running, "\"get found\"").isEmpty(), running::stderr);
    var fields = fields(lines(running, "\"get found\"").getFirst());
    var self = ProcessHandle.current();
    assertAll(
        () -> assertEquals("get", fields.get("action")),
        () -> assertEquals("ghcr.io/acme", fields.get("prefix")),
        () -> assertEquals("found", fields.get("outcome")),
        () -> assertTrue(Long.parseLong(fields.getOrDefault("micros", "")) < 10_000_000),
        () -> assertEquals("info", fields.get("level")),
        () -> assertEquals(Long.toString(self.pid()), fields.get("pid")),
        () -> assertEquals(Path.of("/proc/self/exe").toRealPath().toString(), fields.get("exe")),
        () -> assertTrue(fields.get("time").startsWith("20")),
        () -> assertFalse(running.stderr().contains("c4nary")));
  }

  @Test
  void repeatsAreCountedAndReportedAtTheEnd() {
    var running = daemon.configured("values.yaml", ENTRIES).start();
    for (int i = 0; i < 20; i++) {
      daemon.client().get("ghcr.io/acme").succeeded();
    }
    daemon.client().get("not.example.org");
    // Process.destroy would close the pipe of its last lines.
    Signal.TERM.to(running.pid());
    running.finish(SOON).succeeded();
    var found = lines(running, "action=get prefix=ghcr.io/acme outcome=found");
    assertEquals(2, found.size(), running::stderr);
    assertTrue(found.getLast().endsWith(" and 19 more like it"), found::toString);
    assertEquals(1, lines(running, "action=get outcome=not_found").size(), running::stderr);
  }

  @Test
  void auditCanBeSwitchedOff() {
    var running =
        daemon.configured("values.yaml", ENTRIES + "daemon: {log: {audit: false}}\n").start();
    daemon.client().get("ghcr.io/acme").succeeded();
    DaemonUnderTest.stop(running);
    assertEquals(List.of(), lines(running, "outcome="));
  }

  /** A program whose path imitates a line of the log, and terminal commands. */
  @Test
  void pathOfAPeersProgramCannotAddALine() throws IOException {
    var running = daemon.configured("values.yaml", ENTRIES).start();
    var program = folder.resolve("a\n2026-01-01T00:00:00Z info  Audit: forged\u001b[2J");
    Files.copy(Tool.SOCAT.path().toRealPath(), program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    var asking =
        reaper.own(
            Command.of(program, "-t", "5", "-", "UNIX-CONNECT:" + daemon.socket())
                .reading("get\nghcr.io/acme")
                .start());
    asking.finish(SOON).succeeded();
    assertTrue(running.says("forged"), running::stderr);
    var line = lines(running, "forged");
    assertEquals(1, line.size(), line::toString);
    assertTrue(line.getFirst().contains("action=get prefix=ghcr.io/acme"), line::toString);
    assertTrue(line.getFirst().contains("\\u000a2026-01-01"), line::toString);
    assertFalse(running.stderr().contains("\u001b"), line::toString);
  }
}
