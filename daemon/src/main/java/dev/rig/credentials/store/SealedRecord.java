package dev.rig.credentials.store;

/**
 * One record of a sealed file.
 *
 * @param label required to open the record, and not stored in the file
 * @param content any bytes; not copied, must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SealedRecord(String label, byte[] content) {
  /** Omits label and content. */
  @Override
  public String toString() {
    return "SealedRecord[redacted]";
  }
}
