package dev.rig.credentials.linux;

/**
 * System calls for processes that the JDK does not offer. Must not be called on a virtual thread.
 */
public class ProcessSignals {
  public static final int TERM = 15;
  public static final int KILL = 9;

  /**
   * Makes this process the parent of orphans among its descendants ({@code
   * PR_SET_CHILD_SUBREAPER}); returns false if the system refuses.
   */
  public boolean adoptOrphans() {
    return LibC.prctl(LibC.PR_SET_CHILD_SUBREAPER, 1) == 0;
  }

  /**
   * Sends a signal; ignores a process that does not exist.
   *
   * @param pid a process; negated, a process group
   */
  public final void send(long pid, int signal) {
    int _ = LibC.kill((int) pid, signal);
  }

  /** Reaps a child that has ended; does nothing while it runs. */
  public final void reap(long pid) {
    int _ = LibC.waitpid((int) pid, LibC.WNOHANG);
  }
}
