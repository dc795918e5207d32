package dev.rig.credentials.client;

/** What the client needs of the machine that it runs on, and nothing else. */
interface Machine {
  /** The name that the program was called by, perhaps with folders; {@code argv[0]}. */
  String program();

  /** The version of this program, such as {@code 1.2.0}. */
  String version();

  /** A variable of the environment; null where it is not set. */
  String variable(String name);

  /** Whether something is at that absolute path. */
  boolean exists(String path);

  /**
   * Everything on stdin.
   *
   * @param limit the most that is wanted, in bytes
   * @return at most {@code limit + 1} bytes: one byte more than the limit means that there was more
   * @throws MachineException when stdin cannot be read
   */
  byte[] input(int limit) throws MachineException;

  /**
   * Writes to stdout.
   *
   * @throws MachineException when not everything could be written
   */
  void output(byte[] bytes) throws MachineException;

  /** Writes to stderr; what cannot be written is lost. */
  void error(byte[] bytes);

  /** Milliseconds of a clock that never goes back; only differences mean something. */
  long millis();

  /** Waits. */
  void pause(long millis);

  /**
   * One attempt at a conversation: connects without waiting for a place in the daemon's queue,
   * writes the request, closes the writing side, and reads to the end. A daemon that stops reading
   * is still asked for its answer. Never raises {@code SIGPIPE}.
   *
   * @param path the socket
   * @param request the whole request
   * @param millis how long this attempt may take in all
   */
  Attempt exchange(String path, byte[] request, long millis);
}
