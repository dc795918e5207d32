package dev.rig.credentials.config.yaml;

import dev.rig.credentials.config.SourcePosition;

/** A value with its place. It does not print the value, which may be secret. */
public record Located<T>(T value, SourcePosition origin) {
  @Override
  public String toString() {
    return "Located[" + origin + "]";
  }
}
