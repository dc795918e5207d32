package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code store} and {@code erase}: the peer's own logins; an entry's lease at most is dropped. */
final class LoginHandler {
  private final Broker broker;
  private final StoredLogins logins;
  private final EraseRemarks remarks;

  /**
   * A handler.
   *
   * @param ticker tells which erases belong to one logout
   */
  LoginHandler(Broker broker, StoredLogins logins, Ticker ticker) {
    this.broker = broker;
    this.logins = logins;
    this.remarks = new EraseRemarks(ticker);
  }

  CompletionStage<RequestResult> store(Request request, Peer peer, PeerRights rights)
      throws RefusedRequestException {
    var asked = StoreRequest.parse(request.payload());
    var reference = asked.key().reference();
    if (!rights.mayWithOwn(Permission.STORE, reference)) {
      return done(RequestResult.denied(peer.uid(), Action.STORE, reference.name()));
    }
    var entry = broker.managing(reference, request.alias());
    var login = asked.login();
    if (entry != null && (!request.alias().isEmpty() || !KeyLookup.wins(login, reference, entry))) {
      return done(
          new RequestResult(
              Reply.text(0, managed(entry, rights) + "; this login was not stored"),
              RequestOutcome.UNCHANGED,
              entry.prefix().toString()));
    }
    return logins
        .store(peer.uid(), login)
        .thenApply(
            nothing -> new RequestResult(Reply.text(0, ""), RequestOutcome.STORED, login.name()))
        .exceptionally(thrown -> failed("stored", login.name(), thrown));
  }

  /** An unknown key is no error: podman takes any for one, Docker erases four keys at a logout. */
  CompletionStage<RequestResult> erase(Request request, Peer peer, PeerRights rights)
      throws RefusedRequestException {
    var key = ServerKey.parse(request.payload());
    var reference = key.reference();
    if (!rights.mayWithOwn(Permission.ERASE, reference)) {
      return done(RequestResult.denied(peer.uid(), Action.ERASE, reference.name()));
    }
    if (!request.alias().isEmpty()) {
      return done(reject(request.alias(), reference, peer, rights));
    }
    return logins
        .erase(peer.uid(), reference)
        .thenApply(erased ->
            erased
                ? new RequestResult(Reply.text(0, ""), RequestOutcome.ERASED, reference.name())
                : reject("", reference, peer, rights))
        .exceptionally(thrown -> failed("removed", reference.name(), thrown));
  }

  private RequestResult reject(
      String alias, ImageReference reference, Peer peer, PeerRights rights) {
    var entry = broker.managing(reference, alias);
    if (entry == null) {
      return RequestResult.of(RequestOutcome.UNCHANGED, Reply.text(0, ""));
    }
    boolean may =
        rights.may(Permission.ERASE, entry.prefix())
            || (alias.isEmpty() && rights.may(Permission.ERASE, reference));
    boolean dropped = may && broker.reject(reference, alias);
    var prefix = entry.prefix().toString();
    var next = dropped && !entry.isStatic() ? "; its credential is fetched again" : "";
    var remark = managed(entry, rights) + " and stays" + next;
    return new RequestResult(
        Reply.text(0, remarks.isFirst(peer.uid(), prefix) ? remark : ""),
        dropped ? RequestOutcome.ERASED : RequestOutcome.UNCHANGED,
        prefix);
  }

  /** Where an entry stands is for those who may list it. */
  private static String managed(BrokerEntry entry, PeerRights rights) {
    return "rig-credentials: %s is managed by %s"
        .formatted(
            entry.prefix(),
            rights.may(Permission.LIST, entry.prefix()) ? entry.origin() : "this daemon");
  }

  private static RequestResult failed(String done, @Nullable String prefix, Throwable thrown) {
    var cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (!(cause instanceof StoreException known)) {
      throw thrown instanceof RuntimeException failure ? failure : new CompletionException(thrown);
    }
    return new RequestResult(
        Reply.text(
            1, "rig-credentials: the login could not be " + done + ": " + known.getMessage()),
        RequestOutcome.FAILED,
        prefix);
  }

  private static CompletionStage<RequestResult> done(RequestResult answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
