package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.app.audit.AnsweredRequest;
import dev.rig.credentials.broker.RequestOutcome;
import dev.rig.credentials.broker.RequestResult;
import dev.rig.credentials.helperapi.HelperApi;
import dev.rig.credentials.kubelet.KubeletApi;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.socket.RequestHandler;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Has each request answered with the rights of its peer, and tells how it came out. */
final class RequestRouter implements RequestHandler {
  private final HelperApi helpers;
  private final KubeletApi kubelet;
  private final AccessControl access;
  private final int ownUid;
  private final Executor listings;
  private final Consumer<AnsweredRequest> observer;
  private final Time time;

  /**
   * A handler.
   *
   * @param listings what goes over all entries takes long where there are many: others' gets do not
   *     wait for it
   */
  RequestRouter(
      HelperApi helpers,
      KubeletApi kubelet,
      AccessControl access,
      int ownUid,
      Executor listings,
      Consumer<AnsweredRequest> observer,
      Time time) {
    this.helpers = helpers;
    this.kubelet = kubelet;
    this.access = access;
    this.ownUid = ownUid;
    this.listings = listings;
    this.observer = observer;
    this.time = time;
  }

  @Override
  public CompletionStage<Reply> handle(Request request, Peer peer) {
    long began = time.nanos();
    return access
        .of(peer)
        .thenCompose(rights -> answer(request, peer, rights))
        .whenComplete((answer, failure) ->
            observer.accept(
                new AnsweredRequest(
                    request.action().word(),
                    answer == null ? null : answer.prefix(),
                    answer == null ? RequestOutcome.FAILED : answer.outcome(),
                    Duration.ofNanos(time.nanos() - began),
                    peer)))
        .thenApply(RequestResult::reply);
  }

  private CompletionStage<RequestResult> answer(Request request, Peer peer, PeerRights rights) {
    return switch (request.action()) {
      case KUBELET ->
          kubelet.answer(request.payload(), peer, rights, peer.uid() == 0 || peer.uid() == ownUid);
      case LIST, STATUS ->
          CompletableFuture.supplyAsync(() -> helpers.answer(request, peer, rights), listings)
              .thenCompose(answer -> answer);
      default -> helpers.answer(request, peer, rights);
    };
  }

  @Override
  public void malformed(Peer peer) {
    observer.accept(
        new AnsweredRequest("request", null, RequestOutcome.REFUSED, Duration.ZERO, peer));
  }
}
