package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * C13, F40: an error that concerns only a secondary feature never ends the daemon. Credentials are
 * served, and {@code check}, {@code status}, the answer of {@code /health/ready} and the log name
 * the component and the error.
 */
class SecondaryFeaturesIT {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String STATIC =
      """
      rig:
        dockerRegistries:
          example.org: {username: bot, password: from-the-file}
      """;
  private static final ProgramResult ANSWER =
      new ProgramResult(0, NativeClient.answer("example.org", "bot", "from-the-file"), "");

  /**
   * An invalid setting.
   *
   * @param variable of the environment; may be empty
   * @param yaml more of the configuration; {@code $F} is a folder with invalid files
   * @param part the component
   * @param reason a part of its reason
   */
  record Wrong(String variable, String value, String yaml, String part, String reason) {
    static Wrong variable(String variable, String value, String reason) {
      return new Wrong(variable, value, "", "registryClient", reason);
    }

    static Wrong caFile(String file, String reason) {
      return new Wrong(
          "",
          "",
          "daemon: {registryClient: {caFiles: [%s]}}\n".formatted(file),
          "registryClient",
          reason);
    }

    static Wrong cluster(String settings, String reason) {
      return new Wrong(
          "",
          "",
          "  clusters: {c: {type: k8s, createPullSecrets: true, %s}}\n".formatted(settings),
          "pull secrets of c",
          reason);
    }
  }

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final int port = FreePort.next();
  private final HttpOverTcp http =
      new HttpOverTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));

  static Stream<Wrong> wrong() {
    return Stream.of(
        Wrong.variable("HTTPS_PROXY", "socks5://127.0.0.1:1080", "of the kind socks5"),
        Wrong.variable("https_proxy", "http://u:s3cret@", "not the address of an http proxy"),
        Wrong.variable("HTTP_PROXY", "::s3cret", "not the address of an http proxy"),
        Wrong.variable("HTTP_PROXY", "https://proxy.example:1", "of the kind https"),
        Wrong.caFile("/no/such/file.pem", "cannot be read"),
        Wrong.caFile("$F", "cannot be read"),
        Wrong.caFile("$F/fifo", "cannot be read"),
        Wrong.caFile("$F/empty.pem", "has no certificate"),
        Wrong.caFile("$F/text.pem", "has no certificate"),
        Wrong.cluster("url: 'ftp://x', token: t", "its url is not https://"),
        Wrong.cluster("url: 'http://api.example', token: t", "http is for loopback only"),
        Wrong.cluster("url: 'https://127.0.0.1:1'", "neither a token nor a script"),
        Wrong.cluster(
            "url: 'https://127.0.0.1:1', token: t, certificateAuthority: /no/such/file",
            "its certificateAuthority cannot be read"),
        Wrong.cluster(
            "url: 'https://127.0.0.1:1', token: t, certificateAuthority: $F/fifo",
            "its certificateAuthority cannot be read"),
        Wrong.cluster(
            "url: 'https://127.0.0.1:1', token: t, certificateAuthority: '%%%'",
            "its certificateAuthority is neither PEM"),
        Wrong.cluster("url: null", "it has no url"));
  }

  private String yaml(Wrong wrong) {
    return STATIC + wrong.yaml().replace("$F", folder.resolve("odd").toString());
  }

  private DaemonUnderTest daemon() {
    var odd = PrivateFile.folder(folder.resolve("odd"));
    PrivateFile.write(odd.resolve("empty.pem"), "");
    PrivateFile.write(odd.resolve("text.pem"), "-----BEGIN CERTIFICATE-----\nno\n");
    if (!Files.exists(odd.resolve("fifo"))) {
      Command.of("/usr/bin/mkfifo", odd.resolve("fifo")).run().succeeded();
    }
    return new DaemonUnderTest(reaper, folder.resolve("d"))
        .admin("127.0.0.1:" + port)
        .logging("info");
  }

  private void isUnhealthy(DaemonUnderTest daemon, Running running, String part, String reason) {
    Eventually.within(
        SOON,
        () -> http.get("/health/ready").body().contains(reason),
        () -> http.get("/health/ready") + "\n" + running.stderr());
    var ready = http.get("/health/ready");
    assertAll(
        () -> assertEquals(ANSWER, daemon.client().get("example.org")),
        () -> assertEquals(200, ready.status()),
        () -> assertTrue(ready.body().contains("\"name\":\"" + part + "\""), ready.body()),
        () -> assertFalse(daemon.isHealthy(), daemon::status),
        () -> assertTrue(daemon.status().contains(reason), daemon::status),
        () -> assertTrue(running.says(reason), running::stderr),
        () -> assertFalse(running.stderr().contains("s3cret"), running::stderr));
  }

  private static void isReportedByStatus(DaemonUnderTest daemon, String part, String reason) {
    var status = daemon.commandLine("status");
    assertAll(
        () -> assertEquals(1, status.status(), status::toString),
        () -> assertTrue(status.stdout().contains(part + " is unhealthy"), status::toString),
        () -> assertTrue(status.stdout().contains(reason), status::toString));
  }

  private void isHealthy(DaemonUnderTest daemon) {
    Eventually.within(SOON, daemon::isHealthy, daemon::status);
    assertEquals(ANSWER, daemon.client().get("example.org"));
  }

  private ProgramResult check(DaemonUnderTest daemon, Wrong wrong) {
    var command =
        Command.of(Distribution.daemon(), "check", "--config", daemon.file("values.yaml"))
            .with("HOME", folder);
    return (wrong.variable().isEmpty() ? command : command.with(wrong.variable(), wrong.value()))
        .run();
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void c13_f40_wrongSettingOfASecondaryFeatureIsAnUnhealthyComponent(Wrong wrong) {
    var daemon = daemon().configured("values.yaml", yaml(wrong));
    if (!wrong.variable().isEmpty()) {
      daemon.with(wrong.variable(), wrong.value());
    }
    var checked = check(daemon, wrong);
    assertAll(
        () -> assertEquals(0, checked.status(), checked::toString),
        () -> assertTrue(checked.stdout().contains("example.org"), checked::toString),
        () -> assertTrue(checked.stderr().contains("warning: " + wrong.part()), checked::toString),
        () -> assertTrue(checked.stderr().contains(wrong.reason()), checked::toString),
        () -> assertFalse(checked.output().contains("s3cret"), checked::toString));
    isUnhealthy(daemon, daemon.start(), wrong.part(), wrong.reason());
    isReportedByStatus(daemon, wrong.part(), wrong.reason());
  }

  /** Each setting of the configuration is added by a reload, and removed by the next one. */
  @Test
  void f40_reloadWithAWrongSettingIsAppliedAndRecoversWithTheNext() {
    var daemon = daemon().configured("values.yaml", STATIC);
    var running = daemon.start();
    isHealthy(daemon);
    for (var wrong : wrong().filter(one -> one.variable().isEmpty()).toList()) {
      PrivateFile.write(daemon.file("values.yaml"), yaml(wrong) + "# " + wrong.reason());
      isUnhealthy(daemon, running, wrong.part(), wrong.reason());
      PrivateFile.write(daemon.file("values.yaml"), STATIC + "# after " + wrong.reason());
      isHealthy(daemon);
    }
    assertFalse(running.stderr().contains("take effect after a restart"), running::stderr);
  }

  /** A file of authorities that is created later is used without a restart. */
  @Test
  void f40_fileOfAuthoritiesThatIsCreatedLaterIsUsed() throws IOException {
    var late = folder.resolve("late.pem");
    var daemon = daemon();
    daemon.configured("values.yaml", yaml(Wrong.caFile(late.toString(), "")));
    isUnhealthy(daemon, daemon.start(), "registryClient", "late.pem cannot be read");
    Files.copy(Path.of("/etc/ssl/certs/ca-certificates.crt"), late);
    isHealthy(daemon);
  }

  @Test
  void f40_platformSocketAtItsDefaultPathOpensAsSoonAsThePathIsFree() throws IOException {
    var daemon = daemon().configured("values.yaml", STATIC);
    var path = daemon.socket().resolveSibling("platform.sock");
    PrivateFile.write(path, "not a socket");
    var running = daemon.start();
    isUnhealthy(daemon, running, "platformSocket", "is a regular file, not a socket");
    isReportedByStatus(daemon, "platformSocket", "is a regular file, not a socket");
    assertEquals("not a socket", Files.readString(path));
    Files.delete(path);
    isHealthy(daemon);
    assertEquals(200, new HttpOverUnix(path).get("/v1/registries").status());
    assertEquals(1, running.stderr().split("platformSocket: ", -1).length - 1, running::stderr);
  }

  @Test
  void f40_unavailableConfiguredPlatformSocketFailsTheStart() {
    var daemon = daemon();
    var file = PrivateFile.write(folder.resolve("file"), "not a socket");
    daemon.configured("values.yaml", STATIC + "daemon: {platformSocket: %s}\n".formatted(file));
    var outcome = daemon.launch().finish(SOON);
    assertEquals(1, outcome.status(), outcome::toString);
    assertTrue(outcome.stderr().contains("is a regular file, not a socket"), outcome::toString);
    assertFalse(daemon.answers());
  }

  @Test
  void f40_configuredPlatformSocketOfAnotherDaemonFailsTheStartWithStatusThree() {
    var first = daemon().configured("values.yaml", STATIC);
    first.start();
    var second = new DaemonUnderTest(reaper, folder.resolve("e"));
    second.configured(
        "values.yaml",
        STATIC
            + "daemon: {platformSocket: %s}\n"
                .formatted(first.socket().resolveSibling("platform.sock")));
    var outcome = second.launch().finish(SOON);
    assertEquals(3, outcome.status(), outcome::toString);
    isHealthy(first);
  }

  /** An address in use, one of another machine, and one of no machine. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:$PORT", "192.0.2.1:1234", "no-such-host.invalid:1"})
  void f40_unavailableConfiguredAdminPortFailsTheStart(String address) throws IOException {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      var named = address.replace("$PORT", Integer.toString(port));
      var daemon = daemon().configured("values.yaml", STATIC);
      var outcome = daemon.admin(named).launch().finish(SOON);
      assertEquals(1, outcome.status(), outcome::toString);
      assertTrue(outcome.stderr().contains("cannot listen on " + named), outcome::toString);
    }
  }

  /** K10: addresses of both families, and the unspecified ones. */
  @ParameterizedTest
  @ValueSource(strings = {"[::1]:$PORT", "0.0.0.0:$PORT", "[::]:$PORT", "localhost:$PORT"})
  void adminPortListensOnAddressesOfBothFamilies(String address) throws IOException {
    var daemon = daemon().configured("values.yaml", STATIC);
    daemon.admin(address.replace("$PORT", Integer.toString(port))).logging("info").start();
    var reached =
        Map.of(
            "[::1]", new String[] {"::1"},
            "0.0.0.0", new String[] {"127.0.0.1"},
            "[::]", new String[] {"127.0.0.1", "::1"},
            "localhost", new String[] {"127.0.0.1"});
    for (var host : reached.get(address.substring(0, address.lastIndexOf(':')))) {
      var at = new InetSocketAddress(InetAddress.ofLiteral(host), port);
      assertEquals(200, new HttpOverTcp(at).get("/health/ready").status(), host);
    }
  }

  /** Values that systemd or a wrapper may pass by mistake. */
  @ParameterizedTest
  @ValueSource(strings = {"relative", "/no/such/socket", "@", "/x/$LONG"})
  void f40_unreachableSupervisorChangesNothing(String socket) {
    var daemon =
        daemon()
            .configured("values.yaml", STATIC)
            .with("NOTIFY_SOCKET", socket.replace("$LONG", "y".repeat(200)))
            .with("WATCHDOG_USEC", "soon")
            .with("CREDENTIALS_DIRECTORY", "/no/such/folder");
    daemon.start();
    isHealthy(daemon);
  }

  /** {@code WATCHDOG_USEC} alone has no effect. */
  @Test
  void watchdogWithoutANotifySocketIsIgnored() {
    var daemon = daemon().configured("values.yaml", STATIC).with("WATCHDOG_USEC", "200000");
    var running = daemon.start();
    Eventually.within(SOON, () -> http.get("/health/ready").status() == 200, running::stderr);
    isHealthy(daemon);
    assertFalse(running.stderr().contains("service manager"), running::stderr);
    assertTrue(running.isAlive());
  }
}
