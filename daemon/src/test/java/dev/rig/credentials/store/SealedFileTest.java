package dev.rig.credentials.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.files.RegularFileTest;
import dev.rig.credentials.testing.Canary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SealedFileTest {
  private static final byte[] SECRET = bytes("0123456789abcdef0123456789abcdef");

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("leases.sealed");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SealingKey key(byte[] secret, String machine) {
    return new SealingKey(secret, machine, SealingKey.KeyOrigin.FILE);
  }

  private SealedFile file() {
    return new SealedFile(path, key(SECRET, "machine"), "leases");
  }

  private static List<String> texts(SealedFile file, String label) {
    return file.read().orElseThrow().of(label).stream()
        .map(content -> new String(content, StandardCharsets.UTF_8))
        .toList();
  }

  private void write() {
    file()
        .write(
            List.of(
                new SealedRecord("ghcr.io\n1", bytes("first")),
                new SealedRecord("quay.io\n1", bytes("second")),
                new SealedRecord("ghcr.io\n1", bytes("third"))));
  }

  @Test
  void writtenRecordsAreReadByTheirLabel() {
    write();
    assertEquals(List.of("first", "third"), texts(file(), "ghcr.io\n1"));
    assertEquals(List.of("second"), texts(file(), "quay.io\n1"));
    assertEquals(List.of(), texts(file(), "ghcr.io\n2"), "another fingerprint");
    assertEquals(3, file().read().orElseThrow().size());
  }

  /** C18. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void fifoInItsPlaceIsRefusedWithoutWaitingAndCanBeSetAsideAndReplaced() throws Exception {
    RegularFileTest.fifo(path);
    var refusal = assertThrows(StoreException.class, () -> file().read());
    assertEquals(
        "cannot read " + path + ": it is a FIFO, not a regular file", refusal.getMessage());
    write();
    assertEquals(3, file().read().orElseThrow().size());
    Files.delete(path);
    RegularFileTest.fifo(path);
    assertTrue(Files.exists(file().setAside()));
    assertTrue(file().read().isEmpty());
  }

  @Test
  void missingFileIsNoError() {
    assertTrue(file().read().isEmpty());
  }

  @Test
  void emptyFileOfRecordsIsSealedToo() {
    file().write(List.of());
    assertEquals(0, file().read().orElseThrow().size());
  }

  /** T15. */
  @Test
  void t15_everyByteFlippedIsRefused() throws Exception {
    write();
    var good = Files.readAllBytes(path);
    for (int i = 0; i < good.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        var bad = good.clone();
        bad[i] ^= (byte) (1 << bit);
        Files.write(path, bad);
        assertThrows(StoreException.class, () -> file().read(), "byte " + i + " bit " + bit);
      }
    }
  }

  /** T15. */
  @Test
  void t15_everyTruncationAndEveryExtensionIsRefused() throws Exception {
    write();
    var good = Files.readAllBytes(path);
    for (int length = 0; length < good.length; length++) {
      Files.write(path, Arrays.copyOf(good, length));
      assertThrows(StoreException.class, () -> file().read(), "cut to " + length);
    }
    Files.write(path, Arrays.copyOf(good, good.length + 1));
    assertThrows(StoreException.class, () -> file().read());
  }

  /** T15. */
  @Test
  void t15_removedDuplicatedOrMovedRecordIsRefused() throws Exception {
    write();
    var good = Files.readAllBytes(path);
    int header = 42;
    int first = 4 + 16 + 5 + 16;
    int second = 4 + 16 + 6 + 16;
    byte[] head = Arrays.copyOf(good, header);
    byte[] one = Arrays.copyOfRange(good, header, header + first);
    byte[] two = Arrays.copyOfRange(good, header + first, header + first + second);
    byte[] rest = Arrays.copyOfRange(good, header + first + second, good.length);
    Files.write(path, joined(head, one, two, rest));
    assertEquals(3, file().read().orElseThrow().size(), "the parts are the parts");
    for (var bad :
        List.of(
            joined(head, two, rest),
            joined(head, one, one, two, rest),
            joined(head, two, one, rest))) {
      Files.write(path, bad);
      assertThrows(StoreException.class, () -> file().read());
    }
  }

  private static byte[] joined(byte[]... parts) {
    var out = new java.io.ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** T15. */
  @Test
  void t15_anotherKeyMachineOrPurposeIsRefused() {
    write();
    var otherKey = SECRET.clone();
    otherKey[31]++;
    for (var other :
        List.of(
            new SealedFile(path, key(otherKey, "machine"), "leases"),
            new SealedFile(path, key(SECRET, "other"), "leases"),
            new SealedFile(path, key(SECRET, "machine"), "logins"))) {
      assertThrows(StoreException.class, other::read);
    }
  }

  /** T15: nonces are never reused, because each write has a new key. */
  @Test
  void t15_twoWritesOfTheSameShareNothingAfterTheVersion() throws Exception {
    write();
    var first = Files.readAllBytes(path);
    write();
    var second = Files.readAllBytes(path);
    assertEquals(first.length, second.length);
    for (int at = 10; at + 8 <= 42; at += 8) {
      assertNotEquals(
          List.of(Arrays.toString(Arrays.copyOfRange(first, at, at + 8))),
          List.of(Arrays.toString(Arrays.copyOfRange(second, at, at + 8))));
    }
    assertFalse(
        Arrays.equals(Arrays.copyOfRange(first, 46, 80), Arrays.copyOfRange(second, 46, 80)));
  }

  /** T16. */
  @Test
  void t16_neitherContentNorLabelIsInTheFile() throws Exception {
    var canary = new Canary("s3cret+of=the lease/x");
    var label = new Canary("registry.example.org/team");
    file().write(List.of(new SealedRecord(label.secret(), bytes(canary.secret()))));
    var text = Files.readString(path, StandardCharsets.ISO_8859_1);
    assertEquals(List.of(), canary.foundIn(text));
    assertEquals(List.of(), label.foundIn(text));
  }

  @Test
  void fileIsForItsOwnerAlone() throws Exception {
    write();
    assertEquals(0600, (int) Files.getAttribute(path, "unix:mode") & 07777);
    write();
    assertEquals(0600, (int) Files.getAttribute(path, "unix:mode") & 07777);
    try (var files = Files.list(folder)) {
      assertEquals(List.of(path), files.toList(), "no part is left");
    }
  }

  /** F11. */
  @Test
  void writeThatFailsLeavesTheOldFileByteIdentical() throws Exception {
    write();
    var before = Files.readAllBytes(path);
    // Its name is too long for that of another file next to it.
    var file = Files.move(path, folder.resolve("l".repeat(250)));
    assertThrows(
        StoreException.class,
        () -> new SealedFile(file, key(SECRET, "machine"), "leases").write(List.of()));
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  /** F13. */
  @Test
  void incompleteFileOfAKilledWriteIsIgnored() throws Exception {
    write();
    Files.writeString(folder.resolve(".leases.sealed1.new"), "half");
    assertEquals(List.of("second"), texts(file(), "quay.io\n1"));
    file().write(List.of());
    assertEquals(0, file().read().orElseThrow().size());
  }

  /** F12. */
  @Test
  void refusedFileIsSetAside() throws Exception {
    Files.writeString(path, "garbage");
    assertThrows(StoreException.class, () -> file().read());
    var aside = file().setAside();
    assertFalse(Files.exists(path));
    assertEquals("garbage", Files.readString(aside));
    Files.writeString(path, "more garbage");
    assertEquals(aside, file().setAside());
    assertEquals("more garbage", Files.readString(aside));
  }
}
