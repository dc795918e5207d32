package dev.rig.credentials.image;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The image, repository or registry of a request, in its normal form: no scheme, no trailing slash,
 * the host in lower case, Docker Hub as {@code index.docker.io} and its official images in {@code
 * library/}.
 *
 * <p>Tag and digest are kept but do not affect a lookup.
 */
public final class ImageReference {
  private static final Pattern DIGEST =
      Pattern.compile("[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  private final String host;
  private final String path;
  private final @Nullable String tag;
  private final @Nullable String digest;

  private ImageReference(String host, String path, @Nullable String tag, @Nullable String digest) {
    this.host = host;
    this.path = path;
    this.tag = tag;
    this.digest = digest;
  }

  /**
   * Parses the name of an image as people and the kubelet write it: {@code redis:7} is an image
   * with a tag.
   *
   * @throws InvalidReferenceException if it is invalid
   */
  public static ImageReference ofImage(String text) throws InvalidReferenceException {
    return parse(text, false);
  }

  /**
   * Parses the key of a credential-helper request: a registry's host, optionally with a path.
   * {@code registry:5000} and {@code myregistry} are hosts; no client sends an image's short name
   * here.
   *
   * @throws InvalidReferenceException if it is invalid, also if empty or without a host
   */
  public static ImageReference ofKey(String text) throws InvalidReferenceException {
    return parse(text, true);
  }

  private static ImageReference parse(String text, boolean key) throws InvalidReferenceException {
    RegistryName.checkCharacters(text);
    var named = RegistryName.withoutTransport(text);
    var rest = RegistryName.withoutScheme(named);
    boolean scheme = rest.length() < named.length();
    boolean trailingSlash = rest.endsWith("/");
    if (trailingSlash) {
      rest = rest.substring(0, rest.length() - 1);
    }
    String digest = null;
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = rest.substring(at + 1);
      rest = rest.substring(0, at);
      if (!DIGEST.matcher(digest).matches()) {
        throw new InvalidReferenceException("the text after its @ is not a digest");
      }
    }
    int slash = rest.indexOf('/');
    var first = slash < 0 ? rest : rest.substring(0, slash);
    boolean host =
        key || scheme || (slash < 0 ? isBareHost(first) && at < 0 : RegistryName.isHost(first));
    var path = host ? (slash < 0 ? "" : RegistryName.path(rest.substring(slash + 1))) : rest;
    if (host && slash >= 0 && path.isEmpty()) {
      throw new InvalidReferenceException("its path has an empty segment");
    }
    String tag = null;
    int colon = path.indexOf(':', path.lastIndexOf('/') + 1);
    if (colon >= 0) {
      tag = path.substring(colon + 1);
      path = path.substring(0, colon);
      if (!TAG.matcher(tag).matches()) {
        throw new InvalidReferenceException("the text after its last : is not a tag");
      }
    }
    if (path.isEmpty() && (tag != null || digest != null)) {
      throw new InvalidReferenceException("it has a tag or digest but no repository");
    }
    if (!host && path.isEmpty()) {
      throw new InvalidReferenceException("it has no host");
    }
    if (!path.isEmpty()) {
      RegistryName.checkPath(path);
    }
    var normalHost = host ? RegistryName.host(first, false) : RegistryName.HUB;
    boolean hub = normalHost.equals(RegistryName.HUB);
    boolean address = key ? scheme || trailingSlash : scheme && trailingSlash;
    if (host
        && tag == null
        && digest == null
        && RegistryName.isApiVersion(normalHost, path, address)) {
      path = "";
    }
    if (!key && hub && !path.isEmpty() && path.indexOf('/') < 0) {
      path = "library/" + path; // an image name of one word is an official image
    }
    return new ImageReference(normalHost, path, tag, digest);
  }

  /** Returns whether this is a host, with or without a port; it contains no slash. */
  private static boolean isBareHost(String first) {
    int colon = first.lastIndexOf(':');
    if (colon < 0 || first.endsWith("]")) {
      return RegistryName.isHost(first);
    }
    boolean port = first.chars().skip(colon + 1).allMatch(c -> c >= '0' && c <= '9');
    return colon == 0 || (port && RegistryName.isHost(first.substring(0, colon)));
  }

  /** Returns the registry's host in lower case, with its port if the text had one. */
  public String host() {
    return host;
  }

  /** Returns the same image of another registry, which must not be a name of Docker Hub. */
  public ImageReference withHost(String other) {
    return new ImageReference(other, path, tag, digest);
  }

  /** Returns the repository without the host; empty for a host only. */
  public String path() {
    return path;
  }

  /** Returns the tag; null if absent. */
  public @Nullable String tag() {
    return tag;
  }

  /** Returns the digest as {@code algorithm:hex}; null if absent. */
  public @Nullable String digest() {
    return digest;
  }

  /** Returns whether this names only a registry, without a repository. */
  public boolean isHostOnly() {
    return path.isEmpty();
  }

  /**
   * Returns whether this is a client's internal key, which must not match a prefix: Docker's device
   * login stores {@code https://index.docker.io/v1/access-token} and {@code …/refresh-token}
   * (docker/cli {@code cli/internal/oauth}).
   */
  public boolean isExactKey() {
    return host.equals(RegistryName.HUB)
        && (path.equals("v1/access-token") || path.equals("v1/refresh-token"));
  }

  /** Returns host and path, which determine a lookup. */
  public String name() {
    return path.isEmpty() ? host : host + "/" + path;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageReference reference
        && host.equals(reference.host)
        && path.equals(reference.path)
        && Objects.equals(tag, reference.tag)
        && Objects.equals(digest, reference.digest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(host, path, tag, digest);
  }

  /** Returns the whole reference in its normal form. */
  @Override
  public String toString() {
    return name() + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
  }
}
