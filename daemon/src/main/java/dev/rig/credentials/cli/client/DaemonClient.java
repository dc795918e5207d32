package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.client.JdkExchange;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.MalformedReplyException;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.SocketPath;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Queries the daemon over its socket, as a helper does; does not retry. */
public final class DaemonClient {
  private static final int MIB = 1024 * 1024;

  /** Large enough for a line for each of ten thousand entries. */
  private static final int STATUS_LIMIT = 16 * MIB;

  /** Longer than the daemon's own limit for a script's answer, which is 50 s. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path socket;

  public DaemonClient(Path socket) {
    this.socket = socket;
  }

  /** Returns the client for that socket, or for the default socket of helpers if null. */
  public static DaemonClient at(@Nullable Path socket, Console console) {
    return new DaemonClient(
        socket != null
            ? socket
            : Path.of(SocketPath.ofClient(console::variable, path -> Files.exists(Path.of(path)))));
  }

  /** Returns the socket's file. */
  public Path socket() {
    return socket;
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @throws CommandException if the daemon cannot be reached, with the next step
   */
  public Reply ask(Action action, String payload) {
    var request = new Request(action, "", payload.getBytes(StandardCharsets.UTF_8));
    int limit = action == Action.STATUS ? STATUS_LIMIT : Wire.ANSWER_LIMIT;
    var attempt =
        JdkExchange.exchange(socket.toString(), request.encode(), limit, DEADLINE.toMillis());
    var failure =
        switch (attempt.outcome()) {
          case ANSWERED -> null;
          case TOO_LONG ->
              "the daemon at %s sent more than %d MiB; its answer was dropped"
                  .formatted(socket, limit / MIB);
          case LATE ->
              "the daemon at %s did not answer within %d s".formatted(socket, DEADLINE.toSeconds());
          case CLOSED -> brokenOff();
          case DENIED ->
              "cannot connect to %s: permission denied; join the group that owns the socket, or name"
                      .formatted(socket)
                  + " another one with --socket or RIG_CREDENTIALS_SOCKET";
          case MISSING, REFUSED, BUSY, FAILED ->
              "cannot reach the daemon at %s: %s; start it with \"rig-credentials serve\", or name its"
                      .formatted(socket, attempt.words())
                  + " socket with --socket or RIG_CREDENTIALS_SOCKET";
        };
    if (failure != null) {
      throw new CommandException(ExitStatus.FAILED, failure);
    }
    try {
      return Reply.decode(attempt.answer());
    } catch (MalformedReplyException e) {
      throw new CommandException(ExitStatus.FAILED, brokenOff());
    }
  }

  private String brokenOff() {
    return "the daemon at %s closed the connection during its answer".formatted(socket);
  }

  /**
   * Returns the body of a successful answer.
   *
   * @throws CommandException if the daemon answers with a failure; the message is the answer
   */
  public String askFor(Action action, String payload) {
    var reply = ask(action, payload);
    var body = new String(reply.body(), StandardCharsets.UTF_8);
    if (reply.status() != 0) {
      var prefix = "rig-credentials: ";
      var line = body.strip();
      throw new CommandException(
          reply.status(), line.startsWith(prefix) ? line.substring(prefix.length()) : line);
    }
    return body;
  }

  /**
   * Returns the body of a successful JSON answer.
   *
   * @throws CommandException if the daemon answers with a failure; the message is the answer
   */
  public JsonObject askForJson(Action action, String payload) {
    return parse(askFor(action, payload).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Parses a JSON answer of the daemon.
   *
   * @throws CommandException if it is not JSON
   */
  public static JsonObject parse(byte[] answer) {
    try {
      return JsonObject.parse(answer);
    } catch (JsonException e) {
      throw new CommandException(
          ExitStatus.FAILED, "the daemon's answer is not valid JSON: " + e.getMessage());
    }
  }
}
