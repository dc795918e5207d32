package dev.rig.credentials.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The built programs with the frozen bytes of each release in place of the other side, as during an
 * upgrade: the daemon gets an earlier helper's requests, the helper an earlier daemon's replies.
 */
class FrozenWireIT {
  private static final Path RELEASE =
      Path.of(System.getProperty("basedir", "."), "..", "helper/src/test/resources/wire", "0.1.0");

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  @Test
  void daemonAnswersTheRequestsOfTheFirstRelease() {
    var daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    daemon.configured(
        "values.yaml", "rig: {dockerRegistries: {ghcr.io: {username: u, password: s}}}");
    daemon.start();
    assertAll(
        () -> assertEquals(frozen("get.reply"), ask(daemon, frozen("get.request"))),
        () -> assertEquals(frozen("userpass.reply"), ask(daemon, frozen("userpass.request"))),
        () -> assertEquals(frozen("list.reply"), ask(daemon, frozen("list.request"))),
        () -> assertEquals(frozen("not-found.reply"), ask(daemon, "get\nquay.io")),
        () -> assertEquals(frozen("no-key.reply"), ask(daemon, "get\n")),
        () ->
            assertEquals(
                frozen("no-username.reply"),
                ask(daemon, frozen("store.request").replace("\"u\"", "\"\""))),
        () ->
            assertEquals(
                frozen("store.reply"),
                ask(daemon, frozen("store.request").replace("ghcr.io", "quay.io"))));
    for (var request : List.of("store", "erase", "version", "kubelet", "explain", "status")) {
      var reply = ask(daemon, frozen(request + ".request"));
      assertTrue(reply.startsWith("0\n"), () -> request + ": " + reply);
    }
  }

  private static String ask(DaemonUnderTest daemon, String request) {
    try (var client = RawClient.connect(daemon.socket())) {
      return client.send(request).endOfRequest().rest();
    }
  }

  private static List<Arguments> calls() {
    return List.of(
        Arguments.of("", "get", "ghcr.io/acme/app\n", "get", "get"),
        Arguments.of("gitlab", "get", "registry.gitlab.com", "get-alias", "get"),
        Arguments.of("", "get", "ghcr.io/acme/app\n", "get", "not-found"),
        Arguments.of("", "get", "ghcr.io/acme/app\n", "get", "no-key"),
        Arguments.of("", "list", "", "list", "list"),
        Arguments.of("", "erase", "ghcr.io", "erase", "store"),
        Arguments.of(
            "",
            "store",
            "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}",
            "store",
            "store"),
        Arguments.of(
            "",
            "store",
            "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}",
            "store",
            "no-username"));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void helperSendsTheRequestsAndPrintsTheRepliesOfTheFirstRelease(
      String alias, String action, String stdin, String request, String reply) throws Exception {
    var sent = frozen(request + ".request");
    var answer = frozen(reply + ".reply");
    var socket = folder.resolve("credentials.sock");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      var received = CompletableFuture.supplyAsync(() -> serve(server, answer));
      var client = new NativeClient(folder.resolve("bin"), socket);
      var outcome =
          alias.isEmpty() ? client.ask(action, stdin) : client.askAs(alias, action, stdin);

      assertEquals(sent, received.get());
      assertEquals(new ProgramResult(answer.charAt(0) - '0', answer.substring(2), ""), outcome);
    }
  }

  /** Answers one connection, and returns its request. */
  private static String serve(ServerSocketChannel server, String reply) {
    try (var connection = server.accept()) {
      var request = new String(Channels.newInputStream(connection).readAllBytes(), UTF_8);
      Channels.newOutputStream(connection).write(reply.getBytes(UTF_8));
      return request;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String frozen(String file) {
    try {
      return Files.readString(RELEASE.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
