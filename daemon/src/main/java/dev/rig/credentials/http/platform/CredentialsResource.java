package dev.rig.credentials.http.platform;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code /v1/credentials}: returns the credential of an image, and accepts rejections. */
final class CredentialsResource implements ApiResource {
  /** How long a request waits for a script; the script continues for the next request. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration SOON = Duration.ofSeconds(5);

  private final Broker broker;
  private final Time time;

  CredentialsResource(Broker broker, Time time) {
    this.broker = broker;
    this.time = time;
  }

  @Override
  public List<ApiOperation> operations() {
    return List.of(
        ApiOperation.get("/v1/credentials", List.of("image"), this::get),
        ApiOperation.post("/v1/credentials/reject", this::reject));
  }

  private void get(PlatformRequest request) throws InterruptedException {
    var reference = request.reference("image", request.required("image"));
    switch (await(reference, broker.lookup(reference))) {
      case Lookup.Found(var prefix, var lease) -> {
        request.about(prefix);
        found(request, prefix, lease);
      }
      case Lookup.NotFound(var reason) -> throw noEntry(reason);
      case Lookup.Failed failed -> {
        request.about(failed.prefix());
        throw ProblemResponseException.notAvailable(
            failed.prefix() + ": " + failed.reason(), failed.nextAttempt());
      }
    }
  }

  private static void found(PlatformRequest request, String prefix, Lease lease) {
    request.json(json -> {
      json.put("prefix", prefix);
      json.put("username", lease.credential().username());
      json.put("password", lease.credential().secret().reveal());
      json.put("issuedAt", lease.issuedAt());
      json.put("expiresAt", lease.expiresAt());
    });
  }

  private Lookup await(ImageReference reference, CompletableFuture<Lookup> lookup)
      throws InterruptedException {
    try {
      return lookup.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw ProblemResponseException.notAvailable(
          "the script for " + reference.name() + " is still running", time.now().plus(SOON));
    } catch (ExecutionException e) {
      throw new IllegalStateException("a lookup never fails", e);
    }
  }

  private static ProblemResponseException noEntry(String reason) {
    return ProblemResponseException.of(404, "noEntry", "No registry entry matches", reason);
  }

  private void reject(PlatformRequest request) {
    var image = request.body().text("image");
    if (image == null) {
      throw ProblemResponseException.badRequest("the body has no text \"image\"");
    }
    var reference = request.reference("image", image);
    var entry = broker.managing(reference, "");
    if (entry == null) {
      throw noEntry("no entry matches " + reference.name());
    }
    var prefix = entry.prefix().toString();
    request.about(prefix);
    boolean dropped = broker.reject(reference, "");
    request.json(json -> {
      json.put("prefix", prefix);
      json.put("dropped", dropped);
    });
  }
}
