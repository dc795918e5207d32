package dev.rig.credentials.cli.output;

/** The exit statuses of the programs; those above 63 are from sysexits(3). */
public final class ExitStatus {
  public static final int OK = 0;

  /** No credential, or a failure; stderr has the reason. */
  public static final int FAILED = 1;

  /** The command line is invalid. */
  public static final int USAGE = 2;

  /** Another daemon serves that socket. */
  public static final int BUSY = 3;

  /** The deployment was not ready in time, and the previous release was restored. */
  public static final int ROLLED_BACK = 4;

  /** The configuration is invalid: {@code EX_CONFIG}. */
  public static final int CONFIGURATION = 78;

  private ExitStatus() {}
}
