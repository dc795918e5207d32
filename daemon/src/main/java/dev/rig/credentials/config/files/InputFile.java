package dev.rig.credentials.config.files;

/**
 * A file's content as it was read.
 *
 * @param name the name shown to people: for a mounted file its own name, not that of its generation
 * @param content its bytes; must not be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public // never compared, and copying 1 MiB has no benefit
record InputFile(String name, byte[] content) {
  @Override
  public String toString() {
    return "InputFile[" + name + "]";
  }
}
