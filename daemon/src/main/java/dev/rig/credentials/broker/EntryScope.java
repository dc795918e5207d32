package dev.rig.credentials.broker;

import dev.rig.credentials.image.RegistryPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an entry answers for in addition to its prefix.
 *
 * @param alias the helper name that always selects it; null if absent
 * @param isDefault whether it also answers requests that name only its host
 * @param mirrorOf the registries for whose images the kubelet gets its credential
 */
public record EntryScope(@Nullable String alias, boolean isDefault, List<RegistryPrefix> mirrorOf) {
  /** Nothing in addition. */
  public static final EntryScope PREFIX_ALONE = new EntryScope(null, false, List.of());

  public EntryScope {
    mirrorOf = List.copyOf(mirrorOf);
  }
}
