package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.testing.FakeTime;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that need a separate process: its limits, its libraries, its end. */
@Timeout(60)
final class SocketProcessTest {
  private static final Pattern NEEDED =
      Pattern.compile("/(jnr-|jffi-|asm-|jspecify-|rig-credentials-helper)[^/]*$");

  @TempDir private Path folder;

  /** A {@link ChildServer} under a limit of descriptors. */
  private record Child(Process process, BufferedReader output) implements AutoCloseable {
    String tell(String word) throws IOException {
      var input = process.outputWriter();
      input.write(word + "\n");
      input.flush();
      return line();
    }

    String line() throws IOException {
      return Objects.requireNonNull(output.readLine(), "the child has ended");
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private Child start(int descriptors, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", "ulimit -n " + descriptors + "; exec \"$0\" \"$@\""));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(classPath());
    command.add(ChildServer.class.getName());
    command.add(path().toString());
    var process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var child = new Child(process, process.inputReader());
    assertEquals("serving", child.line());
    return child;
  }

  /** Only the jars that the child needs: each takes a descriptor, of which it has few. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .map(Path::toAbsolutePath)
        .filter(entry -> Files.isDirectory(entry) || NEEDED.matcher(entry.toString()).find())
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path path() {
    return folder.resolve("s");
  }

  /** F22. */
  @Test
  void serverOutOfDescriptorsRestsAndAcceptsWithinASecondWhenThereAreSome() throws Exception {
    try (var child = start(120)) {
      assertEquals("full", child.tell("fill"));
      try (var waiting = Client.connect(path())) {
        waiting.send("get\nx").end();
        long busy = Long.parseLong(child.tell("measure"));
        assertTrue(busy < 100, "the event loop was busy for " + busy + " ms of a second");
        long pauses = Long.parseLong(child.tell("pauses"));
        assertTrue(pauses >= 2 && pauses <= 20, pauses + " pauses");
        assertTrue(waiting.isOpen());
        assertEquals("free", child.tell("free"));
        long start = System.nanoTime();
        assertEquals(0, waiting.reply().status());
        assertTrue(System.nanoTime() - start < 1_000_000_000L);
      }
      assertEquals(0, Client.ask(path(), "get\nx").status());
    }
  }

  /** F25: after kill -9 the next daemon answers within 3 s, including the JVM's start. */
  @Test
  void restartAfterAKillAnswersWithinThreeSeconds() throws Exception {
    start(200).close();
    assertTrue(Files.exists(path()));
    long start = System.nanoTime();
    try (var _ = start(200)) {
      assertEquals(0, Client.ask(path(), "get\nx").status());
      assertTrue(System.nanoTime() - start < 3_000_000_000L);
    }
  }

  /** F24: also for a daemon in another process. */
  @Test
  void daemonOfAnotherProcessIsBusy() throws Exception {
    try (var _ = start(200)) {
      var time = new FakeTime().time();
      assertThrows(
          SocketBusyException.class,
          () -> SocketServer.open(SocketOptions.at(path()), new Answers(), time));
      assertEquals(0, Client.ask(path(), "get\nx").status());
    }
  }

  /** T19: the library is loaded from the distribution, and nothing is unpacked. */
  @Test
  void t19_nativeLibraryIsLoadedFromItsFolderAndNothingIsUnpacked() throws Exception {
    Path library = Files.createDirectory(folder.resolve("native")).resolve("libjffi-1.2.so");
    String architecture = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
    try (var packed =
        ClassLoader.getSystemResourceAsStream("jni/" + architecture + "-Linux/libjffi-1.2.so")) {
      Files.copy(Objects.requireNonNull(packed), library);
    }
    Path nowhere = folder.resolve("no-temporary-folder");
    try (var child =
        start(
            200,
            "-Djffi.boot.library.path=" + library.getParent(),
            "-Djffi.extract.dir=" + nowhere,
            "-Djava.io.tmpdir=" + nowhere)) {
      assertEquals(library.toString(), child.tell("libraries"));
      assertEquals(0, Client.ask(path(), "get\nx").status());
    }
    assertTrue(Files.notExists(nowhere));
    try (var all = Files.walk(folder)) {
      assertEquals(List.of(library), all.filter(file -> file.toString().endsWith(".so")).toList());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
