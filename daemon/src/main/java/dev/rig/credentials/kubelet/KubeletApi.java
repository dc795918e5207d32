package dev.rig.credentials.kubelet;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.Broker.Question;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.kubelet.CredentialProviderRequest.MalformedProviderRequestException;
import dev.rig.credentials.kubelet.CredentialProviderResponse.CacheKeyType;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.RequestApi;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers the kubelet's image credential provider protocol, with the lookup that all clients share.
 *
 * <p>A failure is status 1 with one line, which the kubelet logs before it tries its other
 * credentials; it then caches nothing.
 */
public final class KubeletApi implements RequestApi {
  /** Subtracted from the cache duration, because a pull may start at its end. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** The longest cache duration, after which a reload takes effect. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Broker broker;
  private final int ownUid;
  private final Time time;

  /**
   * Creates the API of a broker.
   *
   * @param ownUid the daemon's uid: only this user and root may send service-account tokens
   */
  public KubeletApi(Broker broker, int ownUid, Time time) {
    this.broker = broker;
    this.ownUid = ownUid;
    this.time = time;
  }

  /** Answers a CredentialProviderRequest. */
  @Override
  public CompletionStage<RequestResult> answer(Request asked, Peer peer, PeerRights rights) {
    if (!rights.may(Permission.KUBELET)) {
      return done(RequestResult.denied(peer.uid(), Action.KUBELET, ""));
    }
    try {
      var request = CredentialProviderRequest.parse(asked.payload());
      var reference = ImageReference.ofImage(request.image());
      boolean withToken = !request.serviceAccountToken().isEmpty();
      if (withToken && peer.uid() != 0 && peer.uid() != ownUid) {
        return done(refused("only root and this daemon's own user may send a token"));
      }
      boolean mayAsk = rights.may(Permission.KUBELET, reference);
      var token =
          withToken
              ? TokenClaims.read(request.serviceAccountToken(), request.serviceAccountAnnotations())
              : null;
      var own =
          ask(
              new Question(reference, "", token, true, false),
              peer,
              entry -> mayAsk || rights.may(Permission.KUBELET, entry.prefix()));
      return broker.hasMirror(reference)
          ? ask(
                  new Question(reference, "", token, true, true),
                  peer,
                  entry -> rights.may(Permission.KUBELET, entry.prefix()))
              .thenCombine(own, (mirror, upstream) -> answer(request, reference, mirror, upstream))
          : own.thenApply(answered -> answer(request, reference, answered));
    } catch (MalformedProviderRequestException e) {
      return done(refused(String.valueOf(e.getMessage())));
    } catch (InvalidReferenceException e) {
      return done(refused("the request's image is invalid: " + e.getMessage()));
    }
  }

