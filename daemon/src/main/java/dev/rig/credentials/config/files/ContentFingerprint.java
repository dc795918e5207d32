package dev.rig.credentials.config.files;

import dev.rig.credentials.image.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Computes a hash that shows whether two inputs are equal. */
public final class ContentFingerprint {
  private ContentFingerprint() {}

  /** Returns SHA-256 in hex over names and contents, each with its length. */
  public static String of(List<InputFile> files) {
    var parts = new ArrayList<byte[]>();
    for (var file : files) {
      add(parts, file.name().getBytes(StandardCharsets.UTF_8));
      add(parts, file.content());
    }
    return Hash.SHA256.hex(parts.toArray(byte[][]::new));
  }

  private static void add(List<byte[]> parts, byte[] bytes) {
    parts.add(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length).array());
    parts.add(bytes);
  }
}
