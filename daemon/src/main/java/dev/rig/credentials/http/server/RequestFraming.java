package dev.rig.credentials.http.server;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of an HTTP/1.1 request (RFC 9112), so that no thread waits for an incomplete one. A
 * malformed or too large request counts as complete as soon as that is known. It rejects what the
 * HTTP engine would not report as the client's error: the method, line breaks and chunks. The
 * engine checks everything else.
 */
final class RequestFraming {
  /** More than the engine's limit of 2 KiB. */
  private static final int MOST_REQUEST_LINE = 4 * 1024;

  /** The size limit of the header fields, in bytes without their CRs. */
  static final int MOST_FIELDS = 16 * 1024;

  /** Up to this size a body is read to its end, so that its client can read the rejection. */
  private static final int MOST_READ = 2 * HttpEngine.MOST_BODY;

  private static final int MOST_SIZE_LINE = 64;

  /** A size that fits into an {@code int}. The engine supports no extensions after it. */
  private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9a-fA-F]{1,7}");

  /** The method of a request line: a token (RFC 9110, section 5.6.2). */
  private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Header fields, each of which starts with a token and a colon (RFC 9112, section 5). */
  private static final Pattern FIELDS =
      Pattern.compile("(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\n]*+\n)*+\n");

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
    CHUNK_END,
    /** A line break follows; the engine supports no trailer fields. */
    LAST_CHUNK_END,
    END
  }

  private final Consumer<byte[]> interim;
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder line = new StringBuilder();
  private FramingState place = FramingState.HEAD;
  private @Nullable Rejection rejection;

  /** The previous byte of the head, of a size line or of a chunk's end was CR. */
  private boolean returned;

  private int lineLength;

  /** Where the header fields start in the head; 0 until the request line has ended. */
  private int fields;

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

  /** Returns whether these further bytes complete the request, or make it invalid. */
  boolean isCompleteWith(byte[] bytes, int from, int to) {
    for (int at = from; at < to && place != FramingState.END; at++) {
      switch (place) {
        case BODY, CHUNK -> {
          long skipped = Math.min(left, to - at);
          at += (int) skipped - 1;
          left -= skipped;
          if (left == 0) {
            place = place == FramingState.BODY ? FramingState.END : FramingState.CHUNK_END;
          }
        }
        default -> structure(bytes[at]);
      }
    }
    return place == FramingState.END;
  }

  /**
   * Returns why the request must not reach the engine; null if it may.
   *
   * <p>A request whose end is missing is rejected: this is called when no further bytes arrive.
   */
  @Nullable Rejection rejection() {
    if (rejection == null && place != FramingState.END) {
      return Rejection.badRequest("the request is incomplete");
    }
    return rejection;
  }

  private void reject(Rejection reason) {
    rejection = rejection == null ? reason : rejection;
    place = FramingState.END;
  }

  /** Adds a byte that is not content. */
  private void structure(byte one) {
    boolean afterReturn = returned;
    returned = one == '\r';
    if (afterReturn && one != '\n') {
      reject(Rejection.badRequest("a line ends with CR and without LF"));
    } else if (place == FramingState.HEAD) {
      head(one);
    } else if (one == '\n' && !afterReturn) {
      reject(Rejection.badRequest("a line of the chunked body does not end with CRLF"));
    } else if (place == FramingState.CHUNK_SIZE) {
      chunkSize(one);
    } else {
      chunkEnd(one);
    }
  }

  private void head(byte one) {
    if (one == '\r') {
      return;
    }
    head.append((char) (one & 0xff));
    if (head.length() > (fields == 0 ? MOST_REQUEST_LINE : fields + MOST_FIELDS)) {
      tooLarge();
      return;
    }
    if (one != '\n') {
      lineLength++;
      return;
    }
    fields = fields == 0 ? head.length() : fields;
    boolean blank = lineLength == 0;
    lineLength = 0;
    if (blank) {
      headEnded(head.toString());
      head.setLength(0);
    }
  }

  /** The engine answers a request line that is too long. */
  private void tooLarge() {
    place = FramingState.END;
    checkMethod(head.toString());
    if (fields > 0) {
      reject(Rejection.tooManyFields());
    }
  }

  private void checkMethod(String text) {
    if (!METHOD.matcher(text.split("[ \n]", 2)[0]).matches()) {
      reject(Rejection.badRequest("the method is not a token"));
    }
  }

  private void headEnded(String text) {
    checkMethod(text);
    if (!FIELDS.matcher(text).region(fields, text.length()).matches()) {
      reject(Rejection.badRequest("a header's name is not a token"));
    }
    if (place == FramingState.END) {
      return;
    }
    var names = text.toLowerCase(Locale.ROOT);
    var length = LENGTH.matcher(names);
    if (CHUNKED.matcher(names).find()) {
      place = FramingState.CHUNK_SIZE;
    } else if (length.find()) {
      left = Long.parseLong(length.group(1));
      place = left == 0 ? FramingState.END : FramingState.BODY;
      if (left > HttpEngine.MOST_BODY) {
        reject(Rejection.tooLarge());
      }
    } else {
      place = FramingState.END;
    }
    if (place != FramingState.END && EXPECT.matcher(names).find()) {
      interim.accept(CONTINUE);
    }
  }

  private void chunkSize(byte one) {
    if (one == '\r') {
      return;
    }
    if (one != '\n') {
      line.append((char) (one & 0xff));
      if (line.length() > MOST_SIZE_LINE) {
        reject(Rejection.badRequest("the line of a chunk's size is too long"));
      }
      return;
    }
    var size = line.toString();
    line.setLength(0);
    if (!CHUNK_SIZE.matcher(size).matches()) {
      reject(Rejection.badRequest("a chunk's size is not a hexadecimal number of 1 to 7 digits"));
      return;
    }
    left = Integer.parseInt(size, 16);
    body += left;
    place = left == 0 ? FramingState.LAST_CHUNK_END : FramingState.CHUNK;
    if (body > HttpEngine.MOST_BODY) {
      rejection = Rejection.tooLarge();
      place = body > MOST_READ ? FramingState.END : place;
    }
  }

  private void chunkEnd(byte one) {
    if (one == '\n') {
      place = place == FramingState.LAST_CHUNK_END ? FramingState.END : FramingState.CHUNK_SIZE;
    } else if (one != '\r') {
      reject(
          Rejection.badRequest(
              place == FramingState.LAST_CHUNK_END
                  ? "the chunked body has trailer fields, which are not supported"
                  : "a chunk does not end with CRLF after its size"));
    }
  }
}
