package dev.rig.credentials.config;

import dev.rig.credentials.image.RegistryPrefix;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of {@code dockerRegistries} with its settings.
 *
 * @param prefix the key in its normal form
 * @param origin the key in the file that gave the entry its script or user name
 * @param source where its credential comes from
 * @param expire how long a credential may serve; at least {@link #SHORTEST_EXPIRE}
 * @param alias the helper's name that always answers from this entry ({@code docker-credential-rig-
 *     <alias>}); unique; null for none
 * @param isDefault whether it also answers questions for its host alone; at most one of a host
 * @param serviceAccount what it does with a kubelet's service-account token
 * @param mirrorOf the registries whose images a container runtime may pull from this one; the
 *     kubelet gets this entry's credential for them. Empty for none
 */
public record RegistryEntry(
    RegistryPrefix prefix,
    SourcePosition origin,
    EntrySource source,
    Duration expire,
    @Nullable String alias,
    boolean isDefault,
    ServiceAccountUse serviceAccount,
    List<RegistryPrefix> mirrorOf) {
  /** How long a credential may serve when its entry does not say; the platform's own default. */
  public static final Duration DEFAULT_EXPIRE = Duration.ofHours(12);

  /** The shortest life of a credential: below it nothing would be cached. */
  public static final Duration SHORTEST_EXPIRE = Duration.ofSeconds(1);

  public RegistryEntry {
    mirrorOf = List.copyOf(mirrorOf);
  }
}
