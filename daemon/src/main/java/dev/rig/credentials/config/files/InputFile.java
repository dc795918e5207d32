package dev.rig.credentials.config.files;

/**
 * A file's content as it was read.
 *
 * @param name as people know it: a mounted file by its own name, not by that of its generation
 * @param content its bytes; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public // never compared, and copying 1 MiB would say nothing more
record InputFile(String name, byte[] content) {
  @Override
  public String toString() {
    return "InputFile[" + name + "]";
  }
}
