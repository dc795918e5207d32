package dev.rig.credentials.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.wire.FrozenWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The built programs with the frozen bytes of each release in place of the other side, as during an
 * upgrade: the daemon gets an earlier helper's requests, the helper an earlier daemon's replies.
 */
class FrozenWireIT {
  private static final String LOGIN =
      "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  private static List<String> releases() {
    return FrozenWire.releases();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void daemonAnswersTheRequestsOfEachRelease(String release) throws JsonException {
    var daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    daemon.configured(
        "values.yaml", "rig: {dockerRegistries: {ghcr.io: {username: u, password: s}}}");
    daemon.start();
    var frozen = new Frozen(release);
    assertAll(
        () -> assertEquals(frozen.reply("get"), ask(daemon, frozen.request("get"))),
        () -> assertEquals(frozen.reply("userpass"), ask(daemon, frozen.request("userpass"))),
        () -> assertEquals(frozen.reply("list"), ask(daemon, frozen.request("list"))),
        () -> assertEquals(frozen.reply("not-found"), ask(daemon, "get\nquay.io")),
        () -> assertEquals(frozen.reply("no-key"), ask(daemon, "get\n")),
        () ->
            assertEquals(
                frozen.reply("no-username"),
                ask(daemon, frozen.request("store").replace("\"u\"", "\"\""))),
        () ->
            assertEquals(
                frozen.reply("store"),
                ask(daemon, frozen.request("store").replace("ghcr.io", "quay.io"))));
    for (var request : List.of("store", "erase")) {
      var reply = ask(daemon, frozen.request(request));
      assertTrue(reply.startsWith("0\n"), () -> request + ": " + reply);
    }
    // An earlier plugin passes this one on to the kubelet.
    assertEquals(frozen.reply("kubelet"), ask(daemon, frozen.request("kubelet")));
    assertEquals(
        frozen.reply("version").replace(release, ""),
        ask(daemon, frozen.request("version")).replace(versionOfThisBuild(), ""));
    for (var request : List.of("explain", "status")) {
      var missing = new TreeSet<>(fields(frozen.reply(request)));
      missing.removeAll(fields(ask(daemon, frozen.request(request))));
      assertEquals(Set.of(), missing, request + " lacks what it had in " + release);
    }
  }

  private static String versionOfThisBuild() {
    var shown = Command.of(Distribution.daemon(), "--version").run().succeeded().stdout();
    return shown.strip().replaceFirst(".* ", "");
  }

  /** Returns the path and the type of each field in the JSON of a good reply. */
  private static Set<String> fields(String reply) throws JsonException {
    assertTrue(reply.startsWith("0\n"), reply);
    Set<String> fields = new TreeSet<>();
    collect("", JsonObject.parse(reply.substring(2).getBytes(UTF_8)), fields);
    return fields;
  }

  private static void collect(String path, @Nullable Object value, Set<String> fields) {
    switch (value) {
      case JsonObject object -> {
        fields.add(path + " object");
        object.fields().forEach((key, field) -> collect(path + "." + key, field, fields));
      }
      case List<?> list -> {
        fields.add(path + " list");
        list.forEach(item -> collect(path + "[]", item, fields));
      }
      case Number _ -> fields.add(path + " number");
      case null -> fields.add(path + " null");
      default -> fields.add(path + " " + value.getClass().getSimpleName());
    }
  }

  private static String ask(DaemonUnderTest daemon, String request) {
    try (var client = RawClient.connect(daemon.socket())) {
      return client.send(request).endOfRequest().rest();
    }
  }

  private static Stream<Arguments> calls() {
    return releases().stream()
        .flatMap(release ->
            Stream.of(
                    List.of("", "get", "ghcr.io/acme/app\n", "get", "get"),
                    List.of("gitlab", "get", "registry.gitlab.com", "get-alias", "get"),
                    List.of("", "get", "ghcr.io/acme/app\n", "get", "not-found"),
                    List.of("", "get", "ghcr.io/acme/app\n", "get", "no-key"),
                    List.of("", "list", "", "list", "list"),
                    List.of("", "version", "", "version", "version"),
                    List.of("", "erase", "ghcr.io", "erase", "store"),
                    List.of("", "store", LOGIN, "store", "store"),
                    List.of("", "store", LOGIN, "store", "no-username"))
                .map(call ->
                    Arguments.of(
                        release, call.get(0), call.get(1), call.get(2), call.get(3), call.get(4))));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void helperSendsTheRequestsAndPrintsTheRepliesOfEachRelease(
      String release, String alias, String action, String stdin, String request, String reply)
      throws Exception {
    var frozen = new Frozen(release);
    var client = new NativeClient(folder.resolve("bin"), folder.resolve("credentials.sock"));
    var answer = frozen.reply(reply);
    var exchange =
        exchange(
            answer,
            () -> alias.isEmpty() ? client.ask(action, stdin) : client.askAs(alias, action, stdin));

    assertEquals(new Frozen(releases().getLast()).request(request), exchange.request());
    assertEquals(
        new ProgramResult(answer.charAt(0) - '0', answer.substring(2), ""), exchange.result());
  }

  @ParameterizedTest
  @MethodSource("releases")
  void kubeletsPluginSendsTheRequestAndPrintsTheReplyOfEachRelease(String release)
      throws Exception {
    var frozen = new Frozen(release);
    var answer = frozen.reply("kubelet");
    var plugin =
        Command.of(Distribution.daemon().resolveSibling("rig-credential-provider"))
            .with("RIG_CREDENTIALS_SOCKET", folder.resolve("credentials.sock"))
            .reading(frozen.request("kubelet").substring("kubelet\n".length()));
    var exchange = exchange(answer, plugin::run);

    assertEquals(new Frozen(releases().getLast()).request("kubelet"), exchange.request());
    assertEquals(new ProgramResult(0, answer.substring(2), ""), exchange.result());
  }

  @ParameterizedTest
  @MethodSource("releases")
  void commandsReadTheRepliesOfEachRelease(String release) throws Exception {
    var frozen = new Frozen(release);
    for (var arguments : List.of(List.of("status"), List.of("explain", "ghcr.io/acme/app"))) {
      var command =
          Command.of(Stream.concat(Stream.of(Distribution.daemon()), arguments.stream()).toArray());
      var socket = folder.resolve("credentials.sock");
      var exchange =
          exchange(
              frozen.reply(arguments.getFirst()),
              command.with("RIG_CREDENTIALS_SOCKET", socket)::run);
      assertEquals(frozen.request(arguments.getFirst()), exchange.request());
      var shown = exchange.result().succeeded().stdout();
      assertTrue(shown.contains("ghcr.io"), shown);
      Files.delete(socket);
    }
  }

  /** What a program sent to a daemon, and how it ended. */
  private record Exchange(String request, ProgramResult result) {}

  private Exchange exchange(String reply, Callable<ProgramResult> program) throws Exception {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(folder.resolve("credentials.sock")));
      var received = CompletableFuture.supplyAsync(() -> serve(server, reply));
      var result = program.call();
      return new Exchange(received.get(), result);
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

  /** The bytes of a release. */
  private record Frozen(String release) {
    String request(String name) {
      return FrozenWire.text(release, name + ".request");
    }

    String reply(String name) {
      return FrozenWire.text(release, name + ".reply");
    }
  }
}
