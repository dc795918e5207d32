package dev.rig.credentials.http;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.PruneAnswer;
import dev.rig.credentials.kube.PruneRequest;
import dev.rig.credentials.kube.PullSecretAnswer;
import dev.rig.credentials.kube.PullSecretRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** What the platform's API needs of the clusters. */
public interface PullSecretKeeper {
  /**
   * Makes a pull secret; fails with a {@link dev.rig.credentials.kube.PullSecretException}.
   *
   * @param mayAsk whether who asks may ask about that image
   */
  CompletableFuture<PullSecretAnswer> create(
      PullSecretRequest request, Predicate<ImageReference> mayAsk);

  /** Removes what nobody wants any more; fails in the same way. */
  CompletableFuture<PruneAnswer> prune(PruneRequest request);
}
