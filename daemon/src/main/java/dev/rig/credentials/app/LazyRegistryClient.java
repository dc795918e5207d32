package dev.rig.credentials.app;

import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.registry.client.RegistrySettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The registry client, created at the first lookup, because most daemons never need it. Settings
 * that cannot work make it an unhealthy component; credentials are still served (F40).
 */
final class LazyRegistryClient implements ImageLookup {
  static final String PART = "registryClient";

  private static final Logger LOG = System.getLogger(LazyRegistryClient.class.getName());

  private final Function<RegistrySettings, RegistryClient> maker;

  // this guards all fields below
  private RegistrySettings settings;
  private @Nullable RegistryClient client;
  private List<String> told = List.of();

  LazyRegistryClient(Function<RegistrySettings, RegistryClient> maker, RegistrySettings settings) {
    this.maker = maker;
    this.settings = settings;
    var _ = health();
  }

  /** Uses these settings for all later lookups. */
  synchronized void replace(RegistrySettings next) {
    if (!next.equals(settings)) {
      settings = next;
      client = null;
    }
    var _ = health();
  }

  private synchronized RegistryClient client() {
    var made = client;
    if (made == null) {
      made = maker.apply(settings);
      client = made;
    }
    return made;
  }

  /**
   * Returns whether registries can be queried with the current files of certificate authorities.
   */
  synchronized ComponentHealth health() {
    var problems = settings.problems();
    if (!problems.equals(told)) {
      told = problems;
      if (problems.isEmpty()) {
        LOG.log(Level.INFO, "the registry client works again");
      }
      problems.forEach(
          problem -> LOG.log(Level.WARNING, "the registry client cannot work: " + problem));
    }
    return new ComponentHealth(PART, problems.isEmpty(), problems, Map.of());
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
