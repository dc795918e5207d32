package dev.rig.credentials.wire;

/**
 * The frozen strings and the limits of the socket's protocol; clients compare the whole strings.
 */
public final class Wire {
  /**
   * The answer to a {@code get} without a match; docker/docker-credential-helpers {@code
   * credentials/error.go} defines it, and clients compare the whole string after trimming.
   */
  public static final String NOT_FOUND = "credentials not found in native keychain";

  /** The answer to a request without a server; frozen in the same place. */
  public static final String NO_SERVER_URL = "no credentials server URL";

  /** The answer to a {@code store} without a user name; frozen in the same place. */
  public static final String NO_USERNAME = "no credentials username";

  /** The largest request, action line included, in bytes. */
  public static final int REQUEST_LIMIT = 256 * 1024;

  /** The largest answer, status line included, in bytes. */
  public static final int ANSWER_LIMIT = 1024 * 1024;

  /** How long a client waits in total, in milliseconds: less than the kubelet's 60 s. */
  public static final int CLIENT_DEADLINE_MILLIS = 45_000;

  /** How long a client tries to connect, in milliseconds. */
  public static final int CLIENT_CONNECT_MILLIS = 5_000;

  /**
   * How long an {@code erase} tries to connect, in milliseconds: {@code docker logout} sends four
   * in sequence, for Docker Hub since version 28 one after a {@code get} (docker/cli {@code
   * cli/command/registry/logout.go}), and ends within 6 s without a daemon.
   */
  public static final int ERASE_CONNECT_MILLIS = 400;

  private Wire() {}
}
