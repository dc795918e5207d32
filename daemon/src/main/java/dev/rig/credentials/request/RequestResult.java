package dev.rig.credentials.request;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import org.jspecify.annotations.Nullable;

/**
 * An answer with its outcome.
 *
 * @param reply the client's answer
 * @param prefix its entry or stored login, as a normalised prefix; null if none
 */
public record RequestResult(Reply reply, RequestOutcome outcome, @Nullable String prefix) {
  /** Returns an answer that concerns no particular entry. */
  public static RequestResult of(RequestOutcome outcome, Reply reply) {
    return new RequestResult(reply, outcome, null);
  }

  /**
   * Returns the answer to a request that the access rules deny.
   *
   * @param uid the peer's
   * @param subject the key in normal form; empty if none
   */
  public static RequestResult denied(int uid, Action action, String subject) {
    var line =
        "rig-credentials: denied: uid %s may not %s (see daemon.access)"
            .formatted(
                Integer.toUnsignedString(uid),
                subject.isEmpty()
                    ? "use \"" + action.word() + "\""
                    : action.word() + " " + subject);
    return of(RequestOutcome.DENIED, Reply.text(1, line));
  }

  /** Returns a copy that concerns that entry. */
  public RequestResult about(@Nullable String other) {
    return new RequestResult(reply, outcome, other);
  }
}
