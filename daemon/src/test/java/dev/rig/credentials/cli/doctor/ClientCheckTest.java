package dev.rig.credentials.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCheckTest {
  private static final String ADVICE = "see the finding about the socket";

  @TempDir private Path folder;

  /** Returns the finding about a helper with that script. */
  private Finding found(Duration limit, String script) throws IOException {
    var program = folder.resolve("docker-credential-rig");
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    var stream = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    var environment = Map.of("HOME", folder.toString(), "PATH", folder.toString());
    var console = new Console(stream, stream, environment, false, true);
    var findings = new ArrayList<Finding>();
    new ClientCheck(console, JsonObject.EMPTY, limit).look(findings);
    return findings.getFirst();
  }

  private String name() {
    return folder.resolve("docker-credential-rig").toString();
  }

  @Test
  void helperThatHangsIsEndedAtTheLimit() throws IOException {
    assertEquals(
        Finding.fail("helper", name() + " did not end within 0 s", ADVICE),
        found(Duration.ofMillis(200), "echo started; exec /bin/sleep 600"));
  }

  @Test
  void childThatKeepsTheOutputOpenDelaysNothing() throws IOException {
    assertEquals(
        Finding.fail("helper", name() + " failed", ADVICE),
        found(Duration.ofSeconds(60), "/bin/sleep 10 & exit 1"));
  }

  @Test
  void helperWithALongAnswerWorks() throws IOException {
    assertEquals(
        Finding.ok("helper", name() + " runs"),
        found(Duration.ofSeconds(60), "exec /usr/bin/head -c 1000000 /dev/zero"));
  }
}
