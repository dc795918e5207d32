package dev.rig.credentials.kubelet;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.kubelet.CredentialProviderRequest.MalformedRequestException;
import dev.rig.credentials.kubelet.CredentialProviderResponse.CacheKeyType;
import dev.rig.credentials.time.Time;
import dev.rig.credentials.wire.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers the kubelet's image credential provider protocol from the same lookup as everybody's.
 *
 * <p>A failure is status 1 with one line, which the kubelet logs before it goes on with its other
 * credentials; it caches nothing then.
 */
public final class KubeletApi {
  /** What the kubelet has to stay short of: a pull may begin at the end of its cache. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** The longest time that the kubelet may keep an answer: a reload is seen that soon. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Broker broker;
  private final Time time;

  public KubeletApi(Broker broker, Time time) {
    this.broker = broker;
    this.time = time;
  }

  /** Answers a CredentialProviderRequest; never fails and never blocks. */
  public CompletionStage<Reply> answer(byte[] payload) {
    CredentialProviderRequest request;
    ImageReference reference;
    try {
      request = CredentialProviderRequest.parse(payload);
      reference = ImageReference.ofImage(request.image());
    } catch (MalformedRequestException e) {
      return CompletableFuture.completedFuture(failure(String.valueOf(e.getMessage())));
    } catch (InvalidReferenceException e) {
      return CompletableFuture.completedFuture(
          failure("the request's image is not one: " + e.getMessage()));
    }
    return broker.lookup(reference).thenApply(lookup -> reply(request, reference, lookup));
  }

  private Reply reply(CredentialProviderRequest request, ImageReference reference, Lookup lookup) {
    return switch (lookup) {
      case Lookup.NotFound notFound ->
          new Reply(0, CredentialProviderResponse.miss(request.apiVersion()).encode());
      case Lookup.Failed(var prefix, var reason, var nextAttempt) ->
          failure("%s: %s; next attempt %s".formatted(prefix, reason, nextAttempt));
      case Lookup.Found(var prefix, var lease) ->
          lease.credential().isIdentityToken()
              ? failure(
                  prefix
                      + ": its credential is an identity token, which the kubelet cannot carry;"
                      + " give the entry a user name and a password or an access token")
              : new Reply(0, found(request, reference, lease).encode());
    };
  }

  /**
   * The kubelet reuses a Registry answer for the whole host, and matches a key by host labels and
   * then by a raw string prefix: where a host is divided only the full image is safe on both counts
   * (kubernetes {@code pkg/credentialprovider/plugin}).
   */
  private CredentialProviderResponse found(
      CredentialProviderRequest request, ImageReference reference, Lease lease) {
    boolean divided = broker.dividesHost(reference.host());
    int slash = request.image().indexOf('/');
    var host = slash < 0 ? request.image() : request.image().substring(0, slash);
    return new CredentialProviderResponse(
        request.apiVersion(),
        divided ? CacheKeyType.IMAGE : CacheKeyType.REGISTRY,
        cacheDuration(lease),
        divided ? request.image() : host,
        lease.credential());
  }

  private Duration cacheDuration(Lease lease) {
    var left = lease.remaining(time.now()).minus(MARGIN);
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LONGEST) > 0 ? LONGEST : left;
  }

  private static Reply failure(String line) {
    return Reply.text(1, "rig-credential-provider: " + line);
  }
}
