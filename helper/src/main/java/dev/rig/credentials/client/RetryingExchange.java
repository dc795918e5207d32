package dev.rig.credentials.client;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.SocketPath;
import dev.rig.credentials.wire.Wire;
import java.util.function.Supplier;

/**
 * Asks the daemon as often as makes sense, so that its restart is invisible.
 *
 * <p>A daemon that is not there (yet) is tried again with growing pauses. A connection that ends
 * before the first byte of an answer is tried again too, unless the question may not be asked
 * twice.
 */
final class RetryingExchange {
  /** How long a client tries to connect that can do without the daemon, in milliseconds. */
  static final long SHORT_CONNECT_MILLIS = 250;

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final Machine machine;
  private final Supplier<String> path;
  private String socket = "";

  /**
   * An exchange of that machine.
   *
   * @param path where the socket is; asked before each attempt, because a user's first daemon may
   *     appear meanwhile
   */
  RetryingExchange(Machine machine, Supplier<String> path) {
    this.machine = machine;
    this.path = path;
  }

  /** The socket of the last attempt. */
  String socket() {
    return socket;
  }

  /**
   * The last attempt at this request.
   *
   * @param connectMillis for how long a failed attempt is followed by another; 0 for one attempt.
   *     Time on an open connection does not count: who has waited long for a script when the daemon
   *     restarts has as much patience with the restart as anybody else (F33)
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
   * Also where the machine's socket lets nobody in, while the user's own may be about to appear.
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
