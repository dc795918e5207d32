package dev.rig.credentials.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.wire.Wire;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The built programs, native and on a JVM, with a real socket; both behave equally. Several tests
 * run at a time, because most of them wait for a deadline.
 */
@Execution(ExecutionMode.CONCURRENT)
class NativeClientIT {
  /** The two forms of the program. */
  enum Form {
    NATIVE,
    JVM,
    ARM64
  }

  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final byte[] NOTHING = {};

  @TempDir private static Path jvmForm;
  @TempDir private static Path arm64Form;

  @TempDir private Path folder;
  private final List<StubDaemon> daemons = new ArrayList<>();
  private final List<byte[]> requests = new CopyOnWriteArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
  record Outcome(int status, byte[] stdout, String stderr, long millis) {
    String text() {
      return new String(stdout, StandardCharsets.UTF_8);
    }
  }

  /** With {@code -Drig.arm64} also the program for arm64, which QEMU runs. */
  static List<Form> forms() {
    return System.getProperty("rig.arm64") == null
        ? List.of(Form.NATIVE, Form.JVM)
        : List.of(Form.values());
  }

  /** Installs what the build does without a C compiler: the launcher with the jar next to it. */
  @BeforeAll
  static void installJvmForm() throws IOException {
    Files.copy(
        Path.of("src/main/sh/docker-credential-rig"), jvmForm.resolve("docker-credential-rig"));
    assertTrue(jvmForm.resolve("docker-credential-rig").toFile().setExecutable(true));
    try (Stream<Path> files = Files.list(TARGET)) {
      Path jar =
          files
              .filter(file -> file.getFileName().toString().matches("rig-credentials-helper.*jar"))
              .findFirst()
              .orElseThrow();
      Files.copy(jar, jvmForm.resolve(jar.getFileName()));
    }
  }

  @AfterEach
  void stopDaemons() throws IOException {
    for (StubDaemon daemon : daemons) {
      daemon.close();
    }
  }

  private void serve(StubDaemon.Behaviour... behaviours) throws IOException {
    daemons.add(new StubDaemon(socket(), behaviours));
  }

  private Path socket() {
    return folder.resolve("credentials.sock");
  }

  private Outcome run(Form form, String name, byte[] stdin, String... arguments) throws Exception {
    return run(form, name, Map.of(), stdin, arguments);
  }

  private Outcome run(
      Form form, String name, Map<String, String> variables, byte[] stdin, String... arguments)
      throws Exception {
    Path program = program(form);
    Path link = folder.resolve(name);
    Files.createSymbolicLink(link, program);
    List<String> command = new ArrayList<>();
    if (form == Form.ARM64) {
      command.addAll(List.of("qemu-aarch64-static", "-0", link.toString()));
    }
    command.add(link.toString());
    command.addAll(List.of(arguments));
    Path input = Files.write(folder.resolve("stdin"), stdin);
    Path errors = folder.resolve("stderr");
    var builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("RIG_CREDENTIALS_SOCKET", socket().toString());
    builder.environment().remove("RIG_CREDENTIALS_OPTIONAL");
    builder.environment().putAll(variables);
    long start = System.nanoTime();
    Process process = builder.redirectInput(input.toFile()).redirectError(errors.toFile()).start();
    try (InputStream stdout = process.getInputStream()) {
      byte[] output = stdout.readAllBytes();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the client still runs");
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      return new Outcome(process.exitValue(), output, Files.readString(errors), millis);
    } finally {
      process.destroyForcibly();
      Files.delete(link);
    }
  }

  private static Path program(Form form) throws IOException {
    if (form == Form.JVM) {
      return jvmForm.resolve("docker-credential-rig");
    }
    if (form == Form.ARM64) {
      return arm64Form();
    }
    Path program = TARGET.resolve("docker-credential-rig");
    boolean isNative;
    try (InputStream bytes = Files.newInputStream(program)) {
      isNative = bytes.read() == 0x7f;
    }
    Requirement.need(
        isNative,
        "docker-credential-rig was built without a C compiler",
        "apt install gcc libc6-dev musl-tools, and build again");
    return program;
  }

