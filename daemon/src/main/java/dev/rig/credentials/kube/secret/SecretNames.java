package dev.rig.credentials.kube.secret;

import dev.rig.credentials.image.Hash;
import dev.rig.credentials.kube.PullSecretException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Names of objects: RFC 1123 subdomains and labels, as Kubernetes wants them. */
final class SecretNames {
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final int LONGEST = 253;
  private static final int LONGEST_LABEL = 63;
  private static final int DIGITS = 10;

  private SecretNames() {}

  /** The name of the pull secret that follows a Capsule. */
  static String ofCapsule(String capsule) {
    var name = "rig-pull-" + capsule;
    return name.length() <= LONGEST ? name : "rig-pull-" + hash(capsule);
  }

  /** The name where images are asked for and no name is given: the same for the same images. */
  static String ofImages(List<String> images) {
    return "rig-pull-" + hash(String.join("\n", images));
  }

  private static String hash(String text) {
    return Hash.SHA256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  /**
   * Checks a name.
   *
   * @param what for the message
   * @throws PullSecretException when no object can have it
   */
  static void check(String what, String name) {
    if (name.length() > LONGEST || !SUBDOMAIN.matcher(name).matches()) {
      throw new PullSecretException(
          PullSecretException.Reason.INVALID,
          what + " is not a valid Kubernetes name: letters in lower case, digits, dashes and dots");
    }
  }

  /** The same for a namespace. */
  static void checkNamespace(String name) {
    if (name.length() > LONGEST_LABEL || !LABEL.matcher(name).matches()) {
      throw new PullSecretException(
          PullSecretException.Reason.INVALID,
          "the namespace is not a valid Kubernetes name: letters in lower case, digits and dashes");
    }
  }
}
