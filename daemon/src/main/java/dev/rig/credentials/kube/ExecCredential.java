package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The output of a client-go credential plugin (<a
 * href="https://kubernetes.io/docs/reference/config-api/client-authentication.v1/">client
 * authentication v1</a>): a token, or a certificate with its key.
 *
 * @param expiresAt null if the credential has no expiry
 */
record ExecCredential(
    @Nullable Secret token,
    @Nullable String clientCertificate,
    @Nullable Secret clientKey,
    @Nullable Instant expiresAt) {
  private static final String RULE =
      "it must print one ExecCredential (client.authentication.k8s.io) with status.token, or with"
          + " status.clientCertificateData and status.clientKeyData";

  /**
   * Parses the output.
   *
   * @throws PullSecretException if it is invalid; the message contains no part of it
   */
  static ExecCredential parse(byte[] printed) {
    JsonObject document;
    try {
      document = JsonObject.parse(printed);
    } catch (JsonException e) {
      throw invalid("what its script printed is not valid JSON: " + e.getMessage());
    }
    if (!document.textOrEmpty("kind").equals("ExecCredential")) {
      throw invalid("what its script printed is not of the kind ExecCredential");
    }
    var status = document.object("status");
    var token = text(status, "token");
    var certificate = text(status, "clientCertificateData");
    var key = text(status, "clientKeyData");
    if (token == null && (certificate == null || key == null)) {
      throw invalid("the ExecCredential of its script contains no credential");
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
      throw invalid("the expirationTimestamp that its script printed is not an RFC 3339 time");
    }
  }

  private static @Nullable String text(JsonObject fields, String name) {
    var text = fields.textOrEmpty(name);
    return text.isEmpty() ? null : text;
  }

  private static PullSecretException invalid(String what) {
    return new PullSecretException(PullSecretException.Reason.CLUSTER, what + "; " + RULE);
  }
}
