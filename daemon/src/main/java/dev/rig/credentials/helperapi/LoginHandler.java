package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.credential.LoginKeeper;
import dev.rig.credentials.credential.SourceException;
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

/**
 * Answers {@code store} and {@code erase}: changes the peer's own logins; of an entry it discards
 * at most the lease.
 */
final class LoginHandler {
  private final Broker broker;
  private final StoredLogins logins;
  private final EraseRemarks remarks;
  private final int ownUid;

  /**
   * Creates the handler.
   *
   * @param ticker detects the erases of one logout
   * @param ownUid the daemon's user, whose logins another credential helper stores
   */
  LoginHandler(Broker broker, StoredLogins logins, Ticker ticker, int ownUid) {
    this.ownUid = ownUid;
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
      var keeper = entry.source().logins();
      if (keeper != null) {
        return passOn(keeper, entry, request.alias(), asked, peer, rights);
      }
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

  /**
   * Passes a login on to another helper. It stores the logins of the daemon's user, which answer
   * every peer that may get the entry; therefore only that user may change them.
   */
  private CompletionStage<RequestResult> passOn(
      LoginKeeper keeper,
      BrokerEntry entry,
      String alias,
      StoreRequest asked,
      Peer peer,
      PeerRights rights) {
    var reference = asked.key().reference();
    var prefix = entry.prefix().toString();
    if (!mayChange(Permission.STORE, alias, reference, entry, peer, rights)) {
      return done(
          new RequestResult(
              Reply.text(
                  1,
                  "%s and answered by %s, whose logins only the daemon's user can change; this login was"
                          .formatted(managed(entry, rights), keeper.name())
                      + " not stored"),
              RequestOutcome.REFUSED,
              prefix));
    }
    remarks.forget(peer.uid(), prefix);
    return keeper
        .store(entry.registryOf(reference), asked.login().credential())
        .thenApply(_ -> {
          broker.forget(reference, alias);
          return new RequestResult(
              Reply.text(0, passedOn(entry, keeper)), RequestOutcome.STORED, prefix);
        })
        .exceptionally(thrown -> failed("stored", prefix, thrown));
  }

  private boolean mayChange(
      Permission permission,
      String alias,
      ImageReference reference,
      BrokerEntry entry,
      Peer peer,
      PeerRights rights) {
    return peer.uid() == ownUid
        && (rights.may(permission, entry.prefix())
            || (alias.isEmpty() && rights.may(permission, reference)));
  }

  private static String passedOn(BrokerEntry entry, LoginKeeper keeper) {
    return "rig-credentials: %s is answered by %s, to which this was passed on"
        .formatted(entry.prefix(), keeper.name());
  }

  /**
   * Answers {@code erase}. An unknown key is not an error: podman accepts any success, and Docker
   * erases four keys per logout.
   */
  CompletionStage<RequestResult> erase(Request request, Peer peer, PeerRights rights)
      throws RefusedRequestException {
    var key = ServerKey.parse(request.payload());
    var reference = key.reference();
    if (!rights.mayWithOwn(Permission.ERASE, reference)) {
      return done(RequestResult.denied(peer.uid(), Action.ERASE, reference.name()));
    }
    if (!request.alias().isEmpty()) {
      return eraseOfEntry(request.alias(), reference, peer, rights);
    }
    return logins
        .erase(peer.uid(), reference)
        .thenCompose(erased ->
            erased
                ? done(
                    new RequestResult(Reply.text(0, ""), RequestOutcome.ERASED, reference.name()))
                : eraseOfEntry("", reference, peer, rights))
        .exceptionally(thrown -> failed("removed", reference.name(), thrown));
  }

  private CompletionStage<RequestResult> eraseOfEntry(
      String alias, ImageReference reference, Peer peer, PeerRights rights) {
    var entry = broker.managing(reference, alias);
    var keeper = entry == null ? null : entry.source().logins();
    if (entry == null
        || keeper == null
        || !mayChange(Permission.ERASE, alias, reference, entry, peer, rights)) {
      return done(reject(alias, reference, peer, rights));
    }
    var prefix = entry.prefix().toString();
    if (!remarks.isFirst(peer.uid(), prefix)) {
      return done(new RequestResult(Reply.text(0, ""), RequestOutcome.UNCHANGED, prefix));
    }
    return keeper
        .erase(entry.registryOf(reference))
        .thenApply(_ -> {
          broker.forget(reference, alias);
          return new RequestResult(
              Reply.text(0, passedOn(entry, keeper)), RequestOutcome.ERASED, prefix);
        })
        .exceptionally(thrown -> failed("removed", prefix, thrown));
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

  /**
   * Returns the message that an entry is configured; its location only for peers that may list it.
   */
  private static String managed(BrokerEntry entry, PeerRights rights) {
    return "rig-credentials: %s is managed by %s"
        .formatted(
            entry.prefix(),
            rights.may(Permission.LIST, entry.prefix())
                ? entry.origin().toString()
                : "this daemon");
  }

  private static RequestResult failed(String done, @Nullable String prefix, Throwable thrown) {
    var cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (!(cause instanceof StoreException) && !(cause instanceof SourceException)) {
      throw thrown instanceof RuntimeException failure ? failure : new CompletionException(thrown);
    }
    return new RequestResult(
        Reply.text(
            1, "rig-credentials: the login could not be " + done + ": " + cause.getMessage()),
        RequestOutcome.FAILED,
        prefix);
  }

  private static CompletionStage<RequestResult> done(RequestResult answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
