package dev.rig.credentials.kube.secret;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.Capsule;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.KubeApiException;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.PullSecretException.Reason;
import dev.rig.credentials.kube.secret.PullSecretAnswer.Held;
import dev.rig.credentials.kube.secret.PullSecretAnswer.PullSecretOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates and removes one cluster's pull secrets on request. */
final class ClusterSecrets {
  /** How long the creation of a Secret waits for credentials: longer than the longest script. */
  private static final Duration PATIENCE = Duration.ofMinutes(11);

  /** How long pruning waits for credentials: enough to learn whether an entry answers at all. */
  private static final Duration GLANCE = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final KubeApi api;
  private final SecretPlanner composer;
  private final Executor worker;

  /**
   * Creates the pull secrets of a cluster.
   *
   * @param worker runs everything that blocks, one at a time
   */
  ClusterSecrets(Cluster cluster, KubeApi api, SecretPlanner composer, Executor worker) {
    this.cluster = cluster;
    this.api = api;
    this.composer = composer;
    this.worker = worker;
  }

  /** Creates or updates a Secret; fails with a {@link PullSecretException}. */
  CompletableFuture<PullSecretAnswer> create(
      PullSecretRequest request, Predicate<ImageReference> mayAsk) {
    check(request);
    SecretPlanner.check(request.images(), mayAsk);
    return onWorker(() -> images(request, mayAsk))
        .thenCompose(images ->
            composer
                .compose(images, PATIENCE)
                .thenApplyAsync(now -> blocking(() -> write(request, images, now)), worker));
  }

  private void check(PullSecretRequest request) {
    SecretNames.checkNamespace(request.namespace());
    if (request.name() != null) {
      SecretNames.check("the Secret's name", request.name());
    }
    if (request.capsule() != null) {
      SecretNames.check("the Capsule's name", request.capsule());
    }
    if (request.images().isEmpty() && request.capsule() == null) {
      throw new PullSecretException(Reason.INVALID, "pass an image, or a Capsule that has one");
    }
    if (!cluster.scope().wants(request.namespace())) {
      throw new PullSecretException(
          Reason.REFUSED,
          "namespace %s is not among the pullSecretNamespaces of cluster %s"
              .formatted(request.namespace(), cluster.name()));
    }
    if (cluster.gitOps() && !request.force()) {
      throw new PullSecretException(
          Reason.REFUSED,
          "cluster %s is managed from git (git.url), which may revert or prune other changes, and a Secret in the repository would be a credential in git. Use the kubelet\'s provider (rig-credentials kubelet-config), or force it"
              .formatted(cluster.name()));
    }
  }

  /** Returns the images, after checking that the Capsule may get the Secret. */
  private List<String> images(PullSecretRequest request, Predicate<ImageReference> mayAsk) {
    var images = new ArrayList<>(request.images());
    if (request.capsule() != null) {
      var capsule = capsule(request.namespace(), request.capsule());
      if (images.isEmpty()) {
        if (capsule.image() == null) {
          throw new PullSecretException(
              Reason.INVALID,
              "Capsule " + request.capsule() + " has no spec.image: name the images");
        }
        images.add(capsule.image());
      }
    }
    SecretPlanner.check(images, mayAsk);
    return SecretPlanner.normal(images);
  }

  private Capsule capsule(String namespace, String name) {
    return api.capsule(namespace, name)
        .orElseThrow(() ->
            new PullSecretException(
                Reason.NOT_FOUND, "there is no Capsule %s/%s".formatted(namespace, name)));
  }

  private PullSecretAnswer write(PullSecretRequest request, List<String> images, SecretPlan now) {
    if (now.needsNothing()) {
      return answer(request, null, PullSecretOutcome.NOT_NEEDED, now, null);
    }
    if (!now.missing().isEmpty()) {
      throw new PullSecretException(Reason.NO_CREDENTIAL, String.join("; ", now.reasons()));
    }
    var name =
        Objects.requireNonNullElseGet(
            request.name(),
            () ->
                request.capsule() == null || !request.images().isEmpty()
                    ? SecretNames.ofImages(images)
                    : SecretNames.ofCapsule(request.capsule()));
    var wanted = now.secret(request.namespace(), name, images, request.capsule());
    if (request.dryRun()) {
      return answer(request, wanted, PullSecretOutcome.DRY_RUN, now, wanted);
    }
    if (request.capsule() != null) {
      checkFree(request, capsule(request.namespace(), request.capsule()), name);
    }
    var outcome = writtenOnce(wanted);
    if (request.capsule() != null) {
      var capsule = capsule(request.namespace(), request.capsule());
      if (!name.equals(capsule.pullSecret())) {
        api.annotate(capsule, name);
        outcome = outcome == PullSecretOutcome.UNCHANGED ? PullSecretOutcome.UPDATED : outcome;
      }
    }
    return answer(request, wanted, outcome, now, null);
  }

  private void checkFree(PullSecretRequest request, Capsule capsule, String name) {
    var named = capsule.pullSecret();
    if (named != null && !named.equals(name) && !request.force()) {
      throw new PullSecretException(
          Reason.REFUSED,
          "Capsule %s pulls with the Secret %s already; force it to replace that"
              .formatted(request.capsule(), named));
    }
  }

