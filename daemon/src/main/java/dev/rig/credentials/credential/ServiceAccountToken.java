package dev.rig.credentials.credential;

import java.time.Instant;
import java.util.Map;

/**
 * What a kubelet brings for the pod whose image it pulls.
 *
 * @param account whose token it is
 * @param token a JWT, for the script alone
 * @param expiresAt its {@code exp}
 * @param annotations those of the account that the kubelet was told to send; not secret
 */
public record ServiceAccountToken(
    ServiceAccount account, Secret token, Instant expiresAt, Map<String, String> annotations) {
  public ServiceAccountToken {
    annotations = Map.copyOf(annotations);
  }
}
