package dev.rig.credentials.testing.cloud;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * AWS by moto, which is installed from PyPI into {@code target} when a test first needs it (300
 * MB). Its ECR returns tokens that expired in 2015; {@link #now} returns the same answers with an
 * expiry in the future.
 */
public final class MotoServer implements AutoCloseable {
  private static final String PACKAGE = "moto[server]==5.2.5";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration LIFE = Duration.ofHours(12);

  private final Running moto;
  private final int port = FreePort.next();
  private final HttpServer clock;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger requests = new AtomicInteger();

  /** Starts the server. */
  public MotoServer() {
    moto = Command.of(program(), "--host", "127.0.0.1", "--port", port).start();
    Eventually.within(START, this::answers, () -> "moto answers; it said: " + moto.stderr());
    try {
      clock = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    clock.createContext("/", this::forward);
    clock.start();
  }

  private static Path program() {
    var folder = Path.of("target", "moto").toAbsolutePath();
    var program = folder.resolve("bin/moto_server");
    if (!Files.exists(program)) {
      install(Command.of(Tool.PYTHON3.path(), "-m", "venv", folder));
      install(Command.of(folder.resolve("bin/pip"), "install", "--quiet", PACKAGE));
    }
    return program;
  }

  private static void install(Command command) {
    var result = command.start().finish(Duration.ofMinutes(8));
    Requirement.need(
        result.status() == 0,
        "moto is not there: " + result.stderr(),
        "install python3-venv, and let pip reach a package index");
  }

  private boolean answers() {
    try (var _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      return true;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Returns the address of moto itself. */
  public String then() {
    return "http://127.0.0.1:" + port;
  }

  /** Returns the address whose tokens expire in the future. */
  public String now() {
    return "http://127.0.0.1:" + clock.getAddress().getPort();
  }

  /** Returns how many requests {@link #now} has received. */
  public int requests() {
    return requests.get();
  }

  private void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      var body = HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes());
      var request =
          HttpRequest.newBuilder(URI.create(then() + exchange.getRequestURI()))
              .method(exchange.getRequestMethod(), body);
      for (var name :
          new String[] {"Authorization", "Content-Type", "X-Amz-Target", "X-Amz-Date"}) {
        var value = exchange.getRequestHeaders().getFirst(name);
        if (value != null) {
          request.header(name, value);
        }
      }
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      var end = Instant.now().plus(LIFE).getEpochSecond();
      byte[] text =
          answer
              .body()
              .replaceAll("(\"expiresAt\": ?)[0-9.]+", "$1" + end)
              .getBytes(StandardCharsets.UTF_8);
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      exchange.sendResponseHeaders(answer.statusCode(), text.length);
      exchange.getResponseBody().write(text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    clock.stop(0);
    moto.close();
  }
}
