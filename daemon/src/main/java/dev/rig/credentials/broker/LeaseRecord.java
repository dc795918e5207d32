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

/** A lease as stored in the sealed file. Its label is the entry with its fingerprint. */
record LeaseRecord(String registry, Lease lease, Instant writtenAt) {
  private static final int FORM = 1;

  /** The accepted difference between the clocks before and after a restart. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  /**
   * Returns the label of an entry's record; it changes with everything that the lease depends on.
   */
  static String label(BrokerEntry entry) {
    return entry.prefix() + "\n" + entry.fingerprint();
  }

  /**
   * Returns the record of an expired lease, kept for its user name and for redaction of its secret
   * (T21). It is never valid.
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

  /** Parses what {@link #seal} wrote; empty if the format is not recognized. */
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
   * Returns whether the lease may be served. After a restart only the wall clock is available. If
   * it is earlier than at the time of writing, the clock was set back, and the remaining life is
   * unknown.
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
