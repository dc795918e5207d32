package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.concurrent.ConcurrencyLimit;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.helperapi.KeyLookup.KeyAnswer;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * Answers {@code list}: for every key that clients can ask for, the user name that {@code get}
 * answers. It is found in the same way as by {@code get}, so that the two agree. A key whose entry
 * fails is left out, because Docker calls {@code get} for every listed key, and one failure drops
 * all.
 */
final class ListHandler {
  /** Docker Hub in its normal form. */
  private static final String HUB = "index.docker.io";

  /** Docker's key for Docker Hub; docker/cli {@code cli/config}. */
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  /** How long a listing waits for all scripts together. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How often a listing that a reload interrupts is started again. */
  private static final int MOST_RETRIES = 3;

  /** How many scripts a listing runs at a time. */
  private static final int MOST_AT_ONCE = 16;

  private final Broker broker;
  private final KeyLookup lookup;
  private final StoredLogins stored;
  private final Time time;

  ListHandler(Broker broker, KeyLookup lookup, StoredLogins stored, Time time) {
    this.broker = broker;
    this.lookup = lookup;
    this.stored = stored;
    this.time = time;
  }

  /**
   * Returns the answer, within {@link #PATIENCE}. All of its user names are of one configuration.
   *
   * @param alias lists only the keys of the entry with that alias; empty for all
   */
  CompletableFuture<RequestResult> answer(String alias, Peer peer, PeerRights rights) {
    if (!rights.mayWithOwn(Permission.LIST)) {
      return CompletableFuture.completedFuture(RequestResult.denied(peer.uid(), Action.LIST, ""));
    }
    return answer(alias, peer, rights, time.ticker().nanos() + PATIENCE.toNanos(), 0);
  }

  private CompletableFuture<RequestResult> answer(
      String alias, Peer peer, PeerRights rights, long end, int retries) {
    var generation = broker.generation();
    var names = new ConcurrentSkipListMap<String, String>(); // Go writes a map in this order
    if (alias.isEmpty()) {
      addOwn(peer, rights, names);
    }
    var limit = new ConcurrencyLimit(MOST_AT_ONCE);
    var asked = new ArrayList<CompletableFuture<KeyAnswer>>();
    var found = new ArrayList<CompletableFuture<Void>>();
    for (var key : keys(alias)) {
      var entry = broker.managing(key.reference(), alias);
      if (entry != null && rights.may(Permission.LIST, entry.prefix())) {
        Supplier<CompletableFuture<KeyAnswer>> ask =
            () -> lookup.find(alias, key, peer, rights, false);
        // A script that must be started waits for its turn; if cancelled before, it never runs.
        var answer = broker.needsRun(key.reference(), alias) ? limit.take(ask) : ask.get();
        asked.add(answer);
        found.add(
            answer
                .thenApply(ListHandler::username)
                .exceptionally(late -> lastUsername(key.reference(), alias))
                .thenAccept(name -> name.ifPresent(known -> names.put(key.text(), known))));
      }
    }
    var late =
        time.scheduler()
            .schedule(
                Duration.ofNanos(Math.max(0, end - time.ticker().nanos())),
                () -> asked.reversed().forEach(one -> one.cancel(false)));
    return CompletableFuture.allOf(found.toArray(CompletableFuture[]::new))
        .thenCompose(nothing -> {
          late.cancel();
          return generation.equals(broker.generation()) || retries == MOST_RETRIES
              ? CompletableFuture.completedFuture(
                  RequestResult.of(RequestOutcome.LISTED, new Reply(0, document(names))))
              : answer(alias, peer, rights, end, retries + 1);
        });
  }

  /** Adds the peer's own logins that have precedence. */
  private void addOwn(Peer peer, PeerRights rights, Map<String, String> names) {
    for (var login : stored.of(peer.uid())) {
      var reference = login.reference();
      if (KeyLookup.wins(login, reference, broker.managing(reference, ""))
          && rights.mayWithOwn(Permission.LIST, reference)
          && rights.mayWithOwn(Permission.GET, reference)) {
        names.put(login.key(), login.credential().username());
      }
    }
  }

  private List<ServerKey> keys(String alias) {
    var keys = new ArrayList<ServerKey>();
    for (var registry : broker.registries(alias)) {
      try {
        keys.add(ServerKey.of(registry.equals(HUB) ? HUB_KEY : registry));
      } catch (RefusedRequestException e) {
        throw new IllegalStateException("a registry in normal form is a key", e);
      }
    }
    return keys;
  }

  private static Optional<String> username(KeyAnswer answer) {
    return switch (answer) {
      case KeyAnswer.StoredLoginAnswer(var login) -> Optional.of(login.credential().username());
      case KeyAnswer.Configured(Lookup.Found(var prefix, var lease)) ->
          Optional.of(lease.credential().username());
      default -> Optional.empty();
    };
  }

  /**
   * Returns the last user name of a script that takes too long, unless the script has failed since.
   */
  private Optional<String> lastUsername(ImageReference reference, String alias) {
    var state = broker.state(reference, alias);
    return state == null || state.last() == null || state.failure() != null
        ? Optional.empty()
        : Optional.of(state.last().credential().username());
  }

  private static byte[] document(Map<String, String> names) {
    return JsonWriter.line(JsonForm.GO, json -> names.forEach(json::put));
  }
}
