package dev.rig.credentials.provider;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The parts of an ECR registry's host (Amazon ECR user guide, "Registry endpoints").
 *
 * @param region the region of its tokens
 * @param isPublic whether it is the public gallery, whose tokens are all from one region
 * @param fips whether it requires validated cryptography
 * @param dualStack whether it is also reachable over IPv6
 */
record EcrHost(String region, boolean isPublic, boolean fips, boolean dualStack) {
  private static final String PUBLIC = "public.ecr.aws";

  /** The only region with tokens for the gallery (Amazon ECR Public user guide). */
  private static final String PUBLIC_REGION = "us-east-1";

  private static final Pattern PRIVATE =
      Pattern.compile(
          "[0-9]{12}\\.dkr(?<stack>[.-])ecr(?<fips>-fips)?\\.(?<region>[a-z0-9-]+)\\..+");

  /** Parses a host that the provider serves; empty if it names no account and region. */
  static Optional<EcrHost> parse(String host) {
    if (host.equals(PUBLIC)) {
      return Optional.of(new EcrHost(PUBLIC_REGION, true, false, false));
    }
    var matcher = PRIVATE.matcher(host);
    return matcher.matches()
        ? Optional.of(
            new EcrHost(
                matcher.group("region"),
                false,
                matcher.group("fips") != null,
                matcher.group("stack").equals("-")))
        : Optional.empty();
  }

  EcrHost in(String other) {
    return isPublic ? this : new EcrHost(other, false, fips, dualStack);
  }
}
