package dev.rig.credentials.client;

/** The operations of the machine that the client needs. */
interface Machine {
  /** Returns the name that the program was called by, possibly with folders; {@code argv[0]}. */
  String program();

  /** Returns the version of this program, such as {@code 1.2.0}. */
  String version();

  /** Returns an environment variable; null if not set. */
  String variable(String name);

  /** Returns whether a file exists at that absolute path. */
  boolean exists(String path);

  /**
   * Reads stdin.
   *
   * @param limit in bytes
   * @return at most {@code limit + 1} bytes; that many only if stdin is longer than the limit
   * @throws MachineException if stdin cannot be read
   */
  byte[] input(int limit) throws MachineException;

  /**
   * Writes to stdout.
   *
   * @throws MachineException if not everything could be written
   */
  void output(byte[] bytes) throws MachineException;

  /** Writes to stderr; ignores failures. */
  void error(byte[] bytes);

  /** Returns milliseconds of a monotonic clock; only differences are meaningful. */
  long millis();

  /** Waits for this many milliseconds. */
  void pause(long millis);

  /**
   * Makes one attempt: connects without waiting for room in the daemon's queue, writes the request,
   * closes the writing side, and reads to the end. The answer is read even if the daemon stops
   * reading. Never raises {@code SIGPIPE}.
   *
   * @param path the socket
   * @param request the whole request
   * @param millis the limit of the whole attempt, in milliseconds
   */
  Attempt exchange(String path, byte[] request, long millis);
}
