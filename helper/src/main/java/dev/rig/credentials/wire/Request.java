package dev.rig.credentials.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One request: an action line and the payload exactly as it came on the client's stdin.
 *
 * <p>On the wire: {@code ACTION [ALIAS] LF PAYLOAD}, ended by the client closing its writing side.
 */
public final class Request {
  private final Action action;
  private final String alias;
  private final byte[] payload;

  /**
   * Creates a request.
   *
   * @param alias the part of the program's name after {@code docker-credential-rig-}; empty if
   *     absent, never null
   * @param payload the bytes after the action line; copied
   */
  public Request(Action action, String alias, byte[] payload) {
    this.action = action;
    this.alias = alias;
    this.payload = Arrays.copyOf(payload, payload.length);
  }

  public Action action() {
    return action;
  }

  /** Returns the alias; empty if absent. */
  public String alias() {
    return alias;
  }

  /** Returns a copy of the payload. */
  public byte[] payload() {
    return Arrays.copyOf(payload, payload.length);
  }

  /** Returns the bytes on the wire. */
  public byte[] encode() {
    String line = alias.isEmpty() ? action.word() : action.word() + " " + alias;
    byte[] head = Utf8.bytes(line + "\n");
    byte[] frame = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, frame, head.length, payload.length);
    return frame;
  }

  /**
   * Parses a whole request.
   *
   * @throws MalformedRequestException if there is no action line, the action is unknown, the alias
   *     is invalid, or the frame is larger than {@link Wire#REQUEST_LIMIT}; the message can be sent
   *     to the client
   */
  public static Request decode(byte[] frame) throws MalformedRequestException {
    if (frame.length > Wire.REQUEST_LIMIT) {
      throw new MalformedRequestException("request is larger than 256 KiB");
    }
    int end = 0;
    while (end < frame.length && frame[end] != '\n') {
      end++;
    }
    if (end == frame.length) {
      throw new MalformedRequestException("request has no action line");
    }
    String line = new String(frame, 0, end, StandardCharsets.ISO_8859_1);
    int space = line.indexOf(' ');
    String word = space < 0 ? line : line.substring(0, space);
    String alias = space < 0 ? "" : line.substring(space + 1);
    Action action =
        Action.of(word).orElseThrow(() -> new MalformedRequestException("unknown action"));
    if (space >= 0 && !isName(alias)) {
      throw new MalformedRequestException("the alias is not a name");
    }
    return new Request(action, alias, Arrays.copyOfRange(frame, end + 1, frame.length));
  }

  /**
   * Returns whether this is a valid alias: 1 to 64 letters, digits, dots, dashes or underscores.
   */
  public static boolean isName(String alias) {
    if (alias.isEmpty() || alias.length() > 64) {
      return false;
    }
    for (int i = 0; i < alias.length(); i++) {
      char c = alias.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_';
      if (!allowed) {
        return false;
      }
    }
    return true;
  }
}
