package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.daemon.Command;

/** Signals that {@link ProcessHandle} does not send. */
public enum Signal {
  CONT,
  HUP,
  SEGV,
  STOP,
  TERM;

  /**
   * Sends the signal to a process, by the shell's own {@code kill}: a machine may have no other.
   */
  public void to(long pid) {
    Command.of("/bin/sh", "-c", "kill -%s %d".formatted(name(), pid)).run().succeeded();
  }
}
