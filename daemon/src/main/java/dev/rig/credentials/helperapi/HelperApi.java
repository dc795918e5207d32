package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialLine;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.helperapi.KeyLookup.KeyAnswer;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.request.RequestApi;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.Wire;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Answers the actions of docker-credential-helpers, byte for byte as its Go library does, and the
 * two actions for the command line.
 */
public final class HelperApi implements RequestApi {
  private final Broker broker;
  private final StoredLogins stored;
  private final KeyLookup keys;
  private final LoginHandler logins;
  private final ListHandler listing;
  private final ExplainHandler explanations;
  private final String version;
  private final Supplier<List<ComponentHealth>> health;
  private final ScriptSurroundings scripts;
  private final Supplier<List<String>> files;
  private final Executor listings;

  /**
   * Creates the API of a broker.
   *
   * @param stored the logins that people store
   * @param version the answer to {@code version}, without a program name
   * @param health the components that {@code status} shows
   * @param scripts the environment of scripts, which {@code status} shows
   * @param files the configuration files, which {@code status} shows to peers that may list
   *     everything; others see those of the entries that they may list
   * @param listings runs operations over all entries, which can take long, so that they do not
   *     delay other requests
   * @param time limits a listing, and detects the erases of one logout
   */
  public HelperApi(
      Broker broker,
      StoredLogins stored,
      String version,
      Supplier<List<ComponentHealth>> health,
      ScriptSurroundings scripts,
      Supplier<List<String>> files,
      Executor listings,
      Time time) {
    this.broker = broker;
    this.stored = stored;
    this.keys = new KeyLookup(broker, stored);
    this.logins = new LoginHandler(broker, stored, time.ticker(), scripts.uid());
    this.listing = new ListHandler(broker, keys, stored, time);
    this.explanations = new ExplainHandler(broker, stored);
    this.version = version;
    this.health = health;
    this.scripts = scripts;
    this.files = files;
    this.listings = listings;
  }

  /**
   * Answers any request except {@code kubelet}.
   *
   * @throws IllegalArgumentException for a {@code kubelet} request
   */
  @Override
  public CompletionStage<RequestResult> answer(Request request, Peer peer, PeerRights rights) {
    try {
      return switch (request.action()) {
        case GET, USERPASS -> get(request, ServerKey.parse(request.payload()), peer, rights);
        case STORE -> logins.store(request, peer, rights);
        case ERASE -> logins.erase(request, peer, rights);
        case LIST ->
            CompletableFuture.completedFuture(request.alias())
                .thenComposeAsync(alias -> listing.answer(alias, peer, rights), listings);
        case VERSION -> CompletableFuture.completedFuture(version(peer, rights));
        case EXPLAIN -> explanations.answer(request.payload(), peer, rights);
        case STATUS -> CompletableFuture.supplyAsync(() -> status(peer, rights), listings);
        case KUBELET -> throw new IllegalArgumentException("the kubelet has an API of its own");
      };
    } catch (RefusedRequestException e) {
      return CompletableFuture.completedFuture(
          RequestResult.of(RequestOutcome.REFUSED, Reply.text(1, e.answer())));
    }
  }

  /**
   * Answers "not found" without a matching entry, even to a peer that may get nothing: Docker asks
   * for every registry, and a denial would fail the pull of a public image.
   */
  private CompletionStage<RequestResult> get(
      Request request, ServerKey key, Peer peer, PeerRights rights) {
    Supplier<RequestResult> denied =
        () -> RequestResult.denied(peer.uid(), request.action(), key.reference().name());
    return rights.mayWithOwn(Permission.GET)
        ? keys.find(request.alias(), key, peer, rights, true)
            .thenApply(answer ->
                switch (answer) {
                  case KeyAnswer.StoredLoginAnswer(var login) ->
                      found(request, key, login.credential(), login.name());
                  case KeyAnswer.Denied(var prefix) -> denied.get().about(prefix);
                  case KeyAnswer.Configured(var lookup) -> answer(request, key, lookup);
                })
        : CompletableFuture.completedFuture(denied.get());
  }

  private static RequestResult answer(Request request, ServerKey key, Lookup lookup) {
    return switch (lookup) {
      case Lookup.Found(var prefix, var lease) -> found(request, key, lease.credential(), prefix);
      case Lookup.NotFound(var reason) -> {
        boolean frozen = request.alias().isEmpty() && request.action() == Action.GET;
        yield RequestResult.of(
            RequestOutcome.NOT_FOUND,
            Reply.text(1, frozen ? Wire.NOT_FOUND : "rig-credentials: " + reason));
      }
      case Lookup.Failed failed ->
          new RequestResult(
              Reply.text(1, "rig-credentials: " + failed.sentence()),
              RequestOutcome.FAILED,
              failed.prefix());
    };
  }

  private static RequestResult found(
      Request request, ServerKey key, Credential credential, String prefix) {
    if (request.action() == Action.USERPASS) {
      return userpass(credential, prefix);
    }
    var document =
        JsonWriter.line(
            JsonForm.GO,
            json ->
                json.put("ServerURL", key.text())
                    .put("Username", credential.username())
                    .put("Secret", credential.secret().reveal()));
    return new RequestResult(new Reply(0, document), RequestOutcome.FOUND, prefix);
  }

  private static RequestResult userpass(Credential credential, String prefix) {
    var refusal = CredentialLine.refusal(credential);
    return refusal.isEmpty()
        ? new RequestResult(
            Reply.text(0, CredentialLine.of(credential)), RequestOutcome.FOUND, prefix)
        : new RequestResult(
            Reply.text(
                1,
                "rig-credentials: %s: one line of USERNAME:PASSWORD cannot carry this credential: %s"
                    .formatted(prefix, refusal.get())),
            RequestOutcome.FAILED,
            prefix);
  }

  private RequestResult version(Peer peer, PeerRights rights) {
    return rights.mayWithOwn(Permission.VERSION)
        ? RequestResult.of(
            RequestOutcome.TOLD,
            Reply.text(0, "docker-credential-rig (dev.rig.credentials) " + version))
        : RequestResult.denied(peer.uid(), Action.VERSION, "");
  }

  /**
   * Answers {@code status}. A peer that may list only some registries sees only those, and of the
   * components only whether all are healthy. A peer that may not get an entry's credential sees
   * only the class of a failure.
   */
  private RequestResult status(Peer peer, PeerRights rights) {
    if (!rights.may(Permission.LIST)) {
      return RequestResult.denied(peer.uid(), Action.STATUS, "");
    }
    var states =
        broker.states().stream()
            .filter(state -> rights.may(Permission.LIST, state.entry().prefix()))
            .toList();
    var own =
        stored.of(peer.uid()).stream()
            .filter(login -> rights.mayWithOwn(Permission.LIST, login.reference()))
            .toList();
    var parts =
        rights.mayAll(Permission.LIST)
            ? health.get()
            : health.get().stream()
                .map(part -> new ComponentHealth(part.part(), part.healthy(), List.of(), Map.of()))
                .toList();
    return RequestResult.of(
        RequestOutcome.TOLD,
        new Reply(
            0,
            StatusJson.states(
                states,
                entry -> rights.may(Permission.GET, entry.prefix()),
                own,
                parts,
                scripts,
                version,
                rights.mayAll(Permission.LIST) ? files.get() : StatusJson.files(states))));
  }
}
