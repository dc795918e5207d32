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

  /**
   * Answers a CredentialProviderRequest; never fails and never blocks.
   *
   * @param trusted whether the asker is believed when it says whose service-account token it brings
   */
  public CompletionStage<Reply> answer(byte[] payload, boolean trusted) {
    CredentialProviderRequest request;
    ImageReference reference;
    try {
      request = CredentialProviderRequest.parse(payload);
      reference = ImageReference.ofImage(request.image());
      if (request.serviceAccountToken().isEmpty()) {
        return broker.lookup(reference).thenApply(lookup -> reply(request, reference, lookup));
      }
      if (!trusted) {
        return done(failure("only root and this daemon's own user may bring a token"));
      }
      var token =
          TokenClaims.read(request.serviceAccountToken(), request.serviceAccountAnnotations());
      return broker.lookup(reference, token).thenApply(lookup -> reply(request, reference, lookup));
    } catch (MalformedRequestException e) {
      return done(failure(String.valueOf(e.getMessage())));
    } catch (InvalidReferenceException e) {
      return done(failure("the request's image is not one: " + e.getMessage()));
    }
  }

  private static CompletionStage<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }

  private Reply reply(CredentialProviderRequest request, ImageReference reference, Lookup lookup) {
    return switch (lookup) {
      case Lookup.NotFound notFound ->
          new Reply(0, CredentialProviderResponse.miss(request.apiVersion()).encode());
      case Lookup.Failed failed -> failure(failed.sentence());
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
        divided ? imageKey(request.image(), host) : host,
        lease.credential());
  }

  /**
   * The key that matches exactly this image. The kubelet's keyring takes a leading {@code /v1} or
   * {@code /v2} off a key's path, as if it were the registry's API ({@code
   * BasicDockerKeyring.Add}), so an image whose own path begins that way gets one more.
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

  private static Reply failure(String line) {
    return Reply.text(1, "rig-credential-provider: " + line);
  }
}
