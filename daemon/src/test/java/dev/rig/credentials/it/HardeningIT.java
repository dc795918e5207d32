package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.BareMachine;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * T10 and T19 of {@code docs/security.md} on the built daemon: what other processes can see of it.
 */
class HardeningIT {
  private static final int NOBODY = 65534;
  private static final String ANSWER = NativeClient.answer("example.org", "bot", "from-the-file");
  private static final Canary CANARY = new Canary("env1ronment+c4nary");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;

  @BeforeEach
  void configure() {
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    example.org: {username: bot, password: from-the-file}
                    limits.example.org: {script: 'echo "core:$(ulimit -c)/$(ulimit -H -c)"'}
                """)
            .with("OF_THE_DAEMON", CANARY.secret());
  }

  /** Root can read everything, so the test uses another user. */
  private Running startAsNobody() throws IOException {
    Tool.needRoot("being another user");
    Files.setAttribute(folder, "unix:mode", 0711);
    Command.of("chown", "-hR", NOBODY + ":" + NOBODY, daemon.folder()).run().succeeded();
    daemon.startedBy(nobody().toArray());
    return daemon.start();
  }

  private static List<Object> nobody() {
    return List.of(Tool.SETPRIV.path(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
  }

  private static Command asNobody(Object... words) {
    var all = new ArrayList<>(nobody());
    all.addAll(Arrays.asList(words));
    return Command.of(all.toArray());
  }

  private static ProgramResult gdb(long pid) {
    return asNobody(Tool.GDB.path(), "-nx", "-batch", "-p", pid, "-ex", "info registers").run();
  }

  @Test
  void t10_processOfTheSameUserReadsNothingOfTheDaemon() throws IOException {
    var running = startAsNobody();
    var plain = reaper.own(asNobody("sleep", "1000").with("PLAIN", CANARY.secret()).start());
    Eventually.within(
        Duration.ofSeconds(10),
        () -> ProcFiles.arguments(plain.pid()).startsWith("sleep"), // no longer setpriv, as root
        plain::stderr);
    // For any other process the same access works, so the test can fail.
    for (var file : List.of("environ", "maps", "smaps", "auxv", "fd", "map_files", "io")) {
      var read = List.<Object>of("/bin/sh", "-c", "[ -d \"$0\" ] && ls \"$0\" || cat \"$0\"");
      var words = new ArrayList<>(read);
      words.add("/proc/" + plain.pid() + "/" + file);
      asNobody(words.toArray()).run().succeeded();
      words.set(read.size(), "/proc/" + running.pid() + "/" + file);
      var outcome = asNobody(words.toArray()).run();
      assertAll(
          () -> assertNotEquals(0, outcome.status(), file),
          () -> assertTrue(outcome.stderr().contains("Permission denied"), outcome::toString),
          () -> assertEquals("", outcome.stdout(), file));
    }
    var memory = asNobody("head", "-c", "1", "/proc/" + running.pid() + "/mem").run();
    assertTrue(memory.stderr().contains("Permission denied"), memory::toString);
  }

  @Test
  void t10_debuggersAndTheJdksToolsCannotAttach() throws IOException {
    var running = startAsNobody();
    var plain = reaper.own(asNobody("sleep", "1000").start());
    assertTrue(gdb(plain.pid()).stdout().contains("rip") || isArm(), "gdb works at all");
    var debugged = gdb(running.pid());
    assertTrue(debugged.output().contains("Operation not permitted"), debugged::toString);
    var dump = daemon.folder().resolve("heap.hprof");
    var jdk = Path.of(System.getProperty("java.home"), "bin");
    for (var command : List.of("VM.system_properties", "GC.heap_dump " + dump)) {
      var quick = "-J-Dsun.tools.attach.attachTimeout=1000";
      var outcome = asNobody(jdk.resolve("jcmd"), quick, running.pid(), command).run();
      assertAll(
          () -> assertNotEquals(0, outcome.status(), outcome::toString),
          () -> assertTrue(outcome.stderr().contains("doesn't respond"), outcome::toString),
          () -> assertEquals(List.of(), CANARY.foundIn(outcome.output())));
    }
    assertTrue(Files.notExists(dump));
    assertEquals(ANSWER, daemon.client().get("example.org").stdout());
  }

  @Test
  void t10_crashLeavesNoCoreAndNoReport() throws IOException {
    var before = Files.createDirectory(folder.resolve("cwd"));
    Files.setAttribute(before, "unix:mode", 0777);
    daemon.startedBy("/bin/sh", "-c", "cd \"$0\" && ulimit -c unlimited && exec \"$@\"", before);
    var running = startAsNobody();
    assertEquals(
        "{\"ServerURL\":\"limits.example.org\",\"Username\":\"core\",\"Secret\":\"0/0\"}\n",
        daemon.client().get("limits.example.org").stdout());
    var limits = Files.readString(Path.of("/proc/" + running.pid() + "/limits"));
    assertTrue(limits.matches("(?s).*Max core file size +0 +0 +bytes.*"), limits);
    Signal.SEGV.to(running.pid());
    var ended = running.finish(Duration.ofSeconds(20));
    assertTrue(ended.stdout().contains("SIGSEGV"), ended::toString);
    for (var secret : List.of(CANARY, new Canary("from-the-file"))) {
      assertEquals(List.of(), secret.foundIn(ended.output()), ended::toString);
    }
    try (var files = Files.list(before)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void t19_startsWithoutWritingAnythingToTmpOrTheRoot() {
    var running = BareMachine.with(daemon).start();
    assertEquals(ANSWER, daemon.client().get("example.org").stdout());
    assertTrue(daemon.client().get("limits.example.org").stdout().contains("core"));
    var tmp = BareMachine.mount(running.pid(), Path.of("/tmp"));
    var root = BareMachine.mount(running.pid(), Path.of("/"));
    assertAll(
        () -> assertEquals(List.of(), BareMachine.temporaryFiles(running.pid())),
        () -> assertTrue(tmp.contains("noexec"), tmp),
        () -> assertTrue(root.contains(" ro,"), root));
    var maps = readMaps(running.pid());
    assertTrue(maps.contains("/lib/native/libjffi"), "the library is the distribution's");
    DaemonUnderTest.stop(running);
  }

  /** The same library in a folder that everyone can write is not searched. */
  @Test
  void t19_libraryPlantedInASharedFolderIsNotLoaded() throws IOException {
    Tool.needRoot("reading what a daemon has mapped");
    var shared = Files.createDirectory(folder.resolve("shared"));
    Files.setAttribute(shared, "unix:mode", 01777);
    for (var name : List.of("libjffi-1.2.so", "libjffi.so", "libc.so", "libjnr.so")) {
      Files.copy(
          Path.of("/proc/self/exe"), shared.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    daemon.startedBy("/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", shared);
    var running = daemon.with("TMPDIR", shared).start();
    assertEquals(ANSWER, daemon.client().get("example.org").stdout());
    assertTrue(!readMaps(running.pid()).contains(shared.toString()));
  }

  private static String readMaps(long pid) {
    return Command.of("cat", "/proc/" + pid + "/maps").run().succeeded().stdout();
  }

  private static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
