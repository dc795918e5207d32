package dev.rig.credentials.app.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.app.logging.Logging;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.machine.ProcFiles;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("the JDK's logging belongs to the whole process")
final class AuditLogTest {
  private static final Peer PEER = new Peer(4242, 1000, -2);
  private static final PeerProcess IN_A_POD =
      new PeerProcess("/usr/bin/crane", new ContainerId("c".repeat(64), "pod-uid"));

  @TempDir private Path folder;
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private final FakeTime time = new FakeTime();
  private final Workers writer = new Workers("test-audit", 0, 1, 8, time);

  @AfterEach
  void restoreLogging() throws Exception {
    writer.shutdownNow();
    LogManager.getLogManager().readConfiguration();
  }

  private AuditLog audit(boolean all, LogLevel level, LogFormat format) {
    return audit(all, level, format, IN_A_POD);
  }

  private AuditLog audit(boolean all, LogLevel level, LogFormat format, PeerProcess process) {
    Logging.configure(level, format, new PrintStream(stream, true, StandardCharsets.UTF_8));
    return new AuditLog(all, peer -> process, time.time(), writer);
  }

  private static AnsweredRequest answered(String action, String prefix, RequestOutcome outcome) {
    return new AnsweredRequest(action, prefix, outcome, Duration.ofNanos(61_999), PEER);
  }

  private static AnsweredRequest get(RequestOutcome outcome) {
    return answered("get", "ghcr.io/acme", outcome);
  }

