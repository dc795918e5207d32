package dev.rig.credentials.http.server;

import dev.rig.credentials.socket.StreamServer.Framing;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Finds the end of an HTTP/1.1 request (RFC 9112), so that no thread waits for an incomplete one.
 * It validates nothing: a malformed or too large request counts as complete as soon as that is
 * known, and the HTTP engine rejects it.
 */
final class RequestFraming implements Framing {
  /** More than the engine's limits of 2 KiB and 16 KiB. */
  private static final int MOST_HEAD = 20 * 1024;

  private static final Pattern LENGTH = field("content-length", "([0-9]{1,9})");
  private static final Pattern CHUNKED = field("transfer-encoding", "([^\n]*chunked[^\n]*)");
  private static final Pattern EXPECT = field("expect", "(100-continue)");
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private enum FramingState {
    HEAD,
    /** {@link #left} bytes follow. */
    BODY,
    CHUNK_SIZE,
    /** {@link #left} bytes follow, and a line break. */
    CHUNK,
    TRAILER,
    END
  }

  private final Consumer<byte[]> interim;
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder line = new StringBuilder();
  private FramingState place = FramingState.HEAD;
  private int lineLength;
  private long left;
  private long body;

  /**
   * Creates the framing of one request.
   *
   * @param interim sends a response before the final one
   */
  RequestFraming(Consumer<byte[]> interim) {
    this.interim = interim;
  }

  private static Pattern field(String name, String value) {
    return Pattern.compile("\n" + name + ":[ \t]*" + value + "[ \t]*\n");
  }

  @Override
  public boolean isCompleteWith(byte[] bytes, int from, int to) {
    for (int at = from; at < to && place != FramingState.END; at++) {
      switch (place) {
        case HEAD -> head(bytes[at]);
        case BODY -> {
          long skipped = Math.min(left, to - at);
          at += (int) skipped - 1;
          left -= skipped;
          endIf(left == 0);
        }
        case CHUNK -> {
          long skipped = Math.min(left, to - at);
          at += (int) skipped - 1;
          left -= skipped;
          place = left == 0 ? FramingState.CHUNK_SIZE : place;
        }
        case CHUNK_SIZE -> chunkSize(bytes[at]);
        default -> trailer(bytes[at]);
      }
    }
    return place == FramingState.END;
  }

  private void endIf(boolean complete) {
    place = complete ? FramingState.END : place;
  }

  private void head(byte one) {
    if (one == '\r') {
      return;
    }
    head.append((char) (one & 0xff));
    if (one != '\n') {
      lineLength++;
      endIf(head.length() > MOST_HEAD);
      return;
    }
    boolean blank = lineLength == 0;
    lineLength = 0;
    if (blank) {
      headEnded(head.toString().toLowerCase(Locale.ROOT));
      head.setLength(0);
    }
  }

  private void headEnded(String fields) {
    var length = LENGTH.matcher(fields);
    if (CHUNKED.matcher(fields).find()) {
      place = FramingState.CHUNK_SIZE;
    } else if (length.find()) {
      left = Long.parseLong(length.group(1));
      place = left == 0 || left > HttpEngine.MOST_BODY ? FramingState.END : FramingState.BODY;
    } else {
      place = FramingState.END;
    }
    if (place != FramingState.END && EXPECT.matcher(fields).find()) {
      interim.accept(CONTINUE);
    }
  }

  private void chunkSize(byte one) {
    if (one != '\n') {
      line.append((char) (one & 0xff));
      endIf(line.length() > 64);
      return;
    }
    var size = line.toString().split(";", 2)[0].strip();
    line.setLength(0);
    if (!size.matches("[0-9a-fA-F]{1,6}")) {
      place = FramingState.END;
      return;
    }
    int bytes = Integer.parseInt(size, 16);
    body += bytes;
    if (bytes == 0) {
      place = FramingState.TRAILER;
    } else {
      left = bytes + 2L;
      place = body > HttpEngine.MOST_BODY ? FramingState.END : FramingState.CHUNK;
    }
  }

  private void trailer(byte one) {
    body++;
    if (one == '\n' || body > 2 * HttpEngine.MOST_BODY) {
      endIf(lineLength == 0 || one != '\n');
      lineLength = 0;
    } else if (one != '\r') {
      lineLength++;
    }
  }
}
