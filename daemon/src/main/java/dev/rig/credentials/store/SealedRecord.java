package dev.rig.credentials.store;

/**
 * One thing that a sealed file keeps.
 *
 * @param label what it belongs to: it can be opened by who names exactly this again, and is not in
 *     the file itself
 * @param content any bytes; not copied, and not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // secrets are not compared
public record SealedRecord(String label, byte[] content) {
  /** Neither is shown. */
  @Override
  public String toString() {
    return "SealedRecord[redacted]";
  }
}
