package dev.rig.credentials.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One answer: the exit status of the helper and what it prints.
 *
 * <p>On the wire: the status in decimal, a newline, and the body; ended by the daemon closing the
 * connection.
 */
public final class Reply {
  private final int status;
  private final byte[] body;

  /**
   * Creates an answer.
   *
   * @param status 0 to 255
   * @param body what the helper prints, with its own final newline; copied
   */
  public Reply(int status, byte[] body) {
    this.status = status;
    this.body = Arrays.copyOf(body, body.length);
  }

  /** Returns an answer with a text and a final newline; an empty text gives an empty body. */
  public static Reply text(int status, String line) {
    String body = line.isEmpty() ? "" : line + "\n";
    return new Reply(status, body.getBytes(StandardCharsets.UTF_8));
  }

  public int status() {
    return status;
  }

  /** Returns a copy of the body. */
  public byte[] body() {
    return Arrays.copyOf(body, body.length);
  }

  /** Returns the number of bytes on the wire. */
  public int length() {
    return (status + "\n").length() + body.length;
  }

  /** Returns the bytes on the wire. */
  public byte[] encode() {
    byte[] head = (status + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] frame = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, frame, head.length, body.length);
    return frame;
  }

  /**
   * Parses a whole answer.
   *
   * @throws MalformedReplyException if it does not start with a status of 0 to 255 and a newline
   */
  public static Reply decode(byte[] frame) throws MalformedReplyException {
    int status = 0;
    int at = 0;
    while (at < frame.length && at < 3 && frame[at] >= '0' && frame[at] <= '9') {
      status = status * 10 + (frame[at] - '0');
      at++;
    }
    if (at == 0 || at == frame.length || frame[at] != '\n' || status > 255) {
      throw new MalformedReplyException("the daemon's answer does not begin with a status");
    }
    return new Reply(status, Arrays.copyOfRange(frame, at + 1, frame.length));
  }
}
