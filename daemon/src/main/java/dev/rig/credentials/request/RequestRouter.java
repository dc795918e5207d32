package dev.rig.credentials.request;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.socket.RequestHandler;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.Wire;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers each request with the rights of its peer, and reports the outcome. */
public final class RequestRouter implements RequestHandler {
  private static final String NO_LIST =
      "; list the registries under credHelpers in the client's configuration (\"rig-credentials"
          + " docker-config --write\"), which it requests one by one, or permit this user fewer in"
          + " daemon.access";

  private final Function<Action, RequestApi> apis;
  private final AccessControl access;
  private final Consumer<AnsweredRequest> observer;
  private final Time time;

  /**
   * Creates a router.
   *
   * @param apis the API for an action
   * @param observer receives every answered request; must not block
   */
  public RequestRouter(
      Function<Action, RequestApi> apis,
      AccessControl access,
      Consumer<AnsweredRequest> observer,
      Time time) {
    this.apis = apis;
    this.access = access;
    this.observer = observer;
    this.time = time;
  }

  @Override
  public CompletionStage<Reply> handle(Request request, Peer peer) {
    long began = time.nanos();
    return access
        .of(peer)
        .thenCompose(rights -> answer(request, peer, rights))
        .thenApply(answer -> bounded(request.action(), answer))
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
    var refusal = rights.refusal();
    return refusal == null
        ? apis.apply(request.action()).answer(request, peer, rights)
        : CompletableFuture.completedFuture(
            RequestResult.of(RequestOutcome.DENIED, Reply.text(1, "rig-credentials: " + refusal)));
  }

  /**
   * Replaces an answer that is too large for clients with an error; all except {@code status} have
   * a limit.
   */
  private static RequestResult bounded(Action action, RequestResult answer) {
    if (action == Action.STATUS || answer.reply().length() <= Wire.ANSWER_LIMIT) {
      return answer;
    }
    return new RequestResult(
        Reply.text(
            1,
            "rig-credentials: the answer is larger than 1 MiB, and clients read no more"
                + (action == Action.LIST ? NO_LIST : "")),
        RequestOutcome.FAILED,
        answer.prefix());
  }

  @Override
  public void malformed(Peer peer) {
    observer.accept(
        new AnsweredRequest("request", null, RequestOutcome.REFUSED, Duration.ZERO, peer));
  }
}
