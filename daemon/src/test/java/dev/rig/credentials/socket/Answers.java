package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A handler that echoes a {@code get}, delays a {@code kubelet}, and fails a {@code store}. */
final class Answers implements RequestHandler {
  private final Queue<CompletableFuture<Reply>> waiting = new ArrayDeque<>();
  private volatile Peer lastPeer = new Peer(0, 0, 0);

  @Override
  public CompletionStage<Reply> handle(Request request, Peer peer) {
    lastPeer = peer;
    return switch (request.action()) {
      case GET -> CompletableFuture.completedFuture(new Reply(0, request.payload()));
      case LIST -> CompletableFuture.completedFuture(new Reply(0, new byte[4 * 1024 * 1024]));
      case KUBELET -> keep();
      case STORE -> throw new IllegalStateException("expected by the test");
      case ERASE -> CompletableFuture.failedFuture(new IllegalStateException("expected as well"));
      default -> CompletableFuture.completedFuture(Reply.text(0, Action.VERSION.word()));
    };
  }

  private synchronized CompletionStage<Reply> keep() {
    var future = new CompletableFuture<Reply>();
    waiting.add(future);
    return future;
  }

  synchronized int waiting() {
    return waiting.size();
  }

  /** Answers the oldest {@code kubelet}, on the calling thread. */
  void release(Reply reply) {
    CompletableFuture<Reply> future;
    synchronized (this) {
      future = waiting.remove();
    }
    future.complete(reply);
  }

  Peer lastPeer() {
    return lastPeer;
  }
}
