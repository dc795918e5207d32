package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.JsonOutput;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the daemon over the platform's socket: JSON over HTTP/1.1, a connection a request. The other
 * side is our own, so this knows of HTTP what our own says.
 */
public final class PlatformClient {
  /** Shows the daemon that no web page and no proxy asks (T17). */
  private static final String HEADER = "Rig-Credentials: 1";

  private static final int LONGEST_LINE = 16 * 1024;
  private static final int LONGEST_BODY = 16 * 1024 * 1024;
  private static final int HEX = 16;

  /**
   * An answer.
   *
   * @param body the object; one without fields where there is none
   */
  public record Answer(int status, JsonOutput.Node body) {
    public boolean isOk() {
      return status >= 200 && status < 300;
    }

    /** Why it is none that was hoped for, in the daemon's own words (RFC 9457). */
    public String problem() {
      if (body.has("detail")) {
        return body.text("detail");
      }
      return body.has("title")
          ? body.text("title")
          : "the daemon answered with the status " + status;
    }
  }

  private final Path socket;

  PlatformClient(Path socket) {
    this.socket = socket;
  }

  /** A text as it stands in a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Asks for something.
   *
   * @param target path and query, encoded
   * @throws CommandException when the daemon cannot be reached, with the next step
   */
  public Answer get(String target) {
    return ask("GET", target, null);
  }

  /**
   * Has something done.
   *
   * @param target path and query, encoded
   * @param json what it is to be done with; null for nothing
   * @throws CommandException when the daemon cannot be reached, with the next step
   */
  public Answer post(String target, @Nullable String json) {
    return ask("POST", target, json);
  }

  private Answer ask(String method, String target, @Nullable String json) {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var request = ByteBuffer.wrap(request(method, target, json));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      return read(new BufferedInputStream(Channels.newInputStream(channel)));
    } catch (EOFException e) {
      throw new CommandException(
          ExitStatus.FAILED, "the daemon at %s broke off its answer".formatted(socket));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          ExitStatus.FAILED,
          "cannot reach the daemon's platform socket at %s: %s; start it with \"rig-credentials"
                  .formatted(socket, e.getMessage())
              + " serve\", or name the socket with --platform-socket");
    }
  }

  private static byte[] request(String method, String target, @Nullable String json) {
    var body = json == null ? "" : json;
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return String.join(
            "\r\n",
            method + " " + target + " HTTP/1.1",
            "Host: localhost",
            HEADER,
            "Accept: application/json, application/problem+json",
            "Content-Type: application/json",
            "Content-Length: " + length,
            "Connection: close",
            "",
            body)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Answer read(InputStream in) throws IOException {
    var words = line(in).split(" ", 3);
    int status = words.length < 2 ? 0 : number(words[1], 10);
    var headers = new HashMap<String, String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = Math.max(0, line.indexOf(':'));
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    var body = new String(body(in, status, headers), StandardCharsets.UTF_8);
    return new Answer(
        status, body.isBlank() ? new JsonOutput.Node(Map.of()) : JsonOutput.parse(body));
  }

  private static byte[] body(InputStream in, int status, Map<String, String> headers)
      throws IOException {
    if (status == 204) {
      return new byte[0];
    }
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      var body = new ByteArrayOutputStream();
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        body.write(exactly(in, Math.min(size, LONGEST_BODY - body.size())));
        line(in);
      }
      return body.toByteArray();
    }
    var length = headers.get("content-length");
    return length == null ? in.readNBytes(LONGEST_BODY) : exactly(in, number(length, 10));
  }

  private static int chunk(InputStream in) throws IOException {
    return number(line(in).split(";", 2)[0].strip(), HEX);
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    if (length > LONGEST_BODY) {
      throw new IOException("its answer is too long");
    }
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static int number(String digits, int radix) throws IOException {
    try {
      return Integer.parseUnsignedInt(digits, radix);
    } catch (NumberFormatException e) {
      throw new IOException("its answer is no HTTP", e);
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (line.size() == LONGEST_LINE) {
        throw new IOException("its answer is no HTTP");
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }
}