  /** Closes the audit log and returns its lines, without their time. */
  private List<String> lines(AuditLog audit) {
    audit.close();
    return stream
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("^\\S+Z ", "").replaceFirst("\"time\":\"[^\"]*\",", ""))
        .toList();
  }

  @Test
  void requestIsOneLineOfText() {
    var audit = audit(true, LogLevel.INFO, LogFormat.TEXT);
    audit.accept(get(RequestOutcome.FOUND));
    assertEquals(
        List.of(
            "info  Audit: action=get prefix=ghcr.io/acme outcome=found micros=61 uid=1000"
                + " gid=4294967294 pid=4242 exe=/usr/bin/crane container="
                + "c".repeat(64)
                + " pod=pod-uid"),
        lines(audit));
  }

  @Test
  void requestIsOneObjectOfJson() {
    var audit = audit(true, LogLevel.INFO, LogFormat.JSON);
    audit.accept(get(RequestOutcome.DENIED));
    assertEquals(
        List.of(
            "{\"level\":\"warn\",\"logger\":\"Audit\",\"message\":\"get denied\","
                + "\"action\":\"get\",\"prefix\":\"ghcr.io/acme\",\"outcome\":\"denied\","
                + "\"micros\":61,\"uid\":1000,\"gid\":4294967294,\"pid\":4242,"
                + "\"exe\":\"/usr/bin/crane\",\"container\":\""
                + "c".repeat(64)
                + "\",\"pod\":\"pod-uid\"}"),
        lines(audit));
  }

  @Test
  void equalRequestsAreCounted() {
    var audit = audit(true, LogLevel.INFO, LogFormat.TEXT);
    for (int i = 0; i < 42; i++) {
      audit.accept(get(RequestOutcome.FOUND));
    }
    audit.accept(get(RequestOutcome.FAILED));
    time.advance(Duration.ofSeconds(65));
    audit.accept(get(RequestOutcome.FOUND));
    var lines = lines(audit);
    assertEquals(4, lines.size(), lines::toString);
    assertTrue(lines.get(1).contains("outcome=failed"), lines::toString);
    assertTrue(lines.get(2).endsWith(" pid=4242 and 41 more like it"), lines::toString);
    assertFalse(lines.get(3).contains("more like it"), lines::toString);
  }

  @Test
  void repeatsAreReportedAtTheEnd() {
    var audit = audit(true, LogLevel.INFO, LogFormat.JSON);
    audit.accept(get(RequestOutcome.FOUND));
    audit.accept(get(RequestOutcome.FOUND));
    var lines = lines(audit);
    assertEquals(2, lines.size());
    assertTrue(lines.get(1).endsWith("\"more\":1}"), lines::toString);
  }

  @Test
  void deniedRequestsAreLoggedAndCountedEvenIfNothingElseIs() {
    for (var level : List.of(LogLevel.INFO, LogLevel.WARN)) {
      stream.reset();
      var quiet = audit(level == LogLevel.WARN, level, LogFormat.TEXT);
      quiet.accept(get(RequestOutcome.FOUND));
      quiet.accept(get(RequestOutcome.DENIED));
      assertEquals(1L, count(quiet, "denied"));
      awaitLines(quiet, 1);
      assertTrue(stream.toString(StandardCharsets.UTF_8).contains("outcome=denied"));
      assertFalse(stream.toString(StandardCharsets.UTF_8).contains("outcome=found"));
    }
  }

  private static long count(AuditLog audit, String name) {
    return audit.health().counts().getOrDefault(name, -1L);
  }

  private static void awaitLines(AuditLog audit, long lines) {
    Eventually.within(
        Duration.ofSeconds(5),
        () -> count(audit, "lines") >= lines,
        () -> audit.health().toString());
  }

  /** T1, T11: text that a peer chooses, such as the path of its program, cannot add a line. */
  @Test
  void textOfAPeerIsEscaped() {
    var nasty = "/tmp/a b\"\\\n2026 info Audit: action=get\r\u001b[2J\u009b\u202e\u2028\ud800";
    var audit =
        audit(true, LogLevel.INFO, LogFormat.TEXT, new PeerProcess(nasty, ContainerId.NONE));
    audit.accept(get(RequestOutcome.FOUND));
    var lines = lines(audit);
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(
        lines
            .getFirst()
            .endsWith(
                "exe=\"/tmp/a b\\\"\\\\\\\\u000a2026 info Audit: action=get\\\\u000d\\\\u001b[2J"
                    + "\\\\u009b\\\\u202e\\\\u2028\\\\ud800\""),
        lines::toString);
  }

  @Test
  void slowLogDelaysNoClientAndDroppedLinesAreCounted() throws InterruptedException {
    var audit = audit(true, LogLevel.INFO, LogFormat.TEXT);
    var held = new CountDownLatch(1);
    writer.execute(() -> {
      try {
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    for (int i = 0; i < 20; i++) {
      audit.accept(answered("get", "h" + i + ".example.org", RequestOutcome.FOUND));
    }
    assertEquals(12L, count(audit, "dropped"), "8 wait");
    assertTrue(audit.health().messages().getFirst().startsWith("12 requests are missing"));
    held.countDown();
  }

  @Test
  void numberOfDifferentRequestsIsLimited() {
    var audit = audit(true, LogLevel.INFO, LogFormat.TEXT);
    for (int i = 0; i < 6000; i++) {
      audit.accept(answered("get", "h" + i, RequestOutcome.FOUND));
    }
    assertTrue(count(audit, "dropped") >= 6000 - 4096);
  }

  @Test
  void processIsKnownByItsProgram() {
    var own = new Peer((int) ProcessHandle.current().pid(), ProcFiles.ownUid(), 0);
    assertTrue(String.valueOf(PeerProcess.of(own).executable()).endsWith("/java"));
    assertNull(PeerProcess.of(new Peer(0, 0, 0)).executable());
    assertNull(PeerProcess.of(new Peer(Integer.MAX_VALUE, 0, 0)).executable());
  }

  /** T7: a pid that another user's process has reused is not reported as the peer's. */
  @Test
  void t7_reusedPidOfAnotherUserIsNotThePeers() throws Exception {
    var process = Files.createDirectory(folder.resolve("4242"));
    Files.createSymbolicLink(process.resolve("exe"), Path.of("/bin/x"));
    int owner = ProcFiles.ownUid();
    if (owner == 0) {
      owner = 12_345; // files of a process that is not dumpable belong to root
      Files.setAttribute(process, "unix:uid", owner);
    }
    assertEquals("/bin/x", PeerProcess.of(new Peer(4242, owner, 0), folder).executable());
    assertNull(PeerProcess.of(new Peer(4242, owner + 1, 0), folder).executable());
  }
}
