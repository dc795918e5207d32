package dev.rig.credentials.kube;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.rig.credentials.credential.Secret;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client-go credential plugin prints (<a
 * href="https://kubernetes.io/docs/reference/config-api/client-authentication.v1/">client
 * authentication v1</a>): a token, or a certificate with its key.
 *
 * @param expiresAt null where the credential names no end
 */
record ExecCredential(
    @Nullable Secret token,
    @Nullable String clientCertificate,
    @Nullable Secret clientKey,
    @Nullable Instant expiresAt) {
  private static final String RULE =
      "it has to print one ExecCredential (client.authentication.k8s.io) with status.token, or with"
          + " status.clientCertificateData and status.clientKeyData";

  /**
   * Reads it.
   *
   * @throws PullSecretException when it is none; the message repeats nothing of it
   */
  static ExecCredential parse(byte[] printed) {
    Map<String, Object> document;
    try {
      document = JSON.std.mapFrom(printed);
    } catch (IOException e) {
      throw invalid("what its script printed is not JSON");
    }
    if (!"ExecCredential".equals(document.get("kind"))) {
      throw invalid("what its script printed is not of the kind ExecCredential");
    }
    if (!(document.get("status") instanceof Map<?, ?> status)) {
      throw invalid("the ExecCredential of its script has no status");
    }
    var token = text(status, "token");
    var certificate = text(status, "clientCertificateData");
    var key = text(status, "clientKeyData");
    if (token == null && (certificate == null || key == null)) {
      throw invalid("the ExecCredential of its script holds no credential");
    }
    return new ExecCredential(
        secret(token), certificate, secret(key), end(text(status, "expirationTimestamp")));
  }

  private static @Nullable Secret secret(@Nullable String text) {
    return text == null ? null : Secret.of(text);
  }

  private static @Nullable Instant end(@Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw invalid("the expirationTimestamp that its script printed is no RFC 3339 time");
    }
  }

  private static @Nullable String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String text && !text.isEmpty() ? text : null;
  }

  private static PullSecretException invalid(String what) {
    return new PullSecretException(PullSecretException.Reason.CLUSTER, what + "; " + RULE);
  }
}
