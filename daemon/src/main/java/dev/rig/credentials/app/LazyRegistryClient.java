package dev.rig.credentials.app;

import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import dev.rig.credentials.registry.client.RegistryClient;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The registry client, made at the first question: most daemons are never asked one. */
final class LazyRegistryClient implements ImageLookup {
  private final Supplier<RegistryClient> maker;
  private @Nullable RegistryClient client;

  LazyRegistryClient(Supplier<RegistryClient> maker) {
    this.maker = maker;
  }

  private synchronized RegistryClient client() {
    var made = client;
    if (made == null) {
      made = maker.get();
      client = made;
    }
    return made;
  }

  @Override
  public Resolution resolve(ImageReference image) throws InterruptedException {
    return client().resolve(image);
  }

  @Override
  public TagListing tags(ImageReference repository, int limit, @Nullable String after)
      throws InterruptedException {
    return client().tags(repository, limit, after);
  }
}
