package dev.rig.credentials.config;

import org.jspecify.annotations.Nullable;

/** The one rule of merging: what a later layer sets wins. */
final class Layers {
  private Layers() {}

  static <T> @Nullable T last(@Nullable T earlier, @Nullable T later) {
    return later == null ? earlier : later;
  }
}
