package dev.rig.credentials.config.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file's name as text. The kernel's names are bytes; the JDK decodes them by the locale, with
 * U+FFFD for bytes that it cannot decode.
 *
 * @param text the name; if it is not UTF-8, with {@code \xNN} for each byte beyond ASCII
 * @param isUtf8 whether the name is UTF-8
 */
record FileName(String text, boolean isUtf8) {
  private static final char UNDECODED = '\ufffd';
  private static final int HEX = 16;

  static FileName of(Path path) {
    var name = String.valueOf(path.getFileName());
    if (!isUndecoded(name)) {
      return new FileName(name, true);
    }
    var bytes = bytes(path);
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return new FileName(text.toString(), true);
    } catch (CharacterCodingException e) {
      var text = new StringBuilder();
      for (byte one : bytes) {
        text.append(one >= 0 ? String.valueOf((char) one) : "\\x%02x".formatted(one));
      }
      return new FileName(text.toString(), false);
    }
  }

  /** Returns whether the JDK could not decode the name, so that it cannot open the file. */
  static boolean isUndecoded(String name) {
    return name.indexOf(UNDECODED) >= 0;
  }

  /** Returns the name's bytes, which only the path's URI contains, percent-encoded. */
  private static byte[] bytes(Path path) {
    var encoded = path.toUri().getRawPath().replaceFirst("/$", "");
    var bytes = new ByteArrayOutputStream();
    for (int i = encoded.lastIndexOf('/') + 1; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded, i + 1, i + 3, HEX));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
