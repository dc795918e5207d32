package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.concurrent.CompletionStage;

/** Answers requests. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers one complete request.
   *
   * <p>Called on the socket's only thread: it must not block. The stage may complete later, on any
   * thread. A failed stage or an exception is logged, and the client gets status 1 and a text
   * without details.
   */
  CompletionStage<Reply> handle(Request request, Peer peer);

  /**
   * Reports that a peer has sent an invalid request, which was answered with an error. Called on
   * the socket's only thread: it must not block.
   */
  default void malformed(Peer peer) {}
}
