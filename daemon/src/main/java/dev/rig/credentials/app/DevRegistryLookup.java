package dev.rig.credentials.app;

import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Looks up images of a development registry by the name inside the cluster, or by the name outside
 * if that host cannot be reached, as for a daemon outside the cluster.
 *
 * @param hostInside maps a registry's host to its name inside the cluster
 */
record DevRegistryLookup(ImageLookup registries, UnaryOperator<String> hostInside)
    implements ImageLookup {
  private interface LookupByName<T> {
    T about(ImageReference image) throws InterruptedException;
  }

  @Override
  public Resolution resolve(ImageReference image) throws InterruptedException {
    return ask(image, registries::resolve);
  }

  @Override
  public TagListing tags(ImageReference repository, int limit, @Nullable String after)
      throws InterruptedException {
    return ask(repository, inside -> registries.tags(inside, limit, after));
  }

  private <T> T ask(ImageReference image, LookupByName<T> lookup) throws InterruptedException {
    var host = hostInside.apply(image.host());
    if (host.equals(image.host())) {
      return lookup.about(image);
    }
    var inside = lookup.about(image.withHost(host));
    if (!(inside instanceof RegistryFailure.Unreachable)) {
      return inside;
    }
    var outside = lookup.about(image);
    return outside instanceof RegistryFailure.Unreachable ? inside : outside;
  }
}
