package dev.rig.credentials.linux;

/** The kernel's calls for processes that the JDK does not offer. Never on a virtual thread. */
public class ProcessSignals {
  public static final int TERM = 15;
  public static final int KILL = 9;

  /**
   * Makes this process the parent of the orphans among its descendants ({@code
   * PR_SET_CHILD_SUBREAPER}); false if the system refuses.
   */
  public boolean adoptOrphans() {
    return LibC.prctl(LibC.PR_SET_CHILD_SUBREAPER, 1) == 0;
  }

  /**
   * Sends a signal; a process that does not exist is no error.
   *
   * @param pid a process; negated, a process group
   */
  public final void send(long pid, int signal) {
    int _ = LibC.kill((int) pid, signal);
  }

  /** Takes a child that has ended out of the process table; does nothing while it runs. */
  public final void reap(long pid) {
    int _ = LibC.waitpid((int) pid, LibC.WNOHANG);
  }
}
