package dev.rig.credentials.http.platform;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.secret.PruneAnswer;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretAnswer;
import dev.rig.credentials.kube.secret.PullSecretRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The pull-secret operations that the platform's API needs. */
public interface PullSecretKeeper {
  /**
   * Creates a pull secret; fails with a {@link dev.rig.credentials.kube.PullSecretException}.
   *
   * @param mayAsk whether the peer has the permission for an image
   */
  CompletableFuture<PullSecretAnswer> create(
      PullSecretRequest request, Predicate<ImageReference> mayAsk);

  /** Removes unused pull secrets; fails in the same way. */
  CompletableFuture<PruneAnswer> prune(PruneRequest request);
}
