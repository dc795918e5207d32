package dev.rig.credentials.wire;

import java.nio.charset.StandardCharsets;

/**
 * Converts between texts and UTF-8. Most texts of a client are ASCII, which is converted without
 * the buffers that a charset of TeaVM allocates at each call.
 */
public final class Utf8 {
  private Utf8() {}

  /** Returns the text in UTF-8. */
  public static byte[] bytes(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) c;
    }
    return bytes;
  }

  /** Returns the text of the first bytes; invalid UTF-8 is replaced as Java does. */
  public static String text(byte[] bytes, int length) {
    char[] text = new char[length];
    for (int i = 0; i < length; i++) {
      if (bytes[i] < 0) {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
      }
      text[i] = (char) bytes[i];
    }
    return new String(text);
  }
}
