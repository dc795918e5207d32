package dev.rig.credentials.image;

/**
 * The normal form of a key of {@code rig.dockerRegistries}: a host with its port, then whole path
 * segments.
 *
 * @param host in lower case; a label may contain {@code *}, which matches any characters within the
 *     label
 * @param path without leading or trailing slash; empty for the whole host
 */
public record RegistryPrefix(String host, String path) {
  /**
   * Parses a key.
   *
   * @throws InvalidReferenceException if it does not start with a host, has a tag or digest, has a
   *     {@code *} outside the host, or a host of only globs
   */
  public static RegistryPrefix parse(String key) throws InvalidReferenceException {
    return parse(key, false);
  }

  /**
   * Parses a text that is known to start with a host, such as a prefix in its normal form: {@code
   * nas} is a host here, but might be a mistake in a configuration.
   *
   * @throws InvalidReferenceException as {@link #parse} does, except for the host
   */
  public static RegistryPrefix ofHost(String text) throws InvalidReferenceException {
    return parse(text, true);
  }

  private static RegistryPrefix parse(String key, boolean host) throws InvalidReferenceException {
    RegistryName.checkCharacters(key);
    var rest = RegistryName.withoutScheme(key);
    boolean scheme = rest.length() < key.length();
    boolean trailingSlash = rest.endsWith("/");
    if (trailingSlash) {
      rest = rest.substring(0, rest.length() - 1);
    }
    int slash = rest.indexOf('/');
    var first = slash < 0 ? rest : rest.substring(0, slash);
    if (!host && !scheme && !RegistryName.isHost(first)) {
      throw new InvalidReferenceException("it does not begin with a registry's host");
    }
    var path = slash < 0 ? "" : RegistryName.path(rest.substring(slash + 1));
    if (slash >= 0) {
      RegistryName.checkPath(path);
    }
    var normalHost = RegistryName.host(first, true);
    boolean version = RegistryName.isApiVersion(normalHost, path, scheme || trailingSlash);
    return new RegistryPrefix(normalHost, version ? "" : path);
  }

  /** Returns whether a path is another one or below it, in whole segments. */
  public static boolean isWithin(String path, String other) {
    return other.isEmpty() || path.equals(other) || path.startsWith(other + "/");
  }

  /** Returns whether a label of the host contains a {@code *}. */
  public boolean isGlob() {
    return host.indexOf('*') >= 0;
  }

  /** Returns host and path. */
  @Override
  public String toString() {
    return path.isEmpty() ? host : host + "/" + path;
  }
}
