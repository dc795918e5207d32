package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.RequestOutcome;
import dev.rig.credentials.broker.RequestResult;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.Wire;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Answers the actions of docker-credential-helpers, byte for byte as its Go library writes them,
 * and the two that the command line adds.
 */
public final class HelperApi {
  /** The key under which Docker looks for its Hub; docker/cli {@code cli/config}. */
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  private final Broker broker;
  private final UserLoginLookup logins;
  private final ExplainHandler explanations;
  private final String version;
  private final Supplier<List<ComponentHealth>> health;
  private final String scriptPath;
  private final EraseRemarks remarks;

  /**
   * The api of a broker.
   *
   * @param logins those that people store
   * @param version what {@code version} answers, without a program name
   * @param health what {@code status} tells of the daemon's parts
   * @param scriptPath the {@code PATH} of scripts that set none; {@code status} tells it
   * @param ticker tells which erases belong to one logout
   */
  public HelperApi(
      Broker broker,
      StoredLogins logins,
      String version,
      Supplier<List<ComponentHealth>> health,
      String scriptPath,
      Ticker ticker) {
    this.broker = broker;
    this.logins = new UserLoginLookup(logins);
    this.explanations = new ExplainHandler(broker, this.logins);
    this.version = version;
    this.health = health;
    this.scriptPath = scriptPath;
    this.remarks = new EraseRemarks(ticker);
  }

  /**
   * Answers a request; never fails and never blocks.
   *
   * @param request any but a {@code kubelet} one
   * @param peer who asks
   * @param rights what the peer may do
   * @throws IllegalArgumentException for a {@code kubelet} request
   */
  public CompletionStage<RequestResult> answer(Request request, Peer peer, PeerRights rights) {
    try {
      return switch (request.action()) {
        case GET -> get(request.alias(), ServerKey.parse(request.payload()), peer, rights);
        case STORE -> store(request, peer, rights);
        case ERASE -> erase(request, peer, rights);
        case LIST -> done(list(peer, rights));
        case VERSION -> done(version(peer, rights));
        case EXPLAIN -> explanations.answer(request.payload(), peer, rights);
        case STATUS -> done(status(peer, rights));
        case KUBELET -> throw new IllegalArgumentException("the kubelet has an api of its own");
      };
    } catch (RefusedRequestException e) {
      return done(RequestResult.of(RequestOutcome.REFUSED, Reply.text(1, e.answer())));
    }
  }

  private static CompletionStage<RequestResult> done(RequestResult answer) {
    return CompletableFuture.completedFuture(answer);
  }

  /**
   * What no entry answers is not found, also for a peer that may get nothing of this daemon's:
   * Docker asks for every registry, and a denial would end the pull of a public image.
   */
  private CompletionStage<RequestResult> get(
      String alias, ServerKey key, Peer peer, PeerRights rights) {
    var reference = key.reference();
    if (!rights.mayWithOwn(Permission.GET)) {
      return done(RequestResult.denied(peer.uid(), Action.GET, reference.name()));
    }
    var entry = broker.managing(reference, alias);
    var login =
        alias.isEmpty() && rights.mayWithOwn(Permission.GET, reference)
            ? logins.answering(peer, key, entry)
            : null;
    if (login != null) {
      var own = new Reply(0, credential(key.text(), login.credential()));
      return done(new RequestResult(own, RequestOutcome.FOUND, login.name()));
    }
    if (entry != null && !may(rights, Permission.GET, entry.prefix(), alias, reference)) {
      return done(denied(peer, reference, entry.prefix().toString()));
    }
    var checked = entry == null ? "" : entry.prefix().toString();
    var lookup = alias.isEmpty() ? broker.lookup(reference) : broker.lookupAlias(alias, reference);
    return lookup.thenApply(answer ->
        answer instanceof Lookup.Found found
                && !found.prefix().equals(checked)
                && !mayStill(rights, found.prefix(), alias, reference)
            ? denied(peer, reference, found.prefix())
            : answer(alias, key, answer));
  }

  private static RequestResult denied(Peer peer, ImageReference reference, String prefix) {
    return RequestResult.denied(peer.uid(), Action.GET, reference.name()).about(prefix);
  }

  /** Of an entry that a reload has put in the place of the one that was looked at. */
  private static boolean mayStill(
      PeerRights rights, String prefix, String alias, ImageReference reference) {
    try {
      return may(rights, Permission.GET, RegistryPrefix.parse(prefix), alias, reference);
    } catch (InvalidReferenceException e) {
      return false;
    }
  }

  /**
   * Whether a rule covers what was asked for, or the entry that answers. An alias gets its entry
   * whatever is asked for, so that for it the entry alone counts.
   */
  private static boolean may(
      PeerRights rights,
      Permission what,
      RegistryPrefix prefix,
      String alias,
      ImageReference reference) {
    return rights.may(what, prefix) || (alias.isEmpty() && rights.may(what, reference));
  }

  private static RequestResult answer(String alias, ServerKey key, Lookup lookup) {
    return switch (lookup) {
      case Lookup.Found(var prefix, var lease) ->
          new RequestResult(
              new Reply(0, credential(key.text(), lease.credential())),
              RequestOutcome.FOUND,
              prefix);
      case Lookup.NotFound(var reason) ->
          RequestResult.of(
              RequestOutcome.NOT_FOUND,
              Reply.text(1, alias.isEmpty() ? Wire.NOT_FOUND : "rig-credentials: " + reason));
      case Lookup.Failed failed ->
          new RequestResult(
              Reply.text(1, "rig-credentials: " + failed.sentence()),
              RequestOutcome.FAILED,
              failed.prefix());
    };
  }

