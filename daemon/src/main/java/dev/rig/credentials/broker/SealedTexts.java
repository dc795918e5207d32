package dev.rig.credentials.broker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Texts as stored in the sealed file: each its length in bytes of UTF-8, then the bytes. */
final class SealedTexts {
  private SealedTexts() {}

  /** Encodes rows of texts, each row with its number of texts first. */
  static byte[] encode(List<List<String>> rows) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      for (var row : rows) {
        out.writeInt(row.size());
        for (var text : row) {
          write(out, text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not fail
    }
    return bytes.toByteArray();
  }

  /**
   * Decodes what {@link #encode} wrote; if the format is not recognized, returns the rows before
   * that point.
   */
  static List<List<String>> decode(byte[] content) {
    var rows = new ArrayList<List<String>>();
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      while (in.available() > 0) {
        var row = new ArrayList<String>();
        for (int left = in.readInt(); left > 0; left--) {
          row.add(read(in));
        }
        rows.add(row);
      }
    } catch (IOException otherForm) {
      // Sealed by another version of this program.
    }
    return rows;
  }

  static void write(DataOutputStream out, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("not a length");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
