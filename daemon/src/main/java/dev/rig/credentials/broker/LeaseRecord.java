package dev.rig.credentials.broker;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.store.SealedRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A lease as it lies in the sealed file: its label is the entry with its fingerprint. */
record LeaseRecord(String registry, Lease lease, Instant writtenAt) {
  private static final int FORM = 1;

  /** What two clocks of one machine may differ by, before and behind a restart. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  /** What a record of that entry is kept under: void when anything that the lease needs changes. */
  static String label(BrokerEntry entry) {
    return entry.prefix() + "\n" + entry.fingerprint();
  }

  /**
   * What is kept of a lease that is over, for its user name and to redact its secret (T21). It is
   * good at no time.
   */
  LeaseRecord lapsed() {
    var over = new Lease(lease.credential(), Instant.EPOCH, Instant.EPOCH);
    return new LeaseRecord(registry, over, writtenAt);
  }

  SealedRecord seal(BrokerEntry entry) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      SealedTexts.write(out, registry);
      SealedTexts.write(out, lease.credential().username());
      SealedTexts.write(out, lease.credential().secret().reveal());
      instant(out, lease.issuedAt());
      instant(out, lease.expiresAt());
      instant(out, writtenAt);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array does not fail
    }
    return new SealedRecord(label(entry), bytes.toByteArray());
  }

  /** Reads what {@link #seal} wrote; empty for another form. */
  static Optional<LeaseRecord> read(byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      if (in.readByte() != FORM) {
        return Optional.empty();
      }
      var registry = SealedTexts.read(in);
      var credential = new Credential(SealedTexts.read(in), Secret.of(SealedTexts.read(in)));
      var lease = new Lease(credential, instant(in), instant(in));
      return Optional.of(new LeaseRecord(registry, lease, instant(in)));
    } catch (IOException | DateTimeException | IllegalArgumentException otherForm) {
      return Optional.empty();
    }
  }

  /**
   * Whether it may serve now. Behind a restart there is only the wall clock: when that is before
   * what it was at the writing it has been set back, and nobody knows how much of the lease is
   * left.
   */
  boolean isGood(Instant now) {
    var latest = now.plus(CLOCK_TOLERANCE);
    return now.isBefore(lease.expiresAt())
        && !lease.issuedAt().isAfter(latest)
        && !writtenAt.isAfter(latest);
  }

  private static void instant(DataOutputStream out, Instant instant) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  private static Instant instant(DataInputStream in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }
}
