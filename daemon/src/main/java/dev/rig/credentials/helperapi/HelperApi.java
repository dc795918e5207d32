package dev.rig.credentials.helperapi;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.problem.PartHealth;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
  private final String version;
  private final Supplier<List<PartHealth>> health;

  /**
   * The api of a broker.
   *
   * @param version what {@code version} answers, without a program name
   */
  public HelperApi(Broker broker, String version) {
    this(broker, version, List::of);
  }

  /**
   * The api of a broker.
   *
   * @param version what {@code version} answers, without a program name
   * @param health what {@code status} tells of the daemon's parts
   */
  public HelperApi(Broker broker, String version, Supplier<List<PartHealth>> health) {
    this.broker = broker;
    this.version = version;
    this.health = health;
  }

  /**
   * Answers a request; never fails and never blocks.
   *
   * @param request any but a {@code kubelet} one
   * @throws IllegalArgumentException for a {@code kubelet} request
   */
  public CompletionStage<Reply> answer(Request request) {
    try {
      return switch (request.action()) {
        case GET -> get(request.alias(), ServerKey.parse(request.payload()));
        case STORE -> done(store(request.alias(), StoreRequest.parse(request.payload())));
        case ERASE -> done(erase(request.alias(), ServerKey.parse(request.payload())));
        case LIST -> done(list());
        case VERSION ->
            done(Reply.text(0, "docker-credential-rig (dev.rig.credentials) " + version));
        case EXPLAIN -> explain(request.payload());
        case STATUS -> done(new Reply(0, StateJson.states(broker.states(), health.get())));
        case KUBELET -> throw new IllegalArgumentException("the kubelet has an api of its own");
      };
    } catch (RefusedException e) {
      return done(Reply.text(1, e.answer()));
    }
  }

  private static CompletionStage<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }

  private CompletionStage<Reply> get(String alias, ServerKey key) {
    var lookup =
        alias.isEmpty()
            ? broker.lookup(key.reference())
            : broker.lookupAlias(alias, key.reference());
    return lookup.thenApply(answer -> reply(alias, key, answer));
  }

  private static Reply reply(String alias, ServerKey key, Lookup lookup) {
    return switch (lookup) {
      case Lookup.Found(var prefix, var lease) -> new Reply(0, credential(key.text(), lease));
      case Lookup.NotFound(var reason) ->
          Reply.text(1, alias.isEmpty() ? Wire.NOT_FOUND : "rig-credentials: " + reason);
      case Lookup.Failed failed -> Reply.text(1, "rig-credentials: " + failed.sentence());
    };
  }

  private static byte[] credential(String server, Lease lease) {
    return GoJson.line(json -> {
      json.writeStartObject();
      json.writeStringField("ServerURL", server);
      json.writeStringField("Username", lease.credential().username());
      json.writeStringField("Secret", lease.credential().secret().reveal());
      json.writeEndObject();
    });
  }

  private Reply store(String alias, StoreRequest request) {
    var entry = broker.managing(request.key().reference(), alias);
    if (entry == null) {
      return Reply.text(
          1,
          "rig-credentials: this daemon keeps no logins; add the registry to rig.dockerRegistries");
    }
    return Reply.text(
        0,
        "rig-credentials: %s is managed by %s; this login was not stored"
            .formatted(entry.prefix(), entry.origin()));
  }

  /** An unknown key is no error: podman takes any for one, Docker erases four keys at a logout. */
  private Reply erase(String alias, ServerKey key) {
    var entry = broker.managing(key.reference(), alias);
    if (entry == null) {
      return Reply.text(0, "");
    }
    boolean dropped = broker.reject(key.reference(), alias);
    return Reply.text(
        0,
        "rig-credentials: %s is managed by %s and stays%s"
            .formatted(
                entry.prefix(), entry.origin(), dropped ? "; its credential is fetched anew" : ""));
  }

  private Reply list() {
    var accounts = new TreeMap<String, String>(); // Go writes a map in the order of its keys
    broker.eachAnswerable((entry, lease) -> {
      var prefix = entry.prefix().toString();
      boolean hub = prefix.equals("index.docker.io");
      accounts.put(hub ? HUB_KEY : prefix, lease.credential().username());
    });
    return new Reply(
        0,
        GoJson.line(json -> {
          json.writeStartObject();
          for (var account : accounts.entrySet()) {
            json.writeStringField(account.getKey(), account.getValue());
          }
          json.writeEndObject();
        }));
  }

  private CompletionStage<Reply> explain(byte[] payload) throws RefusedException {
    ImageReference reference;
    try {
      reference = ImageReference.ofImage(new String(payload, StandardCharsets.UTF_8).strip());
    } catch (InvalidReferenceException e) {
      throw new RefusedException("rig-credentials: not an image or a registry: " + e.getMessage());
    }
    return broker
        .explain(reference)
        .thenApply(explanation -> new Reply(0, StateJson.explanation(explanation)));
  }
}
