package dev.rig.credentials.credential;

import java.time.Instant;
import java.util.Map;

/**
 * The token that a kubelet sends for the pod whose image it pulls.
 *
 * @param account the account of the token
 * @param token the JWT; only the entry's script or provider receives it
 * @param expiresAt when the token expires: its claim {@code exp}
 * @param annotations the annotations of the account that the kubelet is configured to send; not
 *     secret
 */
public record ServiceAccountToken(
    ServiceAccount account, Secret token, Instant expiresAt, Map<String, String> annotations) {
  public ServiceAccountToken {
    annotations = Map.copyOf(annotations);
  }
}
