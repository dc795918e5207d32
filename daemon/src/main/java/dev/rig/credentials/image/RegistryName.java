package dev.rig.credentials.image;

import java.util.Locale;
import java.util.Set;

/** The rules that references and prefixes share: schemes, hosts, Docker Hub's names, paths. */
final class RegistryName {
  /** Docker Hub in its normal form. */
  static final String HUB = "index.docker.io";

  /** The names by which clients ask for Docker Hub: docker/cli, containers/image, BuildKit. */
  private static final Set<String> HUB_NAMES =
      Set.of("docker.io", "index.docker.io", "registry-1.docker.io");

  private static final int LONGEST = 4096;

  private RegistryName() {}

  /**
   * Returns the text after {@code http://} or {@code https://}, in any case; the whole text without
   * one.
   */
  static String withoutScheme(String text) {
    return without(text, "https://", "http://");
  }

  /** Returns the text without the transport prefixes of Helm, ORAS, skopeo and podman. */
  static String withoutTransport(String text) {
    return without(text, "oci://", "docker://");
  }

  private static String without(String text, String... schemes) {
    for (var scheme : schemes) {
      if (text.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return text.substring(scheme.length());
      }
    }
    return text;
  }

  /**
   * Returns whether the first part of a name is a host, not a part of a repository on Docker Hub:
   * {@code splitDockerDomain} of distribution/reference.
   */
  static boolean isHost(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns whether a path is not a repository but the version of a registry's API. It is the
   * version in an address, on Docker Hub's host, which has no repository of that name, and in upper
   * case, which no repository has.
   *
   * @param address whether the text has a scheme or a trailing slash
   */
  static boolean isApiVersion(String host, String path, boolean address) {
    return (path.equalsIgnoreCase("v1") || path.equalsIgnoreCase("v2"))
        && (address || host.equals(HUB) || path.startsWith("V"));
  }

  /**
   * Returns the path without its host. Docker's device login appends {@code /access-token} to a key
   * that ends with a slash (docker/cli {@code cli/config/credentials}).
   */
  static String path(String path) {
    return path.equals("v1//access-token") || path.equals("v1//refresh-token")
        ? "v1" + path.substring(3)
        : path;
  }

  /** Rejects characters that no part of a name can contain. */
  static void checkCharacters(String text) throws InvalidReferenceException {
    if (text.isEmpty()) {
      throw new InvalidReferenceException("it is empty");
    }
    if (text.length() > LONGEST) {
      throw new InvalidReferenceException("it is longer than " + LONGEST + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~') {
        throw new InvalidReferenceException(
            "character " + (i + 1) + " is a space, a control character or not ASCII");
      }
    }
  }

  /**
   * Returns the host in lower case, with the single name of Docker Hub; rejects an invalid host or
   * port.
   */
  static String host(String text, boolean globs) throws InvalidReferenceException {
    var host = text.toLowerCase(Locale.ROOT);
    int colon = host.startsWith("[") ? host.indexOf("]:") + 1 : host.indexOf(':');
    var name = colon > 0 ? host.substring(0, colon) : host;
    if (colon > 0) {
      checkPort(host.substring(colon + 1));
    }
    if (name.isEmpty() || (colon == 0 && !host.startsWith("["))) {
      throw new InvalidReferenceException("it has no host");
    }
    if (name.startsWith("[")) {
      checkAddress(name);
    } else {
      checkLabels(name, globs);
    }
    return HUB_NAMES.contains(host) ? HUB : host;
  }

  /** Rejects a path with an empty segment, a segment of dots, or an invalid character. */
  static void checkPath(String path) throws InvalidReferenceException {
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      if (i == path.length() || path.charAt(i) == '/') {
        var segment = path.substring(start, i);
        if (segment.isEmpty()) {
          throw new InvalidReferenceException("its path has an empty segment");
        }
        if (segment.equals(".") || segment.equals("..")) {
          throw new InvalidReferenceException("its path has a segment of dots");
        }
        start = i + 1;
      } else if (!isNameCharacter(path.charAt(i)) && "~+".indexOf(path.charAt(i)) < 0) {
        throw new InvalidReferenceException(
            "its path has a character other than letters, digits, dots, dashes and underscores");
      }
    }
  }

  static boolean isPort(String text) {
    return !text.isEmpty()
        && text.length() <= 5
        && text.chars().allMatch(c -> c >= '0' && c <= '9')
        && text.charAt(0) != '0'
        && Integer.parseInt(text) <= 65535;
  }

  private static void checkPort(String port) throws InvalidReferenceException {
    if (!isPort(port)) {
      throw new InvalidReferenceException("its port is not a number from 1 to 65535");
    }
  }

  private static void checkAddress(String name) throws InvalidReferenceException {
    var address = name.endsWith("]") ? name.substring(1, name.length() - 1) : "";
    boolean plausible =
        address.indexOf(':') >= 0
            && address.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.');
    if (!plausible) {
      throw new InvalidReferenceException("its host is not an IPv6 address in brackets");
    }
  }

  private static void checkLabels(String name, boolean globs) throws InvalidReferenceException {
    boolean literal = false;
    int start = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i < name.length() && name.charAt(i) != '.') {
        char c = name.charAt(i);
        if (c == '*' && !globs) {
          throw new InvalidReferenceException("its host has a * in it");
        }
        if (c != '*' && !isNameCharacter(c)) {
          throw new InvalidReferenceException(
              "its host has a character other than letters, digits, dots, dashes and underscores");
        }
        continue;
      }
      if (i == start) {
        throw new InvalidReferenceException("its host is empty or has an empty label");
      }
      if (name.charAt(start) == '-' || name.charAt(i - 1) == '-') {
        throw new InvalidReferenceException("its host has a label that begins or ends with a dash");
      }
      literal |= name.indexOf('*', start) < 0 || name.indexOf('*', start) >= i;
      start = i + 1;
    }
    if (!literal) {
      throw new InvalidReferenceException("its host has no label without a *");
    }
  }

  private static boolean isNameCharacter(char c) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || ".-_".indexOf(c) >= 0;
  }
}
