package dev.rig.credentials.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Any output of a cluster's script is a credential, or rejected without a part of it. */
class ExecCredentialFuzz {
  private static final String BEFORE =
      "{\"kind\": \"ExecCredential\", \"status\": {\"token\": \"canary-token\"";

  @FuzzTest
  void documents(byte[] printed) {
    parse(printed);
    var more = new String(printed, StandardCharsets.UTF_8);
    parse((BEFORE + more + "}}").getBytes(StandardCharsets.UTF_8));
    parse(
        (BEFORE + ", \"expirationTimestamp\": \"" + more + "\"}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void parse(byte[] printed) {
    try {
      var credential = ExecCredential.parse(printed);
      assertTrue(
          credential.token() != null
              || (credential.clientCertificate() != null && credential.clientKey() != null));
      assertFalse(credential.toString().contains("canary"), credential::toString);
    } catch (PullSecretException refused) {
      var message = String.valueOf(refused.getMessage());
      assertEquals(1, message.lines().count(), message);
      assertFalse(message.contains("canary"), message);
    }
  }
}
