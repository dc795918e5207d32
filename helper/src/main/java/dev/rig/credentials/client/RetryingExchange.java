package dev.rig.credentials.client;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.SocketPath;
import dev.rig.credentials.wire.Wire;
import java.util.function.Supplier;

/**
 * Asks the daemon with retries, so that a restart of the daemon is invisible.
 *
 * <p>If the daemon does not answer (yet), the request is retried with growing pauses. A connection
 * that ends before the first byte of an answer is retried too, unless the request must not be sent
 * twice.
 */
final class RetryingExchange {
  /** How long a client with {@code RIG_CREDENTIALS_OPTIONAL} tries to connect, in milliseconds. */
  static final long SHORT_CONNECT_MILLIS = 250;

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final Machine machine;
  private final Supplier<String> path;
  private String socket = "";

  /**
   * Creates an exchange.
   *
   * @param path returns the socket; called before each attempt, because a user's first daemon may
   *     start in the meantime
   */
  RetryingExchange(Machine machine, Supplier<String> path) {
    this.machine = machine;
    this.path = path;
  }

  /** Returns the socket of the last attempt. */
  String socket() {
    return socket;
  }

  /**
   * Returns the last attempt at this request.
   *
   * @param connectMillis how long failed attempts are retried; 0 for one attempt. Time on an open
   *     connection does not count: a client that was waiting for a script when the daemon restarted
   *     waits for the restart as long as any other client (F33)
   */
  Attempt ask(Request request, long connectMillis) {
    byte[] frame = request.encode();
    long start = machine.millis();
    long connected = 0;
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      long began = machine.millis();
      socket = path.get();
      long allowed = Wire.CLIENT_DEADLINE_MILLIS - (began - start);
      Attempt attempt = machine.exchange(socket, frame, allowed);
      long ended = machine.millis();
      if (attempt.outcome() == Attempt.AttemptOutcome.CLOSED) {
        connected += ended - began;
      }
      long gone = ended - start;
      long left = Math.min(connectMillis - (gone - connected), Wire.CLIENT_DEADLINE_MILLIS - gone);
      if (left <= 0 || !worthAnother(attempt, request.action())) {
        return attempt;
      }
      machine.pause(Math.min(pause, left));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  /**
   * Returns whether to retry; also if access to the machine's socket is denied while the user's own
   * socket may appear.
   */
  private boolean isPassing(Attempt attempt) {
    return attempt.outcome().passing()
        || (attempt.unreachable() && SocketPath.awaitsUsersOwn(socket, machine::variable));
  }

  private boolean worthAnother(Attempt attempt, Action action) {
    boolean mayBeDone =
        attempt.outcome() == Attempt.AttemptOutcome.CLOSED && action == Action.STORE;
    return isPassing(attempt) && !mayBeDone;
  }
}
