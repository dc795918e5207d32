package dev.rig.credentials.socket;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Holds requests until there is a handler: the socket is bound before the daemon is ready. */
public final class StartupGate implements RequestHandler {
  private final CompletableFuture<RequestHandler> opened = new CompletableFuture<>();

  /** Passes waiting and later requests to the handler. */
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
