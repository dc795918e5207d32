package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.net.UnixHttpClient;
import dev.rig.credentials.time.Time;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Queries the daemon over the platform's socket: JSON over HTTP. */
public final class PlatformClient {
  /** Longer than the slowest script and the slowest registry together. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int MOST_BYTES = 16 * 1024 * 1024;
  private static final String JSON = "application/json";

  /**
   * An answer.
   *
   * @param body the object; without fields if the body is empty
   */
  public record PlatformReply(int status, JsonObject body) {
    public boolean isOk() {
      return status >= 200 && status < 300;
    }

    /** Returns the reason of a failure in the daemon's words (RFC 9457). */
    public String problem() {
      if (body.has("detail")) {
        return body.display("detail");
      }
      return body.has("title")
          ? body.display("title")
          : "the daemon answered with status " + status;
    }
  }

  private final Path socket;
  private final Time time;
  private final UnixHttpClient http;

  public PlatformClient(Path socket, Time time) {
    this.socket = socket;
    this.time = time;
    this.http = new UnixHttpClient(socket, time);
  }

  /** Encodes a text for a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Sends a GET request.
   *
   * @param target path and query, encoded
   * @throws CommandException if the daemon cannot be reached, with the next step
   */
  public PlatformReply get(String target) {
    return ask(HttpRequest.get(UnixHttpClient.address(target)));
  }

  /**
   * Sends a POST request.
   *
   * @param target path and query, encoded
   * @param json the body
   * @throws CommandException if the daemon cannot be reached, with the next step
   */
  public PlatformReply post(String target, String json) {
    return ask(HttpRequest.post(UnixHttpClient.address(target), JSON, Secret.of(json)));
  }

  private String words(HttpFailure e) {
    return switch (e.kind()) {
      case NO_LISTENER ->
          "cannot reach the daemon's platform socket at %s: %s; start it with \"rig-credentials"
                  .formatted(socket, e.getMessage())
              + " serve\", or name the socket with --platform-socket";
      case BROKEN -> "the daemon at %s closed the connection during its answer".formatted(socket);
      default -> "the daemon did not answer: " + e.getMessage();
    };
  }

  private PlatformReply ask(HttpRequest request) {
    // Shows that the request comes from no web page and no proxy (T17).
    var asked =
        request.with("Rig-Credentials", "1").with("Accept", JSON + ", application/problem+json");
    try {
      var response = http.send(asked, RequestBudget.start(time.ticker(), LONGEST, MOST_BYTES));
      var body = response.body();
      return new PlatformReply(
          response.status(), body.length == 0 ? JsonObject.EMPTY : DaemonClient.parse(body));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(ExitStatus.FAILED, "interrupted");
    } catch (HttpFailure e) {
      throw new CommandException(ExitStatus.FAILED, words(e));
    }
  }
}
