package dev.rig.credentials.config.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Detects that configuration files have changed and are stable again: two successive checks agree,
 * and differ from what was loaded. A file that is still being written is therefore not read. Not
 * thread-safe.
 */
public final class ConfigWatch {
  private final List<Path> paths;
  private final Set<Path> dispensable;
  private List<Path> also = List.of();
  private @Nullable FileStates loaded;
  private @Nullable FileStates last;

  /**
   * Creates a watch whose first stable state counts as a change, because it is unknown what was
   * loaded before.
   */
  public ConfigWatch(List<Path> paths) {
    this(paths, Set.of());
  }

  /**
   * Creates a watch with optional files.
   *
   * @param dispensable the paths that may be missing
   */
  public ConfigWatch(List<Path> paths, Set<Path> dispensable) {
    this.paths = List.copyOf(paths);
    this.dispensable = Set.copyOf(dispensable);
  }

  /** Returns the files and folders. */
  public List<Path> paths() {
    return paths;
  }

  /** Replaces the additional files to watch. */
  public void also(List<Path> files) {
    also = List.copyOf(files);
  }

  /** Returns the paths to load, without optional ones that are missing. */
  public List<Path> present() {
    return paths.stream()
        .filter(path -> !dispensable.contains(path) || Files.exists(path))
        .toList();
  }

  /**
   * Checks once.
   *
   * @return true once for each change, when the configuration must be loaded
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
