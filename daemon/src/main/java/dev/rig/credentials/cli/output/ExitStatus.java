package dev.rig.credentials.cli.output;

/** The statuses that the programs end with; those above 63 are from sysexits(3). */
public final class ExitStatus {
  public static final int OK = 0;

  /** No credential, or something failed; what it was stands on stderr. */
  public static final int FAILED = 1;

  /** The command line was not understood. */
  public static final int USAGE = 2;

  /** Another daemon serves at that socket. */
  public static final int BUSY = 3;

  /** What was deployed was not ready in time, and the release before runs again. */
  public static final int ROLLED_BACK = 4;

  /** The configuration cannot be used: {@code EX_CONFIG}. */
  public static final int CONFIGURATION = 78;

  private ExitStatus() {}
}
