package dev.rig.credentials.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/** Only sealed content can be opened; everything else is rejected in the same way (T15). */
class SealedFileFuzz {
  private final Sealer sealer =
      new Sealer(
          new SealingKey(new byte[32], "machine", SealingKey.KeyOrigin.FILE),
          "leases",
          new SecureRandom());
  private final byte[] good =
      sealer.seal(
          List.of(
              new SealedRecord("ghcr.io", "first".getBytes(StandardCharsets.UTF_8)),
              new SealedRecord("quay.io", "second".getBytes(StandardCharsets.UTF_8))));

  /** Reads the bytes as a file, and as changes of a valid one: pairs of position and change. */
  @FuzzTest
  void files(byte[] bytes) {
    assertThrows(StoreException.class, () -> sealer.open(bytes));
    var header = Arrays.copyOf(good, 42 + bytes.length);
    System.arraycopy(bytes, 0, header, 42, bytes.length);
    assertThrows(StoreException.class, () -> sealer.open(header));
    var changed = good.clone();
    for (int i = 0; i + 1 < bytes.length; i += 2) {
      changed[Byte.toUnsignedInt(bytes[i]) % changed.length] ^= bytes[i + 1];
    }
    if (Arrays.equals(changed, good)) {
      assertEquals(2, sealer.open(changed).size());
    } else {
      assertThrows(StoreException.class, () -> sealer.open(changed));
    }
  }
}
