package dev.rig.credentials.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some tags of a repository, the newest first.
 *
 * @param registry the host, as in a reference's normal form
 * @param repository the path after the host
 * @param tags of this page; tags without a time follow those with one, the higher version first
 * @param next the parameter of the next page; null for the last page
 * @param truncated whether the list is incomplete: the repository has, or may have, more tags than
 *     were read
 */
public record TagPage(
    String registry,
    String repository,
    List<ImageTag> tags,
    @Nullable String next,
    boolean truncated)
    implements TagListing {
  public TagPage {
    tags = List.copyOf(tags);
  }
}
