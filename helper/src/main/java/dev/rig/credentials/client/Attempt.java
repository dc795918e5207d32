package dev.rig.credentials.client;

/**
 * How one attempt to ask the daemon ended.
 *
 * @param outcome how far it came
 * @param answer what was read; empty unless the outcome is {@link AttemptOutcome#ANSWERED}
 * @param reason the machine's words for a failure, such as {@code Connection refused}; empty where
 *     there is nothing to add
 */
@SuppressWarnings("ArrayRecordComponent") // Carried from one place to the next, never compared.
public record Attempt(AttemptOutcome outcome, byte[] answer, String reason) {
  /** How far an attempt came. */
  public enum AttemptOutcome {
    /** The connection ended after at least one byte of an answer. */
    ANSWERED("", false),
    /** There is no socket. */
    MISSING("no such socket", true),
    /** There is a socket and nobody behind it. */
    REFUSED("connection refused", true),
    /** The daemon's queue is full. */
    BUSY("too many clients are waiting", true),
    /** This user may not connect. */
    DENIED("permission denied", false),
    /** The connection ended before the first byte of an answer. */
    CLOSED("the daemon closed the connection before it answered", true),
    /** The answer is longer than {@link dev.rig.credentials.wire.Wire#ANSWER_LIMIT}. */
    TOO_LONG("the answer is larger than this program reads", false),
    /** Connected, and no whole answer in time. */
    LATE("no answer in time", false),
    /** Anything else. */
    FAILED("", false);

    private final String words;
    private final boolean passing;

    AttemptOutcome(String words, boolean passing) {
      this.words = words;
      this.passing = passing;
    }

    /** Whether a daemon that is just starting or restarting looks like this. */
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

  /** What went wrong, in a few words of lower case. */
  public String words() {
    return reason.isEmpty() ? outcome.words : reason;
  }

  /** Whether nobody took the question: what {@code RIG_CREDENTIALS_OPTIONAL} is for. */
  boolean unreachable() {
    return outcome.passing()
        || outcome == AttemptOutcome.DENIED
        || outcome == AttemptOutcome.FAILED;
  }
}
