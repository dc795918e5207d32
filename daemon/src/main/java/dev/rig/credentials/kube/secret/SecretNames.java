package dev.rig.credentials.kube.secret;

import dev.rig.credentials.image.Hash;
import dev.rig.credentials.kube.PullSecretException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The names of objects: RFC 1123 subdomains and labels, as Kubernetes requires. */
final class SecretNames {
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final int LONGEST = 253;
  private static final int LONGEST_LABEL = 63;
  private static final int DIGITS = 10;

  private SecretNames() {}

  /** Returns the name of a Capsule's pull secret. */
  static String ofCapsule(String capsule) {
    var name = "rig-pull-" + capsule;
    return name.length() <= LONGEST ? name : "rig-pull-" + hash(capsule);
  }

  /**
   * Returns the name for a request with images and without a name: the same for the same images.
   */
  static String ofImages(List<String> images) {
    return "rig-pull-" + hash(String.join("\n", images));
  }

  private static String hash(String text) {
    return Hash.SHA256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  /**
   * Validates a name.
   *
   * @param what for the message
   * @throws PullSecretException if it is invalid
   */
  static void check(String what, String name) {
    if (name.length() > LONGEST || !SUBDOMAIN.matcher(name).matches()) {
      throw new PullSecretException(
          PullSecretException.Reason.INVALID,
          what + " is not a valid Kubernetes name: letters in lower case, digits, dashes and dots");
    }
  }

  /** Validates the name of a namespace. */
  static void checkNamespace(String name) {
    if (name.length() > LONGEST_LABEL || !LABEL.matcher(name).matches()) {
      throw new PullSecretException(
          PullSecretException.Reason.INVALID,
          "the namespace is not a valid Kubernetes name: letters in lower case, digits and dashes");
    }
  }
}
