package dev.rig.credentials.kube.secret;

import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Looks up the credentials of images, and plans the content of a Secret. */
final class SecretPlanner {
  private static final String SLOW = "its credential is still being fetched";

  private final Function<ImageReference, CompletableFuture<Lookup>> lookups;
  private final Time time;
  private final Cluster.@Nullable DevRegistryNames devRegistry;

  /**
   * Creates the planner of one cluster.
   *
   * @param lookups never fail
   */
  SecretPlanner(
      Function<ImageReference, CompletableFuture<Lookup>> lookups,
      Time time,
      Cluster.@Nullable DevRegistryNames devRegistry) {
    this.lookups = lookups;
    this.time = time;
    this.devRegistry = devRegistry;
  }

  /**
   * Parses image names.
   *
   * @return in normal form, without duplicates, sorted
   * @throws PullSecretException if one is invalid
   */
  static List<String> normal(List<String> images) {
    return images.stream().map(image -> reference(image).toString()).distinct().sorted().toList();
  }

  /**
   * Rejects invalid images, and those that the peer has no permission for.
   *
   * @throws PullSecretException for the first of them
   */
  static void check(List<String> images, Predicate<ImageReference> mayAsk) {
    for (var image : images) {
      var reference = reference(image);
      if (!mayAsk.test(reference)) {
        throw new PullSecretException(
            PullSecretException.Reason.DENIED,
            "you may not get credentials of %s (see daemon.access)".formatted(reference.name()));
      }
    }
  }

  private static ImageReference reference(String image) {
    try {
      var reference = ImageReference.ofImage(image);
      if (!reference.isHostOnly()) {
        return reference;
      }
      throw invalid("it names a registry without an image");
    } catch (InvalidReferenceException e) {
      throw invalid(e.getMessage());
    }
  }

  private static PullSecretException invalid(@Nullable String why) {
    return new PullSecretException(PullSecretException.Reason.INVALID, "not a valid image: " + why);
  }

  /**
   * Looks up every image; never fails.
   *
   * @param images in normal form
   * @param patience the longest wait for one answer
   */
  CompletableFuture<SecretPlan> compose(List<String> images, Duration patience) {
    var answers =
        images.stream()
            .map(image -> {
              var reference = reference(image);
              return soon(lookups.apply(reference), patience)
                  .thenApply(lookup -> part(reference, lookup));
            })
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> SecretPlan.of(answers.stream().map(CompletableFuture::join).toList()));
  }

  /**
   * Looks up registries, each exactly for its prefix; never fails.
   *
   * @param registries prefixes in normal form, without globs
   * @param patience the longest wait for one answer
   */
  CompletableFuture<SecretPlan> composeRegistries(List<String> registries, Duration patience) {
    var answers =
        registries.stream()
            .map(registry -> {
              var reference = key(registry);
              return soon(lookups.apply(reference), patience)
                  .thenApply(lookup -> registryParts(registry, reference, lookup));
            })
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ ->
            SecretPlan.of(
                answers.stream().map(CompletableFuture::join).flatMap(List::stream).toList()));
  }

  private static ImageReference key(String registry) {
    try {
      return ImageReference.ofKey(registry);
    } catch (InvalidReferenceException e) {
      throw new IllegalArgumentException("the registry is not in normal form", e);
    }
  }

  /**
   * Returns the credential for everything below the prefix and, if the prefix may be a repository
   * itself, for that repository.
   */
  private List<SecretPlan.Part> registryParts(
      String registry, ImageReference reference, Lookup lookup) {
    var below = KubeletKey.below(inside(reference.host()), registry);
    var part = part(registry, lookup, prefix -> below);
    return part instanceof SecretPlan.AvailableLease found && reference.path().contains("/")
        ? List.of(
            found,
            new SecretPlan.AvailableLease(
                found.prefix(), below.substring(0, below.length() - 1), found.lease()))
        : List.of(part);
  }

  private SecretPlan.Part part(ImageReference image, Lookup lookup) {
    return part(
        image.toString(), lookup, prefix -> KubeletKey.of(image, inside(image.host()), prefix));
  }

  /**
   * Returns the result for one image or registry.
   *
   * @param key the kubelet's key if that entry answers
   */
  private static SecretPlan.Part part(String image, Lookup lookup, UnaryOperator<String> key) {
    return switch (lookup) {
      case Lookup.NotFound _ -> new SecretPlan.Unmatched(image);
      case Lookup.Failed failed when failed.prefix().isEmpty() -> {
        var late = image + ": " + failed.reason();
        yield new SecretPlan.Missing("", null, late, late);
      }
      case Lookup.Failed failed ->
          new SecretPlan.Missing(
              failed.prefix(), key.apply(failed.prefix()), failed.sentence(), failed.summary());
      case Lookup.Found(var prefix, var lease) when lease.credential().isIdentityToken() -> {
        var refusal =
            prefix
                + ": its credential is an identity token, which the kubelet cannot carry;"
                + " give the entry a user name and a password or an access token";
        yield new SecretPlan.Missing(prefix, key.apply(prefix), refusal, refusal);
      }
      case Lookup.Found(var prefix, var lease) ->
          new SecretPlan.AvailableLease(prefix, key.apply(prefix), lease);
    };
  }

  /**
   * Returns the host that the cluster uses: images of a development registry are pulled by their
   * name inside.
   */
  private String inside(String host) {
    return devRegistry != null && host.equals(devRegistry.host())
        ? devRegistry.clusterHost()
        : host;
  }

  /** Limits the wait: a script that hangs must not delay the credentials of others. */
  private CompletableFuture<Lookup> soon(CompletableFuture<Lookup> answer, Duration patience) {
    var bounded = answer.copy();
    if (!bounded.isDone()) {
      var timer =
          time.scheduler()
              .schedule(patience, () -> bounded.complete(new Lookup.Failed("", SLOW, time.now())));
      var _ = bounded.whenComplete((lookup, thrown) -> timer.cancel());
    }
    return bounded;
  }
}
