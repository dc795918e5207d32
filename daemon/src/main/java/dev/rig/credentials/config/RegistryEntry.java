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
 * @param source the source of its credential
 * @param expire the longest life of a credential; at least {@link #SHORTEST_EXPIRE}
 * @param alias the helper name that always selects this entry ({@code docker-credential-rig-
 *     <alias>}); unique; null if absent
 * @param isDefault whether it also answers requests for its host only; at most one entry per host
 * @param serviceAccount the use of a kubelet's service-account token
 * @param mirrorOf the registries whose images a container runtime may pull from this one; the
 *     kubelet gets this entry's credential for them. May be empty
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
  /** The life of a credential of an entry without {@code expire}; the platform's own default. */
  public static final Duration DEFAULT_EXPIRE = Duration.ofHours(12);

  /** The shortest life of a credential; with a shorter one nothing would be cached. */
  public static final Duration SHORTEST_EXPIRE = Duration.ofSeconds(1);

  public RegistryEntry {
    mirrorOf = List.copyOf(mirrorOf);
  }
}
