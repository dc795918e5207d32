package dev.rig.credentials.broker;

import dev.rig.credentials.image.RegistryPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an entry answers for besides its prefix.
 *
 * @param alias the helper's name that always gets it; null for none
 * @param isDefault whether it also answers questions that name only its host
 * @param mirrorOf the registries whose images the kubelet gets its credential for
 */
public record EntryScope(@Nullable String alias, boolean isDefault, List<RegistryPrefix> mirrorOf) {
  /** Nothing else. */
  public static final EntryScope PREFIX_ALONE = new EntryScope(null, false, List.of());

  public EntryScope {
    mirrorOf = List.copyOf(mirrorOf);
  }
}
