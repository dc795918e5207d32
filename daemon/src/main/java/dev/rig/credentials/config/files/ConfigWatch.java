package dev.rig.credentials.config.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells when configuration files have changed and are quiet again: two looks in a row agree, and
 * differ from what was loaded. So a file that is being written is not read halfway. Not for several
 * threads at a time.
 */
public final class ConfigWatch {
  private final List<Path> paths;
  private final Set<Path> dispensable;
  private List<Path> also = List.of();
  private @Nullable FileStates loaded;
  private @Nullable FileStates last;

  /** A watch whose first quiet looks count as a change: what was loaded before is not known. */
  public ConfigWatch(List<Path> paths) {
    this(paths, Set.of());
  }

  /**
   * The same.
   *
   * @param dispensable those of the paths that may be missing
   */
  public ConfigWatch(List<Path> paths, Set<Path> dispensable) {
    this.paths = List.copyOf(paths);
    this.dispensable = Set.copyOf(dispensable);
  }

  /** The files and folders. */
  public List<Path> paths() {
    return paths;
  }

  /** Watches these files besides, in place of others. */
  public void also(List<Path> files) {
    also = List.copyOf(files);
  }

  /** Those to load: all but those that are missing and may be. */
  public List<Path> present() {
    return paths.stream()
        .filter(path -> !dispensable.contains(path) || Files.exists(path))
        .toList();
  }

  /**
   * Looks once.
   *
   * @return true once for each change, when it is time to load
   */
  public boolean look() {
    var now = FileStates.look(Stream.concat(paths.stream(), also.stream()).toList());
    boolean quiet = now.equals(last);
    last = now;
    if (!quiet || now.equals(loaded)) {
      return false;
    }
    loaded = now;
    return true;
  }
}
