package dev.rig.credentials.linux;

/** The kernel's calls for processes that the JDK knows nothing of. Never on a virtual thread. */
public interface ProcessSignals {
  int TERM = 15;
  int KILL = 9;

  /**
   * Makes this process the parent of whatever its descendants leave behind; false where it fails.
   */
  boolean adoptOrphans();

  /**
   * Sends a signal; that nobody is there to get it does not matter.
   *
   * @param pid a process; negated, a process group
   */
  void send(long pid, int signal);

  /** Takes a child that has ended out of the process table; nothing happens while it runs. */
  void reap(long pid);
}