  /** Builds the program for arm64 when first needed, as a release is built on that architecture. */
  private static synchronized Path arm64Form() throws IOException {
    Path program = arm64Form.resolve("docker-credential-rig");
    if (!Files.exists(program)) {
      for (String tool : List.of("aarch64-linux-gnu-gcc", "qemu-aarch64-static")) {
        Requirement.need(
            Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool))),
            tool + " is not installed",
            "apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static");
      }
      Process build =
          new ProcessBuilder(
                  "/bin/sh",
                  "src/build/install-client.sh",
                  "aarch64-linux-gnu-gcc",
                  TARGET.resolve("native").toString(),
                  Path.of("src/main/c").toAbsolutePath().toString(),
                  "src/main/sh/docker-credential-rig",
                  "0.1.0",
                  arm64Form.toString())
              .inheritIO()
              .start();
      try {
        assertEquals(0, build.waitFor());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      byte[] elf = Files.readAllBytes(program);
      assertEquals(183, elf[18] & 0xff, "e_machine is EM_AARCH64 (elf.h)");
    }
    return program;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String request(int index) {
    return new String(requests.get(index), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void getPrintsTheDaemonsAnswer(Form form) throws Exception {
    byte[] answer = bytes("0\n{\"ServerURL\":\"ghcr.io/acme\",\"Secret\":\"\u00fc\"}\n");
    serve(StubDaemon.answers(requests, answer));
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io/acme"), "get");
    assertEquals(0, outcome.status());
    assertEquals("{\"ServerURL\":\"ghcr.io/acme\",\"Secret\":\"\u00fc\"}\n", outcome.text());
    assertEquals("", outcome.stderr());
    assertEquals("get\nghcr.io/acme", request(0));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void notFoundKeepsItsTextAndItsStatus(Form form) throws Exception {
    serve(StubDaemon.answers("1\n" + Wire.NOT_FOUND + "\n"));
    Outcome outcome = run(form, "docker-credential-rig", bytes("example.org"), "get");
    assertEquals(1, outcome.status());
    assertEquals(Wire.NOT_FOUND + "\n", outcome.text());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theNameOfALinkIsTheAlias(Form form) throws Exception {
    serve(StubDaemon.answers(requests, bytes("0\n{}\n")));
    assertEquals(0, run(form, "docker-credential-rig-gitlab", bytes("x"), "get").status());
    assertEquals(0, run(form, "docker-credential-rig-gitlab", NOTHING, "list").status());
    assertEquals("get gitlab\nx", request(0));
    assertEquals("list gitlab\n", request(1));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theKubeletsNameIsEnough(Form form) throws Exception {
    byte[] question = bytes("{\"kind\":\"CredentialProviderRequest\"}");
    serve(
        StubDaemon.answers(requests, bytes("0\n{\"auth\":{}}\n")),
        StubDaemon.answers("2\nno entry\n"));
    Outcome answered = run(form, "rig-credential-provider", question);
    assertEquals("{\"auth\":{}}\n", answered.text());
    assertEquals("kubelet\n{\"kind\":\"CredentialProviderRequest\"}", request(0));
    Outcome failed = run(form, "rig-credential-provider", question);
    assertEquals(2, failed.status());
    assertEquals("", failed.text());
    assertEquals("no entry\n", failed.stderr());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void theRemarkOfAStoreGoesToStderr(Form form) throws Exception {
    serve(StubDaemon.answers("0\nmanaged\n"));
    Outcome outcome = run(form, "docker-credential-rig", bytes("{}\n"), "store");
    assertEquals(0, outcome.status());
    assertEquals("", outcome.text());
    assertEquals("managed\n", outcome.stderr());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aMissingDaemonIsReportedInOneLineWithTheNextStep(Form form) throws Exception {
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
    assertEquals(1, outcome.status());
    assertEquals(
        "rig-credentials: cannot reach the daemon at "
            + socket()
            + ": no such socket; start it with \"rig-credentials serve\" or \"systemctl start"
            + " rig-credentials\", or set RIG_CREDENTIALS_SOCKET\n",
        outcome.text());
    assertEquals("", outcome.stderr());
    assertTrue(outcome.millis() >= Wire.CLIENT_CONNECT_MILLIS, () -> "" + outcome.millis());
    assertTrue(outcome.millis() < Wire.CLIENT_CONNECT_MILLIS + 3_000, () -> "" + outcome.millis());
  }

  /** Before, the native client ignored the variable, and asked another daemon. */
  @ParameterizedTest
  @MethodSource("forms")
  void aSocketWhosePathIsTooLongIsReported(Form form) throws Exception {
    for (int length : List.of(200, 5_000, 100_000)) {
      Map<String, String> named = Map.of("RIG_CREDENTIALS_SOCKET", "/" + "x".repeat(length));
      Outcome outcome = run(form, "docker-credential-rig", named, bytes("ghcr.io"), "get");
      assertEquals(1, outcome.status());
      assertTrue(outcome.text().startsWith("rig-credentials: cannot reach the daemon at /xxx"));
      assertTrue(outcome.text().contains("too long"), outcome::text);
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void optionalMissingDaemonIsNotFoundImmediately(Form form) throws Exception {
    Map<String, String> optional = Map.of("RIG_CREDENTIALS_OPTIONAL", "1");
    Outcome get = run(form, "docker-credential-rig", optional, bytes("ghcr.io"), "get");
    assertEquals(1, get.status());
    assertEquals(Wire.NOT_FOUND + "\n", get.text());
    assertTrue(get.millis() < 3_000, () -> "" + get.millis());
    Outcome list = run(form, "docker-credential-rig", optional, bytes("unused"), "list");
    assertEquals(0, list.status());
    assertEquals("{}\n", list.text());
    Outcome kubelet = run(form, "rig-credential-provider", optional, bytes("{}"));
    assertEquals(1, kubelet.status());
    assertEquals("", kubelet.text());
  }

  /** F25, F33: the socket of a dead daemon refuses, then a new daemon binds. */
  @ParameterizedTest
  @MethodSource("forms")
  void aDaemonThatStartsASecondLaterIsWaitedFor(Form form) throws Exception {
    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    var restart =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                Files.delete(socket());
                return new StubDaemon(socket(), StubDaemon.answers("0\n{}\n"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
    restart.join().close();
    assertEquals("{}\n", outcome.text());
    assertEquals(0, outcome.status());
    assertTrue(outcome.millis() >= 900, () -> "" + outcome.millis());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aConnectionThatEndsBeforeTheAnswerIsTriedAgain(Form form) throws Exception {
    serve(client -> {}, client -> {}, StubDaemon.answers("0\n{}\n"));
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
    assertEquals("{}\n", outcome.text());
    assertEquals(0, outcome.status());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aStoreIsNotSentTwice(Form form) throws Exception {
    serve(client -> {}, StubDaemon.answers(requests, bytes("0\n")));
    Outcome outcome = run(form, "docker-credential-rig", bytes("{}"), "store");
    assertEquals(1, outcome.status());
    assertTrue(outcome.text().contains("may not be stored"), outcome.text());
    assertEquals(List.of(), requests);
  }

  /** The answer arrives although most of the request was never read: no SIGPIPE, no reset. */
  @ParameterizedTest
  @MethodSource("forms")
  void anEarlyAnswerIsReadThoughTheRequestIsNot(Form form) throws Exception {
    StubDaemon.Behaviour early =
        client -> {
          int unused = client.read(ByteBuffer.allocate(16));
          StubDaemon.write(client, bytes("1\ndenied\n"));
        };
    serve(early);
    Outcome outcome = run(form, "docker-credential-rig", new byte[250_000], "get");
    assertEquals(1, outcome.status());
    assertEquals("denied\n", outcome.text());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyByteTravelsBothWaysUpToTheLimit(Form form) throws Exception {
    byte[] payload = new byte[Wire.REQUEST_LIMIT - "get\n".length()];
    new Random(7).nextBytes(payload);
    payload[payload.length - 1] = '\n';
    byte[] answer = new byte[payload.length + 2];
    answer[0] = '0';
    answer[1] = '\n';
    System.arraycopy(payload, 0, answer, 2, payload.length);
    serve(StubDaemon.answers(requests, answer));
    Outcome outcome = run(form, "docker-credential-rig", payload, "get");
    assertEquals(0, outcome.status());
    assertArrayEquals(payload, outcome.stdout());
    byte[] request = requests.get(0);
    assertEquals(Wire.REQUEST_LIMIT, request.length);
    assertArrayEquals(payload, Arrays.copyOfRange(request, 4, request.length));
    Outcome larger = run(form, "docker-credential-rig", new byte[payload.length + 1], "get");
    assertEquals(1, larger.status());
    assertEquals("rig-credentials: standard input is larger than 256 KiB\n", larger.text());
    assertEquals(1, requests.size());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void anAnswerMayHaveOneMebibyte(Form form) throws Exception {
    byte[] answer = new byte[Wire.ANSWER_LIMIT];
    new Random(8).nextBytes(answer);
    answer[0] = '0';
    answer[1] = '\n';
    answer[answer.length - 1] = '\n';
    serve(StubDaemon.answers(requests, answer));
    Outcome outcome = run(form, "docker-credential-rig", NOTHING, "list");
    assertEquals(0, outcome.status());
    assertArrayEquals(Arrays.copyOfRange(answer, 2, answer.length), outcome.stdout());
  }

  /** T25, case C19. */
  @ParameterizedTest
  @MethodSource("forms")
  void t25_endlessAnswerIsReportedInOneLine(Form form) throws Exception {
    AtomicLong sent = new AtomicLong();
    serve(client -> {
      byte[] chunk = new byte[1 << 16];
      chunk[0] = '0';
      chunk[1] = '\n';
      try {
        while (true) {
          StubDaemon.write(client, chunk);
          sent.addAndGet(chunk.length);
        }
      } catch (IOException e) {
        // The client has closed.
      }
    });
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
    assertEquals(1, outcome.status());
    assertEquals(
        "rig-credentials: the daemon at "
            + socket()
            + " sent more than 1 MiB; its answer was dropped\n",
        outcome.text());
    assertEquals("", outcome.stderr());
    assertTrue(sent.get() < 4 << 20, () -> sent + " bytes");
    assertTrue(outcome.millis() < 10_000, () -> outcome.millis() + " ms");
  }

  /** Without {@code RIG_CREDENTIALS_SOCKET}, as a user of the session calls it. */
  private Outcome runInSession(Form form, byte[] stdin, String action) throws Exception {
    Map<String, String> session =
        Map.of("RIG_CREDENTIALS_SOCKET", "", "XDG_RUNTIME_DIR", folder.toString());
    return run(form, "docker-credential-rig", session, stdin, action);
  }

  /** F41: the lock file shows that the user has a daemon, whose socket is absent for a moment. */
  @ParameterizedTest
  @MethodSource("forms")
  void f41_theUsersDaemonIsWaitedForWhileItRestarts(Form form) throws Exception {
    Path own = Files.createDirectories(folder.resolve("rig-credentials"));
    Files.createFile(own.resolve("credentials.sock.lock"));
    var restart =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new StubDaemon(
                    own.resolve("credentials.sock"), StubDaemon.answers("0\n{}\n"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
    Outcome outcome = runInSession(form, bytes("ghcr.io"), "get");
    restart.join().close();
    assertEquals("{}\n", outcome.text());
    assertEquals(0, outcome.status());
  }

  /** One {@code docker logout} makes four of them. */
  @ParameterizedTest
  @MethodSource("forms")
  void fourErasesWithoutADaemonTakeLessThanSixSeconds(Form form) throws Exception {
    long millis = 0;
    for (int i = 0; i < 4; i++) {
      Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "erase");
      assertEquals(1, outcome.status());
      assertTrue(outcome.text().contains(": no such socket; start it with"), outcome.text());
      millis += outcome.millis();
    }
    assertTrue(millis < 6_000, millis + " ms");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aSlowDaemonIsWaitedFor(Form form) throws Exception {
    StubDaemon.Behaviour slow =
        client -> {
          for (String part : List.of("0", "\n", "{\"Secret\":", "\"s\"}\n")) {
            Thread.sleep(300);
            StubDaemon.write(client, bytes(part));
          }
        };
    serve(slow);
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
    assertEquals(0, outcome.status());
    assertEquals("{\"Secret\":\"s\"}\n", outcome.text());
  }

  @ParameterizedTest
  @MethodSource("forms")
  void anAnswerThatWasCutShortIsAFailure(Form form) throws Exception {
    serve(StubDaemon.answers("0\n{\"Secret\":\"s"));
    Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
    assertEquals(1, outcome.status());
    assertEquals("rig-credentials: the daemon's answer was cut short; ask again\n", outcome.text());
  }

  /** The socket must not get the number of the closed stream: the daemon would get the answer. */
  @Test
  void closedStandardOutputIsAnError() throws Exception {
    serve(StubDaemon.answers(requests, bytes("0\n{}\n")));
    Path input = Files.write(folder.resolve("stdin"), bytes("ghcr.io"));
    Path errors = folder.resolve("stderr");
    var builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "exec \"$0\" get >&-",
            program(Form.NATIVE).toAbsolutePath().toString());
    builder.environment().put("RIG_CREDENTIALS_SOCKET", socket().toString());
    builder.redirectInput(input.toFile()).redirectError(errors.toFile());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the client still runs");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(1, process.exitValue());
    assertEquals(
        "rig-credentials: stdout cannot be written: Bad file descriptor\n",
        Files.readString(errors));
    assertEquals("get\nghcr.io", request(0));
  }

  /** F20: a full queue is not a failure; the client retries. */
  @ParameterizedTest
  @MethodSource("forms")
  void aFullQueueIsTriedAgain(Form form) throws Exception {
    List<SocketChannel> waiting = new ArrayList<>();
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket()), 1);
      boolean taken = true;
      while (taken) {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        client.configureBlocking(false);
        waiting.add(client);
        try {
          taken = client.connect(UnixDomainSocketAddress.of(socket()));
        } catch (SocketException e) {
          taken = false; // EAGAIN
        }
      }
      var relief =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < waiting.size() - 1; i++) {
                    server.accept().close();
                  }
                  try (SocketChannel client = server.accept()) {
                    StubDaemon.answers("0\n{}\n").treat(client);
                  }
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS));
      Outcome outcome = run(form, "docker-credential-rig", bytes("ghcr.io"), "get");
      assertEquals("{}\n", outcome.text());
      assertTrue(outcome.millis() >= 600, () -> "" + outcome.millis());
      relief.join();
    } finally {
      for (SocketChannel client : waiting) {
        client.close();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void versionAndHelpNeedNoDaemon(Form form) throws Exception {
    Outcome version = run(form, "docker-credential-rig", NOTHING, "version");
    assertEquals(0, version.status());
    assertTrue(
        version.text().matches("docker-credential-rig \\(dev\\.rig\\.credentials\\) \\d+\\..*\n"),
        version.text());
    Outcome help = run(form, "docker-credential-rig", NOTHING, "--help");
    assertEquals(0, help.status());
    assertEquals(HelpText.USAGE + "\n" + HelpText.REST, help.text());
    Outcome usage = run(form, "docker-credential-rig", NOTHING);
    assertEquals(1, usage.status());
    assertEquals("rig-credentials: an action is missing\n" + HelpText.USAGE + "\n", usage.text());
  }
}
