package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.Explanation.Considered;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.store.StoredLogin;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Explains to a peer what answers its request: its own login or a configured entry. Only the peer's
 * own logins are read (T18); an entry is shown only to peers that may list it.
 */
final class ExplainHandler {
  private static final String UNREAD =
      "the stored logins cannot be read now, so yours are not considered; \"rig-credentials"
          + " status\" as root shows why";

  private final Broker broker;
  private final StoredLogins logins;

  /**
   * A login of the peer that was considered.
   *
   * @param answers whether it answers
   */
  record ExplainedLogin(StoredLogin login, int uid, boolean answers, String why) {}

  ExplainHandler(Broker broker, StoredLogins logins) {
    this.broker = broker;
    this.logins = logins;
  }

  CompletionStage<RequestResult> answer(byte[] payload, Peer peer, PeerRights rights)
      throws RefusedRequestException {
    ImageReference reference;
    try {
      reference = ImageReference.ofImage(new String(payload, StandardCharsets.UTF_8).strip());
    } catch (InvalidReferenceException e) {
      throw new RefusedRequestException(
          "rig-credentials: not an image or a registry: " + e.getMessage());
    }
    var entry = broker.managing(reference, "");
    var own = own(reference, peer, rights, entry);
    Predicate<BrokerEntry> shown = one -> mayList(rights, one, reference);
    if (own != null && own.answers()) {
      return CompletableFuture.completedFuture(answeredBy(own, reference, shown));
    }
    Predicate<BrokerEntry> mayGet =
        one -> rights.may(Permission.GET, one.prefix()) || rights.may(Permission.GET, reference);
    boolean may = entry == null ? rights.may(Permission.LIST) : shown.test(entry);
    if (!may) {
      return CompletableFuture.completedFuture(
          RequestResult.denied(peer.uid(), Action.EXPLAIN, reference.name()));
    }
    return broker
        .explain(reference)
        .thenApply(explanation ->
            new RequestResult(
                new Reply(
                    0,
                    StatusJson.explanation(
                        explanation.showing(shown), own, mayGet, logins.areUnread() ? UNREAD : "")),
                RequestOutcome.TOLD,
                entry == null ? null : entry.prefix().toString()));
  }

  private static boolean mayList(PeerRights rights, BrokerEntry entry, ImageReference reference) {
    return rights.may(Permission.LIST, entry.prefix()) || rights.may(Permission.LIST, reference);
  }

  private @Nullable ExplainedLogin own(
      ImageReference reference, Peer peer, PeerRights rights, @Nullable BrokerEntry entry) {
    if (!rights.mayWithOwn(Permission.GET, reference)
        || !rights.mayWithOwn(Permission.LIST, reference)) {
      return null;
    }
    var login = logins.find(peer.uid(), reference);
    if (login == null) {
      return null;
    }
    boolean answers = KeyLookup.wins(login, reference, entry);
    return new ExplainedLogin(login, peer.uid(), answers, why(answers, entry != null));
  }

  private static String why(boolean answers, boolean configured) {
    if (!answers) {
      return "the configured entry comes first";
    }
    return configured ? "your own login, for a longer path" : "your own login";
  }

  /** Answers without running any entry's source, as when a client gets its login. */
  private RequestResult answeredBy(
      ExplainedLogin own, ImageReference reference, Predicate<BrokerEntry> shown) {
    var entries =
        broker.considered(reference).stream()
            .filter(one -> shown.test(one.entry()))
            .map(one ->
                new Considered(
                    one.entry(), false, one.answers() ? "your own login comes first" : one.why()))
            .toList();
    return new RequestResult(
        new Reply(0, StatusJson.explanation(reference.name(), entries, own)),
        RequestOutcome.TOLD,
        own.login().name());
  }
}
