package dev.rig.credentials.dev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealedRecord;
import dev.rig.credentials.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevRecordTest {
  private static final Credential LOGIN = new Credential("rig-dev", Secret.of("s3cret"));

  @TempDir private Path state;
  private SealedFile file;

  @BeforeEach
  void seal() {
    file = new DevFolder(state).sealed(null);
  }

  @Test
  void recordIsReadAsItWasWritten() {
    var authority = DevAuthority.create(Instant.parse("2026-01-01T00:00:00Z"));
    var place = new DevRegistryAddress("192.0.2.7", 30_001, true);
    new DevRecord(place, LOGIN, authority, 0).write(file);
    var read = DevRecord.read(file).orElseThrow();
    assertEquals(place, read.place());
    assertEquals("s3cret", read.credential().secret().reveal());
    var kept = Objects.requireNonNull(read.signer());
    assertEquals(authority.pem(), kept.pem());
    assertArrayEquals(authority.key(), kept.key());
  }

  /** T16: neither the password nor the authority's key is on the disk in plain text. */
  @Test
  void t16_recordIsSealed() throws IOException {
    var authority = DevAuthority.create(Instant.parse("2026-01-01T00:00:00Z"));
    new DevRecord(new DevRegistryAddress("192.0.2.7", 30_001, true), LOGIN, authority, 0)
        .write(file);
    var bytes = new String(Files.readAllBytes(file.path()), StandardCharsets.ISO_8859_1);
    assertFalse(bytes.contains("s3cret"));
    assertFalse(bytes.contains(new String(authority.key(), StandardCharsets.ISO_8859_1)));
  }

  /** The format of the version before TLS. */
  @Test
  void recordOfTheFirstFormIsARegistryOfLoopback() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(1);
      out.writeInt(30_007);
      out.writeUTF("rig-dev");
      out.writeUTF("s3cret");
    }
    file.write(List.of(new SealedRecord("registry", bytes.toByteArray())));
    var read = DevRecord.read(file).orElseThrow();
    assertEquals(new DevRegistryAddress("127.0.0.1", 30_007, false), read.place());
    assertEquals("s3cret", read.credential().secret().reveal());
    assertNull(read.authority());
  }

  @Test
  void recordOfTheSecondFormRequiresItsLogin() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(2);
      out.writeUTF("127.0.0.1");
      out.writeInt(30_007);
      out.writeBoolean(false);
      out.writeUTF("rig-dev");
      out.writeUTF("s3cret");
      out.writeBoolean(false);
    }
    file.write(List.of(new SealedRecord("registry", bytes.toByteArray())));
    var read = DevRecord.read(file).orElseThrow();
    assertEquals(0, read.behind());
    assertEquals(read.place(), read.registry());
  }

  @Test
  void recordWithoutALoginContainsThePortOfTheRegistryItself() {
    new DevRecord(new DevRegistryAddress("127.0.0.1", 30_000, false), LOGIN, null, 41_234)
        .write(file);
    var read = DevRecord.read(file).orElseThrow();
    assertEquals(new DevRegistryAddress("127.0.0.1", 41_234, false), read.registry());
    assertEquals("localhost:30000", read.host());
  }

  @Test
  void recordOfALaterFormIsRefused() {
    file.write(List.of(new SealedRecord("registry", new byte[] {4, 1, 2})));
    assertThrows(StoreException.class, () -> DevRecord.read(file));
  }
}
