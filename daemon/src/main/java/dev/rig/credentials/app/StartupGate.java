package dev.rig.credentials.app;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.socket.RequestHandler;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Holds requests back until the daemon is whole: the socket is bound before its entries are there.
 */
final class StartupGate implements RequestHandler {
  private final RequestHandler handler;
  private final CompletableFuture<Void> opened = new CompletableFuture<>();

  StartupGate(RequestHandler handler) {
    this.handler = handler;
  }

  /** From now on requests go through, those that waited first. */
  void open() {
    opened.complete(null);
  }

  @Override
  public CompletionStage<Reply> handle(Request request, Peer peer) {
    return opened.isDone()
        ? handler.handle(request, peer)
        : opened.thenCompose(nothing -> handler.handle(request, peer));
  }

  @Override
  public void malformed(Peer peer) {
    handler.malformed(peer);
  }
}
