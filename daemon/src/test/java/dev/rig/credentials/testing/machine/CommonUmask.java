package dev.rig.credentials.testing.machine;

import dev.rig.credentials.linux.LibC;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Gives the tests the same umask on every machine. Debian 13 gives a user 0002, and the daemon
 * warns of each configuration file that a group can write.
 */
public final class CommonUmask implements LauncherSessionListener {
  private static final int UMASK = 0022;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    LibC.umask(UMASK);
  }
}
