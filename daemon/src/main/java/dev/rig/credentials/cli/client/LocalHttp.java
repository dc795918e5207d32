package dev.rig.credentials.cli.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Asks a daemon of this machine over HTTP, with one request to a connection. */
public final class LocalHttp {
  private static final int LONGEST_STATUS_LINE = 8 * 1024;

  private LocalHttp() {}

  /** The status of a GET; the body is not read. */
  public static int status(SocketAddress server, String target) {
    var request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\nRig-Credentials: 1\r\n\r\n".formatted(target);
    try (var channel = SocketChannel.open(server)) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      var answer = ByteBuffer.allocate(LONGEST_STATUS_LINE);
      while (answer.hasRemaining() && channel.read(answer) >= 0) {}
      var text = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
      var line = text.lines().findFirst().orElse("");
      var words = line.split(" ", -1);
      return words.length > 1 ? Integer.parseInt(words[1]) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
