package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.MalformedReplyException;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.SocketPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Asks the daemon over its socket, as a helper would; does not try twice. */
public final class DaemonClient {
  private final Path socket;

  public DaemonClient(Path socket) {
    this.socket = socket;
  }

  /** The daemon at that socket, or where a helper would look for it. */
  public static DaemonClient at(@Nullable Path socket, Console console) {
    return new DaemonClient(
        socket != null
            ? socket
            : Path.of(SocketPath.ofClient(console::variable, path -> Files.exists(Path.of(path)))));
  }

  /** The socket's file. */
  public Path socket() {
    return socket;
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws CommandException when the daemon cannot be reached, with the next step
   */
  public Reply ask(Action action, String payload) {
    var request = new Request(action, "", payload.getBytes(StandardCharsets.UTF_8));
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var frame = ByteBuffer.wrap(request.encode());
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
      channel.shutdownOutput();
      var answer = new ByteArrayOutputStream();
      var buffer = ByteBuffer.allocate(16 * 1024);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return Reply.decode(answer.toByteArray());
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          ExitStatus.FAILED,
          "cannot reach the daemon at %s: %s; start it with \"rig-credentials serve\", or name its"
                  .formatted(socket, e.getMessage())
              + " socket with --socket or RIG_CREDENTIALS_SOCKET");
    } catch (MalformedReplyException e) {
      throw new CommandException(
          ExitStatus.FAILED, "the daemon at %s broke off its answer".formatted(socket));
    }
  }

  /**
   * The body of a successful answer.
   *
   * @throws CommandException when the daemon answers with a failure, which is the message
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
}
