package dev.rig.credentials.linux;

import java.io.IOException;
import jnr.constants.platform.OpenFlags;

/** The descriptors that this process can still open. */
public final class FreeDescriptors {
  /** The last numbers below the limit; listeners leave them to scripts, files and registries. */
  private static final int RESERVED = 32;

  /** More than the JDK opens to start a process, which is one file and eight ends of pipes. */
  private static final int OF_A_PROCESS = 16;

  private static final int FLAGS = OpenFlags.O_RDONLY.intValue() | OpenFlags.O_CLOEXEC.intValue();

  private FreeDescriptors() {}

  /**
   * Fails if there are too few descriptors to start a process. Call it immediately before: if a
   * pipe cannot be opened, {@code ProcessImpl_md.c} of JDK 25 closes two descriptors whose numbers
   * it reads from uninitialised memory, usually those of an earlier process. In the meantime, they
   * can belong to the connection of a client.
   *
   * @throws IOException if the limit of this process or of the system is near; with the text of
   *     {@code EMFILE}
   */
  public static void requireForProcess() throws IOException {
    var opened = new int[OF_A_PROCESS];
    int count = 0;
    while (count < opened.length) {
      int descriptor = LibC.open("/dev/null", FLAGS, 0);
      if (descriptor < 0) {
        break;
      }
      opened[count++] = descriptor;
    }
    for (int i = 0; i < count; i++) {
      LibC.close(opened[i]);
    }
    if (count < opened.length) {
      throw new IOException("Too many open files");
    }
  }

  /** Returns the first number that listeners leave free; the system gives the lowest first. */
  public static int firstReserved() {
    return (int) Math.min(Integer.MAX_VALUE, LibC.descriptorLimit() - RESERVED);
  }
}
