package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Holds requests back until there is a handler: the socket is bound before the daemon is whole. */
public final class StartupGate implements RequestHandler {
  private final CompletableFuture<RequestHandler> opened = new CompletableFuture<>();

  /** From now on requests go to the handler, those that waited first. */
  public void open(RequestHandler handler) {
    opened.complete(handler);
  }

  @Override
  public CompletionStage<Reply> handle(Request request, Peer peer) {
    return opened.isDone()
        ? opened.join().handle(request, peer)
        : opened.thenCompose(handler -> handler.handle(request, peer));
  }

  @Override
  public void malformed(Peer peer) {
    var _ = opened.thenAccept(handler -> handler.malformed(peer));
  }
}
