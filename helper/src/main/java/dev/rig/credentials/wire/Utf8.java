package dev.rig.credentials.wire;

import java.nio.charset.StandardCharsets;

/**
 * Texts as bytes. Nearly all that a client has to do with is ASCII, which needs none of the buffers
 * that a charset of TeaVM's makes at each call.
 */
public final class Utf8 {
  private Utf8() {}

  /** The text in UTF-8. */
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

  /** The text of the first bytes; what is no UTF-8 is replaced as Java does. */
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
