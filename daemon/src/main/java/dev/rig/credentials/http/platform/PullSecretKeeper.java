package dev.rig.credentials.http.platform;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.secret.PruneAnswer;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretAnswer;
import dev.rig.credentials.kube.secret.PullSecretRequest;
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
