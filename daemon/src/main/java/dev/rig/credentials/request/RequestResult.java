package dev.rig.credentials.request;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import org.jspecify.annotations.Nullable;

/**
 * An answer with what is worth knowing of it.
 *
 * @param reply what the client gets
 * @param prefix the entry or stored login that it is about, as a normalised prefix; null for none
 */
public record RequestResult(Reply reply, RequestOutcome outcome, @Nullable String prefix) {
  /** An answer that is about no entry in particular. */
  public static RequestResult of(RequestOutcome outcome, Reply reply) {
    return new RequestResult(reply, outcome, null);
  }

  /**
   * The answer to a peer whom the access rules do not let.
   *
   * @param uid the peer's
   * @param subject what it asked for, in normal form; empty for nothing in particular
   */
  public static RequestResult denied(int uid, Action action, String subject) {
    var line =
        "rig-credentials: denied: uid %s may not %s (see daemon.access)"
            .formatted(
                Integer.toUnsignedString(uid),
                subject.isEmpty() ? action.word() : action.word() + " " + subject);
    return of(RequestOutcome.DENIED, Reply.text(1, line));
  }

  /** The same about that entry. */
  public RequestResult about(@Nullable String other) {
    return new RequestResult(reply, outcome, other);
  }
}
