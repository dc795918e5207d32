package dev.rig.credentials.http;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.http.platform.PullSecretKeeper;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.secret.PruneAnswer;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretAnswer;
import dev.rig.credentials.kube.secret.PullSecretRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps no secrets: answers with the request, or fails as the test decides. */
public final class FakeKeeper implements PullSecretKeeper {
  public @Nullable PullSecretRequest asked;
  public @Nullable PruneRequest pruned;
  public @Nullable PullSecretException failure;

  @Override
  public CompletableFuture<PullSecretAnswer> create(
      PullSecretRequest request, Predicate<ImageReference> mayAsk) {
    asked = request;
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    try {
      if (!mayAsk.test(ImageReference.ofImage(request.images().getFirst()))) {
        return CompletableFuture.failedFuture(
            new PullSecretException(PullSecretException.Reason.DENIED, "not you"));
      }
    } catch (InvalidReferenceException e) {
      throw new AssertionError(e);
    }
    return CompletableFuture.completedFuture(
        new PullSecretAnswer(
            request.cluster(),
            request.namespace(),
            "rig-pull-x",
            PullSecretAnswer.PullSecretOutcome.CREATED,
            List.of(new PullSecretAnswer.Held("quay.io", "quay.io", Lease.NEVER)),
            List.of("ghcr.io/public"),
            Lease.NEVER,
            List.of("a note"),
            null));
  }

  @Override
  public CompletableFuture<PruneAnswer> prune(PruneRequest request) {
    pruned = request;
    return CompletableFuture.completedFuture(
        new PruneAnswer(
            request.cluster(),
            request.apply(),
            List.of(new PruneAnswer.Unwanted("team", "rig-pull-x", "Capsule x is gone")),
            2));
  }
}
