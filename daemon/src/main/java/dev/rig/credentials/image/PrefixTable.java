package dev.rig.credentials.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the longest configured prefix of a reference. Immutable.
 *
 * <p>An exact host has precedence over a glob, then a longer path over a shorter one, then a glob
 * with more literal characters over one with fewer. The time does not depend on the number of
 * prefixes: one hash of the host, then one of each segment.
 *
 * @param <T> the value of a prefix
 */
public final class PrefixTable<T> {
  private final Map<String, PathTable<T>> exact = new HashMap<>();
  private final GlobTable<T> globs = new GlobTable<>();
  private final boolean hasGlobs;

  private PrefixTable(Map<RegistryPrefix, T> entries) {
    var hosts = new HashMap<String, Map<String, T>>();
    entries.forEach((prefix, value) ->
        hosts.computeIfAbsent(prefix.host(), h -> new HashMap<>()).put(prefix.path(), value));
    boolean anyGlob = false;
    for (var host : hosts.entrySet()) {
      var paths = new PathTable<>(host.getValue());
      if (host.getKey().indexOf('*') >= 0) {
        globs.add(host.getKey(), paths);
        anyGlob = true;
      } else {
        exact.put(host.getKey(), paths);
      }
    }
    hasGlobs = anyGlob;
  }

  /** Creates a table of these prefixes. */
  public static <T> PrefixTable<T> of(Map<RegistryPrefix, T> entries) {
    return new PrefixTable<>(entries);
  }

  /** Returns the value of the longest prefix of the reference; null if none matches. */
  public @Nullable T find(ImageReference reference) {
    var paths = exact.get(reference.host());
    if (reference.isExactKey()) {
      return paths == null ? null : paths.exact(reference.path());
    }
    T found = paths == null ? null : paths.longest(reference.path());
    return found == null && hasGlobs ? findGlob(reference) : found;
  }

  /**
   * Returns the values of all prefixes that match the reference; the result of {@link #find} is
   * first.
   */
  public List<T> matching(ImageReference reference) {
    var found = new ArrayList<T>();
    if (reference.isExactKey()) {
      T value = find(reference);
      return value == null ? found : List.of(value);
    }
    var paths = exact.get(reference.host());
    if (paths != null) {
      paths.each(reference.path(), (path, value) -> found.addFirst(value));
    }
    found.addAll(matchingGlobs(reference));
    return found;
  }

  /**
   * Returns whether a prefix of this host has a path, so that its images may have different values.
   */
  public boolean hasPaths(String host) {
    var paths = exact.get(host);
    return (paths != null && paths.hasPaths())
        || globs.matching(host).stream().anyMatch(match -> match.paths().hasPaths());
  }

  private @Nullable T findGlob(ImageReference reference) {
    var found = matchingGlobs(reference);
    return found.isEmpty() ? null : found.getFirst();
  }

  private List<T> matchingGlobs(ImageReference reference) {
    record Match<T>(String path, T value) {}
    var found = new ArrayList<Match<T>>();
    for (var host : globs.matching(reference.host())) {
      host.paths().each(reference.path(), (path, value) -> found.add(new Match<>(path, value)));
    }
    // stable: of equally long paths the most specific glob's stays first
    found.sort(Comparator.comparingInt((Match<T> match) -> match.path().length()).reversed());
    return found.stream().map(Match::value).toList();
  }
}
