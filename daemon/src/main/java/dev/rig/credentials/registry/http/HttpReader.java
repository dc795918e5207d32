package dev.rig.credentials.registry.http;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RequestBudget;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one answer of HTTP/1.1 (RFC 9112) from a connection that carries no second one. Strict
 * where a lenient reader would have to guess.
 */
final class HttpReader {
  private static final int LONGEST_LINE = 16 * 1024;
  private static final int LONGEST_HEAD = 64 * 1024;
  private static final int LONGEST_SIZE_LINE = 256;
  private static final int MOST_INTERIM = 8;
  private static final int HEX = 16;

  private final InputStream in;
  private final RequestBudget budget;
  private final String who;
  private int headBytes;

  /**
   * A reader.
   *
   * @param who the sender, for people
   */
  HttpReader(InputStream in, RequestBudget budget, String who) {
    this.in = new BufferedInputStream(in);
    this.budget = budget;
    this.who = who;
  }

  /**
   * Reads the answer.
   *
   * @throws IOException when the connection breaks off
   * @throws CallException when it is no HTTP, or too large
   */
  HttpReply read() throws IOException, CallException {
    for (int interim = 0; interim <= MOST_INTERIM; interim++) {
      int status = status(line(LONGEST_LINE));
      var headers = headers();
      if (status >= 200) {
        boolean empty = status == 204 || status == 304;
        return new HttpReply(
            status, headers, empty ? new byte[0] : body(headers), NetworkZone.PUBLIC);
      }
    }
    throw broken("too many interim answers");
  }

  /**
   * Reads what stands before the body of a proxy's answer to {@code CONNECT}; a tunnel's bytes,
   * which follow it, begin with ours.
   */
  int readStatus() throws IOException, CallException {
    int status = status(line(LONGEST_LINE));
    headers();
    return status;
  }

  private int status(String line) throws CallException {
    boolean form =
        line.length() >= 12
            && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
            && (line.length() == 12 || line.charAt(12) == ' ');
    int status = form ? number(line.substring(9, 12), 10) : -1;
    if (status < 100 || status > 599 || status == 101) {
      throw broken("no status line");
    }
    return status;
  }

  private Map<String, List<String>> headers() throws IOException, CallException {
    var headers = new HashMap<String, List<String>>();
    for (var line = line(LONGEST_LINE); !line.isEmpty(); line = line(LONGEST_LINE)) {
      int colon = line.indexOf(':');
      if (colon <= 0 || !line.chars().limit(colon).allMatch(HttpReader::isTokenCharacter)) {
        throw broken("a header without a name");
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return headers;
  }

  private byte[] body(Map<String, List<String>> headers) throws IOException, CallException {
    var codings = headers.getOrDefault("transfer-encoding", List.of());
    var lengths = headers.getOrDefault("content-length", List.of());
    var content = headers.getOrDefault("content-encoding", List.of());
    if (!content.isEmpty() && !content.equals(List.of("identity"))) {
      throw broken("a body in an encoding that nobody asked for");
    }
    if (!codings.isEmpty()) {
      if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
        throw broken("an unknown transfer encoding");
      }
      return chunked();
    }
    if (lengths.isEmpty()) {
      var body = new ByteArrayOutputStream();
      copy(body, Long.MAX_VALUE);
      return body.toByteArray();
    }
    if (lengths.stream().distinct().count() > 1) {
      throw broken("two lengths");
    }
    return exactly(length(lengths.getFirst()));
  }

  private byte[] exactly(long length) throws IOException, CallException {
    if (budget.isTooMuch(length)) {
      throw RequestBudget.tooLarge(who);
    }
    var body = new ByteArrayOutputStream((int) Math.min(length, LONGEST_HEAD));
    if (copy(body, length) < length) {
      throw new EOFException("it broke off its answer");
    }
    return body.toByteArray();
  }

  private byte[] chunked() throws IOException, CallException {
    var body = new ByteArrayOutputStream();
    while (true) {
      headBytes = 0;
      var line = line(LONGEST_SIZE_LINE);
      int end = line.indexOf(';');
      var digits = (end < 0 ? line : line.substring(0, end)).strip();
      int size = digits.length() > 7 ? Integer.MAX_VALUE : number(digits, HEX);
      if (size < 0) {
        throw broken("a chunk without a size");
      }
      if (size == 0) {
        headBytes = 0;
        headers(); // trailers, which nobody asked for
        return body.toByteArray();
      }
      if (budget.isTooMuch(size)) {
        throw RequestBudget.tooLarge(who);
      }
      if (copy(body, size) < size) {
        throw new EOFException("it broke off its answer");
      }
      if (!line(LONGEST_SIZE_LINE).isEmpty()) {
        throw broken("a chunk longer than its size");
      }
    }
  }

  private long copy(ByteArrayOutputStream body, long length) throws IOException, CallException {
    byte[] buffer = new byte[8 * 1024];
    long copied = 0;
    while (copied < length) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, length - copied));
      if (read < 0) {
        return copied;
      }
      budget.take(read, who);
      body.write(buffer, 0, read);
      copied += read;
    }
    return copied;
  }

  private String line(int longest) throws IOException, CallException {
    var line = new ByteArrayOutputStream(80);
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("it broke off its answer");
      }
      if (c == '\n') {
        break;
      }
      if (line.size() == longest || ++headBytes > LONGEST_HEAD) {
        throw broken("a head that is too long");
      }
      line.write(c);
    }
    var text = line.toString(StandardCharsets.ISO_8859_1);
    var stripped = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    if (stripped.chars().anyMatch(c -> c != '\t' && (c < ' ' || c == 0x7f))) {
      throw broken("a control character in its head");
    }
    return stripped;
  }

  private long length(String text) throws CallException {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits) {
      throw broken("a length that is no number");
    }
    return text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
  }

  /** A number of nothing but digits; -1 for anything else. */
  private static int number(String digits, int radix) {
    boolean valid =
        !digits.isEmpty()
            && digits.chars().allMatch(c -> c < 0x80 && Character.digit(c, radix) >= 0);
    return valid ? Integer.parseInt(digits, radix) : -1;
  }

  private static boolean isTokenCharacter(int c) {
    return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }

  private CallException broken(String what) {
    return CallException.badAnswer(who + " sent no valid HTTP: " + what);
  }
}
