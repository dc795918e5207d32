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
   * thread. A stage that fails, and an exception, are logged and answered with status 1 and words
   * that tell nothing of it.
   */
  CompletionStage<Reply> handle(Request request, Peer peer);

  /**
   * Hears that a peer has sent something that is no request, and was told so. Called on the
   * socket's only thread: it must not block.
   */
  default void malformed(Peer peer) {}
}
