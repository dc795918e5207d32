package dev.rig.credentials.config;

/** A value with its place. It does not print the value, which may be secret. */
record Located<T>(T value, Origin origin) {
  @Override
  public String toString() {
    return "Located[" + origin + "]";
  }
}
