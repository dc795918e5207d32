package dev.rig.credentials.kubelet;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccount;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.kubelet.CredentialProviderRequest.MalformedProviderRequestException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/**
 * Reads the service account of a token: the claims {@code exp}, {@code sub} and {@code
 * kubernetes.io} of its JWT (kubernetes {@code pkg/serviceaccount/claims.go}).
 *
 * <p>The signature is not verified. A token is accepted only from root and from the daemon's own
 * user, that is, from the kubelet, which got it from the API server; both users could read the
 * daemon's memory anyway. The script passes it to a token service that verifies it.
 */
final class TokenClaims {
  /** Far more than the API server issues. */
  private static final int LONGEST = 64 * 1024;

  private TokenClaims() {}

  /**
   * Reads a token.
   *
   * @throws MalformedProviderRequestException if it is not a service account's token, with a
   *     message that contains no part of it
   */
  static ServiceAccountToken read(Secret token, Map<String, String> annotations)
      throws MalformedProviderRequestException {
    var parts = token.reveal().split("\\.", -1);
    if (token.reveal().length() > LONGEST || parts.length != 3) {
      throw malformed("is not a signed JWT");
    }
    JsonObject claims;
    try {
      claims = JsonObject.parse(Base64.getUrlDecoder().decode(parts[1]));
    } catch (JsonException | IllegalArgumentException e) {
      // The decoder's message would quote the token.
      throw malformed("has claims that are not Base64 of JSON");
    }
    var kubernetes = claims.object("kubernetes.io");
    var namespace = kubernetes.textOrEmpty("namespace");
    var name = kubernetes.object("serviceaccount").textOrEmpty("name");
    var uid = kubernetes.object("serviceaccount").textOrEmpty("uid");
    if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty()) {
      throw malformed("does not name its service account");
    }
    if (!claims.textOrEmpty("sub").equals("system:serviceaccount:" + namespace + ":" + name)) {
      throw malformed("names two service accounts");
    }
    var expiresAt = claims.epochSeconds("exp");
    if (expiresAt == null || !expiresAt.isAfter(Instant.EPOCH)) {
      throw malformed("has no expiry");
    }
    return new ServiceAccountToken(
        new ServiceAccount(namespace, name, uid), token, expiresAt, annotations);
  }

  private static MalformedProviderRequestException malformed(String what) {
    return new MalformedProviderRequestException("the request's serviceAccountToken " + what);
  }
}
