package dev.rig.credentials.wire;

/**
 * The frozen strings and the limits of the socket's protocol; clients compare the strings whole.
 */
public final class Wire {
  /**
   * Answer to a {@code get} that nothing matches; docker/docker-credential-helpers {@code
   * credentials/error.go} defines it, clients compare it whole after trimming.
   */
  public static final String NOT_FOUND = "credentials not found in native keychain";

  /** Answer to a request without a server; frozen in the same place. */
  public static final String NO_SERVER_URL = "no credentials server URL";

  /** Answer to a {@code store} without a user name; frozen in the same place. */
  public static final String NO_USERNAME = "no credentials username";

  /** The largest request, action line included, in bytes. */
  public static final int REQUEST_LIMIT = 256 * 1024;

  /** The largest answer, status line included, in bytes. */
  public static final int ANSWER_LIMIT = 1024 * 1024;

  /** How long a client waits in all, in milliseconds: inside the kubelet's 60 s. */
  public static final int CLIENT_DEADLINE_MILLIS = 45_000;

  /** How long a client goes on trying to connect, in milliseconds. */
  public static final int CLIENT_CONNECT_MILLIS = 5_000;

  /**
   * How long an {@code erase} goes on trying to connect, in milliseconds: {@code docker logout}
   * sends four, one after the other (docker/cli {@code cli/command/registry/logout.go}).
   */
  public static final int ERASE_CONNECT_MILLIS = 1_000;

  private Wire() {}
}