  private static CompletionStage<RequestResult> done(RequestResult answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static RequestResult denied(Peer peer, ImageReference reference, String prefix) {
    return RequestResult.denied(peer.uid(), Action.KUBELET, reference.name()).about(prefix);
  }

  /**
   * The answer of an entry.
   *
   * @param lookup "not found" if it was denied
   * @param denied the denial; null if it was permitted
   */
  private record KubeletLookup(Lookup lookup, @Nullable RequestResult denied) {}

  private CompletableFuture<KubeletLookup> ask(
      Question question, Peer peer, Predicate<BrokerEntry> may) {
    return broker.answer(
        question,
        entry ->
            entry == null || may.test(entry)
                ? Optional.empty()
                : Optional.of(
                    new KubeletLookup(
                        new Lookup.NotFound("denied"),
                        denied(peer, question.reference(), entry.prefix().toString()))),
        lookup -> new KubeletLookup(lookup, null));
  }

  private RequestResult answer(
      CredentialProviderRequest request, ImageReference reference, KubeletLookup answered) {
    if (answered.denied() != null) {
      return answered.denied();
    }
    return switch (answered.lookup()) {
      case Lookup.NotFound notFound ->
          RequestResult.of(
              RequestOutcome.NOT_FOUND,
              new Reply(0, CredentialProviderResponse.miss(request.apiVersion()).encode()));
      case Lookup.Failed failed ->
          new RequestResult(failure(failed.sentence()), RequestOutcome.FAILED, failed.prefix());
      case Lookup.Found(var prefix, var lease) ->
          lease.credential().isIdentityToken()
              ? new RequestResult(
                  failure(
                      prefix
                          + ": its credential is an identity token, which the kubelet cannot carry;"
                          + " give the entry a user name and a password or an access token"),
                  RequestOutcome.FAILED,
                  prefix)
              : new RequestResult(
                  new Reply(0, found(request, reference, lease).encode()),
                  RequestOutcome.FOUND,
                  prefix);
    };
  }

  /**
   * Answers with the mirror's credential and that of the registry itself, in case the mirror fails.
   * The kubelet tries the longer key first, and passes one credential at a time to the container
   * runtime, which sends it to the host that requires one. An answer that lacks one of the two must
   * not be cached.
   */
  private RequestResult answer(
      CredentialProviderRequest request,
      ImageReference reference,
      KubeletLookup mirror,
      KubeletLookup upstream) {
    var first = usable(mirror);
    var second = usable(upstream);
    if (first == null) {
      boolean silent = mirror.denied() != null || mirror.lookup() instanceof Lookup.NotFound;
      if (silent || second == null) {
        return answer(request, reference, silent ? upstream : mirror);
      }
      return new RequestResult(
          new Reply(0, found(request, reference, second.lease()).notKept().encode()),
          RequestOutcome.FOUND,
          second.prefix());
    }
    var auth = new LinkedHashMap<String, Credential>();
    var host = host(request.image());
    auth.put(imageKey(request.image(), host), first.lease().credential());
    var kept = cacheDuration(first.lease());
    if (second != null) {
      auth.put(host, second.lease().credential());
      var other = cacheDuration(second.lease());
      kept = other.compareTo(kept) < 0 ? other : kept;
    } else if (upstream.lookup() instanceof Lookup.Failed) {
      kept = Duration.ZERO;
    }
    var response =
        new CredentialProviderResponse(request.apiVersion(), CacheKeyType.IMAGE, kept, auth);
    return new RequestResult(new Reply(0, response.encode()), RequestOutcome.FOUND, first.prefix());
  }

  private static Lookup.@Nullable Found usable(KubeletLookup answered) {
    return answered.lookup() instanceof Lookup.Found found
            && !found.lease().credential().isIdentityToken()
        ? found
        : null;
  }

  private static String host(String image) {
    int slash = image.indexOf('/');
    return slash < 0 ? image : image.substring(0, slash);
  }

  /**
   * Answers with a credential. The kubelet reuses a Registry answer for the whole host, and matches
   * a key by host labels and then by a raw string prefix: if images of a host have different
   * entries, only the full image is safe in both respects (kubernetes {@code
   * pkg/credentialprovider/plugin}).
   */
  private CredentialProviderResponse found(
      CredentialProviderRequest request, ImageReference reference, Lease lease) {
    boolean divided = broker.dividesHost(reference.host());
    var host = host(request.image());
    return new CredentialProviderResponse(
        request.apiVersion(),
        divided ? CacheKeyType.IMAGE : CacheKeyType.REGISTRY,
        cacheDuration(lease),
        Map.of(divided ? imageKey(request.image(), host) : host, lease.credential()));
  }

  /**
   * Returns the key that matches exactly this image. The kubelet's keyring removes a leading {@code
   * /v1} or {@code /v2} from a key's path, as the version of the registry's API ({@code
   * BasicDockerKeyring.Add}), so an image whose own path starts that way gets another one.
   */
  private static String imageKey(String image, String host) {
    var path = image.substring(host.length());
    return path.startsWith("/v1/") || path.startsWith("/v2/") ? host + "/v2" + path : image;
  }

  private Duration cacheDuration(Lease lease) {
    var left = lease.remaining(time.now()).minus(MARGIN);
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LONGEST) > 0 ? LONGEST : left;
  }

  private static RequestResult refused(String line) {
    return RequestResult.of(RequestOutcome.REFUSED, failure(line));
  }

  private static Reply failure(String line) {
    return Reply.text(1, "rig-credential-provider: " + line);
  }
}
