package dev.rig.credentials.app;

import dev.rig.credentials.broker.Answer;
import dev.rig.credentials.broker.Outcome;
import dev.rig.credentials.helperapi.HelperApi;
import dev.rig.credentials.kubelet.KubeletApi;
import dev.rig.credentials.socket.Access;
import dev.rig.credentials.socket.Peer;
import dev.rig.credentials.socket.RequestHandler;
import dev.rig.credentials.socket.Rights;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Has each request answered with the rights of its peer, and tells how it came out. */
final class Requests implements RequestHandler {
  private final HelperApi helpers;
  private final KubeletApi kubelet;
  private final Access access;
  private final int ownUid;
  private final Executor listings;
  private final Consumer<Answered> observer;
  private final Time time;

  /**
   * A handler.
   *
   * @param listings what goes over all entries takes long where there are many: others' gets do not
   *     wait for it
   */
  Requests(
      HelperApi helpers,
      KubeletApi kubelet,
      Access access,
      int ownUid,
      Executor listings,
      Consumer<Answered> observer,
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
                new Answered(
                    request.action().word(),
                    answer == null ? null : answer.prefix(),
                    answer == null ? Outcome.FAILED : answer.outcome(),
                    Duration.ofNanos(time.nanos() - began),
                    peer)))
        .thenApply(Answer::reply);
  }

  private CompletionStage<Answer> answer(Request request, Peer peer, Rights rights) {
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
    observer.accept(new Answered("request", null, Outcome.REFUSED, Duration.ZERO, peer));
  }
}