  private static byte[] credential(String server, Credential credential) {
    return GoJson.line(json -> {
      json.writeStartObject();
      json.writeStringField("ServerURL", server);
      json.writeStringField("Username", credential.username());
      json.writeStringField("Secret", credential.secret().reveal());
      json.writeEndObject();
    });
  }

  private CompletionStage<RequestResult> store(Request request, Peer peer, PeerRights rights)
      throws RefusedRequestException {
    var asked = StoreRequest.parse(request.payload());
    var reference = asked.key().reference();
    if (!rights.mayWithOwn(Permission.STORE, reference)) {
      return done(RequestResult.denied(peer.uid(), Action.STORE, reference.name()));
    }
    var entry = broker.managing(reference, request.alias());
    var login = asked.login();
    if (entry != null
        && (!request.alias().isEmpty() || !UserLoginLookup.wins(login, reference, entry))) {
      return done(unchanged(entry, managed(entry, rights) + "; this login was not stored"));
    }
    return logins.store(peer, login);
  }

  /** An unknown key is no error: podman takes any for one, Docker erases four keys at a logout. */
  private CompletionStage<RequestResult> erase(Request request, Peer peer, PeerRights rights)
      throws RefusedRequestException {
    var key = ServerKey.parse(request.payload());
    if (!rights.mayWithOwn(Permission.ERASE, key.reference())) {
      return done(RequestResult.denied(peer.uid(), Action.ERASE, key.reference().name()));
    }
    if (!request.alias().isEmpty()) {
      return done(reject(request.alias(), key.reference(), peer, rights));
    }
    return logins.erase(peer, key, () -> reject("", key.reference(), peer, rights));
  }

  private RequestResult reject(
      String alias, ImageReference reference, Peer peer, PeerRights rights) {
    var entry = broker.managing(reference, alias);
    if (entry == null) {
      return RequestResult.of(RequestOutcome.UNCHANGED, Reply.text(0, ""));
    }
    boolean dropped =
        may(rights, Permission.ERASE, entry.prefix(), alias, reference)
            && broker.reject(reference, alias);
    var prefix = entry.prefix().toString();
    var next = dropped && !entry.isStatic() ? "; its credential is fetched again" : "";
    var remark = managed(entry, rights) + " and stays" + next;
    return new RequestResult(
        Reply.text(0, remarks.isFirst(peer.uid(), prefix) ? remark : ""),
        dropped ? RequestOutcome.ERASED : RequestOutcome.UNCHANGED,
        prefix);
  }

  private static RequestResult unchanged(BrokerEntry entry, String line) {
    return new RequestResult(
        Reply.text(0, line), RequestOutcome.UNCHANGED, entry.prefix().toString());
  }

  /** Where an entry stands is for those who may list it. */
  private static String managed(BrokerEntry entry, PeerRights rights) {
    return "rig-credentials: %s is managed by %s"
        .formatted(
            entry.prefix(),
            rights.may(Permission.LIST, entry.prefix()) ? entry.origin() : "this daemon");
  }

  /** Docker gets everything that is listed, and one failure drops all: none may be denied. */
  private RequestResult list(Peer peer, PeerRights rights) {
    if (!rights.mayWithOwn(Permission.LIST)) {
      return RequestResult.denied(peer.uid(), Action.LIST, "");
    }
    var accounts = new TreeMap<String, String>(); // Go writes a map in the order of its keys
    logins.each(
        peer,
        login -> {
          var reference = login.reference();
          if (UserLoginLookup.wins(login, reference, broker.managing(reference, ""))
              && rights.mayWithOwn(Permission.LIST, reference)
              && rights.mayWithOwn(Permission.GET, reference)) {
            accounts.put(login.key(), login.credential().username());
          }
        });
    broker.eachAnswerable((entry, lease) -> {
      if (rights.may(Permission.LIST, entry.prefix())
          && rights.may(Permission.GET, entry.prefix())) {
        var prefix = entry.prefix().toString();
        boolean hub = prefix.equals("index.docker.io");
        accounts.put(hub ? HUB_KEY : prefix, lease.credential().username());
      }
    });
    return RequestResult.of(
        RequestOutcome.LISTED,
        new Reply(
            0,
            GoJson.line(json -> {
              json.writeStartObject();
              for (var account : accounts.entrySet()) {
                json.writeStringField(account.getKey(), account.getValue());
              }
              json.writeEndObject();
            })));
  }

  private RequestResult version(Peer peer, PeerRights rights) {
    return rights.mayWithOwn(Permission.VERSION)
        ? RequestResult.of(
            RequestOutcome.TOLD,
            Reply.text(0, "docker-credential-rig (dev.rig.credentials) " + version))
        : RequestResult.denied(peer.uid(), Action.VERSION, "");
  }

  /**
   * Who may list some registries only sees those, and of the daemon's parts whether all is well.
   */
  private RequestResult status(Peer peer, PeerRights rights) {
    if (!rights.may(Permission.LIST)) {
      return RequestResult.denied(peer.uid(), Action.STATUS, "");
    }
    var states =
        broker.states().stream()
            .filter(state -> rights.may(Permission.LIST, state.entry().prefix()))
            .toList();
    var parts =
        rights.mayAll(Permission.LIST)
            ? health.get()
            : health.get().stream()
                .map(part -> new ComponentHealth(part.part(), part.healthy(), List.of(), Map.of()))
                .toList();
    return RequestResult.of(
        RequestOutcome.TOLD, new Reply(0, StatusJson.states(states, parts, scriptPath)));
  }
}
