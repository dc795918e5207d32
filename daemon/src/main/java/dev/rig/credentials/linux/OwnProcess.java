package dev.rig.credentials.linux;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** This process, as the kernel knows it. */
public final class OwnProcess {
  private static final Logger LOG = System.getLogger(OwnProcess.class.getName());

  private OwnProcess() {}

  /**
   * From now on no other process of the same user reads this one's memory, environment or
   * descriptors, or attaches to it, and no core is written of it (T10); prctl(2), {@code
   * PR_SET_DUMPABLE}. What it starts is readable again from its execve(2) on.
   */
  public static void hide() {
    if (LibC.instance().prctl(LibC.PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
      LOG.log(
          Level.WARNING,
          "the system refuses to hide this process: others of its user can read its memory");
    }
  }
}
