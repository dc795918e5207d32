package dev.rig.credentials.client;

/**
 * The result of one attempt to ask the daemon.
 *
 * @param outcome how the attempt ended
 * @param answer the bytes that were read; empty unless the outcome is {@link
 *     AttemptOutcome#ANSWERED}
 * @param reason the system's text for a failure, such as {@code Connection refused}; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
public record Attempt(AttemptOutcome outcome, byte[] answer, String reason) {
  /** How an attempt ended. */
  public enum AttemptOutcome {
    /** The connection ended after at least one byte of an answer. */
    ANSWERED("", false),
    /** The socket does not exist. */
    MISSING("no such socket", true),
    /** The socket exists, but no process listens. */
    REFUSED("connection refused", true),
    /** The daemon's queue is full. */
    BUSY("too many clients are waiting", true),
    /** This user may not connect. */
    DENIED("permission denied", false),
    /** The connection ended before the first byte of an answer. */
    CLOSED("the daemon closed the connection before it answered", true),
    /** The answer is longer than {@link dev.rig.credentials.wire.Wire#ANSWER_LIMIT}. */
    TOO_LONG("the answer is larger than this program reads", false),
    /** Connected, but no complete answer in time. */
    LATE("no answer in time", false),
    /** Any other failure. */
    FAILED("", false);

    private final String words;
    private final boolean passing;

    AttemptOutcome(String words, boolean passing) {
      this.words = words;
      this.passing = passing;
    }

    /** Returns whether a daemon that is starting or restarting can cause this. */
    boolean passing() {
      return passing;
    }
  }

  private static final byte[] NOTHING = {};

  static Attempt answered(byte[] answer) {
    return new Attempt(AttemptOutcome.ANSWERED, answer, "");
  }

  static Attempt ended(AttemptOutcome outcome) {
    return new Attempt(outcome, NOTHING, "");
  }

  static Attempt failed(String reason) {
    return new Attempt(AttemptOutcome.FAILED, NOTHING, reason);
  }

  /** Returns the reason, in a few words of lower case. */
  public String words() {
    return reason.isEmpty() ? outcome.words : reason;
  }

  /**
   * Returns whether no daemon received the request; {@code RIG_CREDENTIALS_OPTIONAL} applies then.
   */
  boolean unreachable() {
    return outcome.passing()
        || outcome == AttemptOutcome.DENIED
        || outcome == AttemptOutcome.FAILED;
  }
}
