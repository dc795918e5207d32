package dev.rig.credentials.config.files;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells when configuration files have changed and are quiet again: two looks in a row agree, and
 * differ from what was loaded. So a file that is being written is not read halfway. Not for several
 * threads at a time.
 */
public final class ConfigWatch {
  private final List<Path> paths;
  private List<Path> also = List.of();
  private @Nullable FileStates loaded;
  private @Nullable FileStates last;

  /** A watch whose first quiet looks count as a change: what was loaded before is not known. */
  public ConfigWatch(List<Path> paths) {
    this.paths = List.copyOf(paths);
  }

  /** The files and folders. */
  public List<Path> paths() {
    return paths;
  }

  /** Watches these files besides, in place of others. */
  public void also(List<Path> files) {
    also = List.copyOf(files);
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
