package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cli.output.ByteSizes;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ProgressBar;
import dev.rig.credentials.testing.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code resolve} and {@code tags} with a fake platform socket. */
class PlatformCommandsTest {
  private static final String APP =
      """
      {"image":"ghcr.io/acme/app:1","digest":"sha256:abc","imageSize":72188133,"labels":{},
      "createdAt":"2026-01-01T00:00:00Z","platforms":[{"os":"linux","architecture":"arm64",
      "variant":"v8","digest":"sha256:def","size":1}]}\
      """;
  private static final String MISSING =
      """
      {"title":"Not found","status":404,"reason":"noSuchTag",
      "detail":"tried to resolve it but failed because it is not there"}\
      """;

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private ServerSocketChannel server;
  private UnaryOperator<String> answers = target -> answer(200, APP);

  @BeforeEach
  void serve() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(folder.resolve("platform.sock")));
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (true) {
      try (var channel = server.accept()) {
        answer(channel);
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void answer(SocketChannel channel) throws IOException {
    var in =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    var request = new StringBuilder();
    for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      request.append(line).append('\n');
    }
    requests.add(request.toString());
    var reply = answers.apply(request.toString().split(" ", 3)[1]);
    channel.write(ByteBuffer.wrap(reply.getBytes(StandardCharsets.UTF_8)));
  }

  private static String answer(int status, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return "HTTP/1.1 %d It\r\nContent-Length: %d\r\n\r\n%s".formatted(status, length, body);
  }

  private Console console() {
    return new Console(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        Map.of("RIG_CREDENTIALS_SOCKET", folder.resolve("credentials.sock").toString()),
        false,
        true);
  }

  private int run(String... arguments) {
    return Main.run(console(), arguments);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anImageIsATableRow() {
    assertEquals(0, run("resolve", "ghcr.io/acme/app:1"));
    var lines = printed().lines().toList();
    assertTrue(lines.get(0).startsWith("IMAGE "), printed());
    assertTrue(
        lines.get(1).startsWith("ghcr.io/acme/app:1  sha256:abc  linux/arm64/v8  72.2MB  "),
        printed());
    assertEquals("", complained(), "no bar where stderr is no terminal");
    assertTrue(requests.getFirst().startsWith("GET /v1/images?image=ghcr.io%2Facme%2Fapp%3A1 "));
    assertTrue(requests.getFirst().contains("\nRig-Credentials: 1\n"));
  }

  @Test
  void imageThatFailsHasItsReasonAndTheStatusIsOne() {
    answers = target -> target.contains("missing") ? answer(404, MISSING) : answer(200, APP);
    assertEquals(1, run("resolve", "ghcr.io/acme/app:1", "ghcr.io/acme/missing", "nginx"));
    assertEquals(3, printed().lines().count(), complained());
    assertEquals(
        "rig-credentials: tried to resolve it but failed because it is not there\n", complained());
    assertEquals(3, requests.size());
  }

  @Test
  void jsonHasEveryImageInOrder() {
    answers = target -> target.contains("missing") ? answer(404, MISSING) : answer(200, APP);
    assertEquals(1, run("resolve", "--output", "json", "missing", "ghcr.io/acme/app:1"));
    var list = Json.list(printed());
    var failed = assertInstanceOf(Map.class, list.get(0));
    assertEquals("noSuchTag", failed.get("reason"));
    assertEquals("missing", failed.get("image"));
    assertEquals("sha256:abc", assertInstanceOf(Map.class, list.get(1)).get("digest"));
  }

  @Test
  void progressBarIsDrawnOnATerminalAndRemoved() {
    try (var progress = new ProgressBar(console().err(), true, 2)) {
      progress.step();
      progress.step();
    }
    assertTrue(complained().contains("0/2") && complained().contains("[####"), complained());
    assertTrue(complained().endsWith("2/2\r\033[K"), complained());
  }

  @Test
  void tagsAreATableWithTheNextPage() {
    answers =
        target ->
            answer(
                200,
                "{\"tags\":[{\"name\":\"2\",\"digest\":\"sha256:a\",\"createdAt\":"
                    + "\"2026-01-01T00:00:00Z\"},{\"name\":\"1\"}],\"next\":\"1\"}");
    assertEquals(0, run("tags", "ghcr.io/acme/app", "--limit", "2", "--after", "3"));
    assertTrue(printed().lines().toList().getLast().matches("1 +- +-"), printed());
    assertTrue(complained().contains("--after 1"), complained());
    assertTrue(requests.getFirst().contains("repository=ghcr.io%2Facme%2Fapp&limit=2&after=3 "));
  }

  @Test
  void tagsThatCannotBeListedAreAFailure() {
    answers = target -> answer(404, MISSING);
    assertEquals(1, run("tags", "ghcr.io/acme/app"));
    assertTrue(complained().contains("tried to resolve it but failed"), complained());
    assertEquals(2, run("tags", "ghcr.io/acme/app", "--limit", "0"));
  }

  @Test
  void chunkedAnswersAreRead() {
    answers =
        target ->
            String.join(
                "\r\n",
                "HTTP/1.1 200 It",
                "Transfer-Encoding: chunked",
                "",
                "10",
                "{\"digest\":\"sha25",
                "B",
                "6:0123456\"}",
                "0",
                "",
                "");
    assertEquals(0, run("resolve", "nginx"));
    assertTrue(printed().contains("sha256:0123456"), printed());
  }

  @Test
  void failedConnectionToTheDaemonIsReportedInOneLine() throws IOException {
    answers = target -> "HTTP/1.1 200 It\r\nContent-Length: 9\r\n\r\n{";
    assertEquals(1, run("resolve", "nginx"));
    assertTrue(complained().contains("closed the connection during its answer"), complained());
    server.close();
    assertEquals(1, run("resolve", "--platform-socket", folder + "/none.sock", "nginx"));
    assertTrue(complained().contains("cannot reach the daemon's platform socket"), complained());
  }

  @Test
  void sizesArePrintedAsDockerPrintsThem() {
    assertEquals("999B", ByteSizes.text(999));
    assertEquals("1.00kB", ByteSizes.text(1000));
    assertEquals("72.2MB", ByteSizes.text(72_188_133));
    assertEquals("1.23GB", ByteSizes.text(1_234_000_000));
  }
}