  /** Writes the Secret; if the rotation wrote in the meantime, compares again. */
  private PullSecretOutcome writtenOnce(PullSecret wanted) {
    try {
      return written(wanted);
    } catch (KubeApiException e) {
      if (!e.isConflict()) {
        throw e;
      }
      return written(wanted);
    }
  }

  private PullSecretOutcome written(PullSecret wanted) {
    var there = api.secret(wanted.namespace(), wanted.name()).orElse(null);
    return switch (there) {
      case null -> {
        api.apply(wanted, false);
        yield PullSecretOutcome.CREATED;
      }
      case KubeApi.Foreign _ ->
          throw new PullSecretException(
              Reason.REFUSED,
              "Secret %s does not belong to rig-credentials: choose another name"
                  .formatted(wanted.path()));
      case KubeApi.Ours(var old) when wanted.says(old) -> PullSecretOutcome.UNCHANGED;
      case KubeApi.Ours(var old) -> {
        api.apply(wanted.inPlaceOf(old), true);
        yield PullSecretOutcome.UPDATED;
      }
    };
  }

  private PullSecretAnswer answer(
      PullSecretRequest request,
      @Nullable PullSecret secret,
      PullSecretOutcome outcome,
      SecretPlan now,
      @Nullable PullSecret shown) {
    var notes = new ArrayList<String>();
    if (secret != null && !secret.expiresAt().equals(Lease.NEVER)) {
      notes.add(
          outcome == PullSecretOutcome.DRY_RUN
              ? "its credentials expire at %s: once it is in the cluster, the daemon rewrites it before that"
                  .formatted(secret.expiresAt())
              : "its credentials expire at %s; the daemon rewrites it before that"
                  .formatted(secret.expiresAt()));
    }
    if (cluster.gitOps()) {
      notes.add("cluster %s is managed from git, and this was forced".formatted(cluster.name()));
    }
    var held =
        now.known().stream()
            .map(one -> new Held(one.key(), one.prefix(), one.lease().expiresAt()))
            .distinct()
            .toList();
    return new PullSecretAnswer(
        cluster.name(),
        request.namespace(),
        secret == null ? null : secret.name(),
        outcome,
        held,
        now.unmatched(),
        secret == null ? Lease.NEVER : secret.expiresAt(),
        notes,
        shown == null ? null : SecretManifest.of(shown));
  }

  /** Finds unused Secrets, and removes them if requested; fails like {@link #create}. */
  CompletableFuture<PruneAnswer> prune(PruneRequest request) {
    if (request.namespace() != null) {
      SecretNames.checkNamespace(request.namespace());
    }
    return onWorker(() -> api.secrets(request.namespace()))
        .thenCompose(ours -> {
          var asked =
              ours.stream().map(secret -> composer.compose(secret.images(), GLANCE)).toList();
          return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
              .thenApplyAsync(
                  _ ->
                      blocking(() ->
                          pruned(
                              request, ours, asked.stream().map(CompletableFuture::join).toList())),
                  worker);
        });
  }

  private PruneAnswer pruned(
      PruneRequest request, List<PullSecret> ours, List<SecretPlan> compositions) {
    var unwanted = new ArrayList<PruneAnswer.Unwanted>();
    for (int i = 0; i < ours.size(); i++) {
      var secret = ours.get(i);
      var reason = unwanted(secret, compositions.get(i));
      if (reason != null) {
        if (request.apply()) {
          api.delete(secret);
        }
        unwanted.add(new PruneAnswer.Unwanted(secret.namespace(), secret.name(), reason));
      }
    }
    return new PruneAnswer(
        cluster.name(), request.apply(), unwanted, ours.size() - unwanted.size());
  }

  /** Returns why the Secret is unused; null if it is used. */
  private @Nullable String unwanted(PullSecret secret, SecretPlan now) {
    if (NamespaceSecrets.isOne(secret)) {
      return cluster.scope().groups().isEmpty()
          ? "the cluster has no pullSecrets any more; a service account may still name it"
          : null; // the daemon keeps those itself
    }
    if (!cluster.scope().wants(secret.namespace())) {
      return "its namespace is not among the cluster's pullSecretNamespaces";
    }
    if (now.needsNothing()) {
      return "no entry matches any of its images";
    }
    if (secret.capsule() == null) {
      return null;
    }
    var capsule = api.capsule(secret.namespace(), secret.capsule()).orElse(null);
    if (capsule == null) {
      return "Capsule " + secret.capsule() + " is gone";
    }
    return secret.name().equals(capsule.pullSecret())
        ? null
        : "Capsule %s names %s"
            .formatted(
                secret.capsule(),
                capsule.pullSecret() == null ? "no pull secret" : capsule.pullSecret());
  }

  private <T> CompletableFuture<T> onWorker(Supplier<T> task) {
    return CompletableFuture.supplyAsync(() -> blocking(task), worker);
  }

  private static <T> T blocking(Supplier<T> task) {
    try {
      return task.get();
    } catch (KubeApiException e) {
      throw new PullSecretException(Reason.CLUSTER, String.valueOf(e.getMessage()));
    }
  }
}
