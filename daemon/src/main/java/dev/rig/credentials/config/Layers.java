package dev.rig.credentials.config;

import org.jspecify.annotations.Nullable;

/** The one rule of merging: what a later layer sets wins. */
public final class Layers {
  private Layers() {}

  public static <T> @Nullable T last(@Nullable T earlier, @Nullable T later) {
    return later == null ? earlier : later;
  }
}
