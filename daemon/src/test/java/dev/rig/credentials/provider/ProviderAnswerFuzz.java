package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.text.Printable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** Any answer of a cloud is a credential with a secret, or a reason in one line. */
class ProviderAnswerFuzz {
  private static final int[] STATUS = {200, 201, 401, 403, 404, 429, 500};

  @FuzzTest
  void answers(byte[] body) {
    for (int status : STATUS) {
      var response = new HttpResponse(status, Map.of(), body, NetworkZone.PUBLIC);
      isComplete(() -> GithubAppIssuer.issued(response));
    }
    var token = new String(body, StandardCharsets.UTF_8);
    isComplete(() -> EcrIssuer.issued(token, null));
    isComplete(() -> EcrIssuer.issued(token, Instant.EPOCH));
  }

  private static void isComplete(Supplier<TokenIssuer.IssuedCredential> answer) {
    try {
      var credential = answer.get().credential();
      assertFalse(credential.username().isEmpty());
      assertFalse(credential.secret().reveal().isEmpty());
    } catch (SourceException refused) {
      var shown = Printable.of(String.valueOf(refused.getMessage())); // as ProviderSource does
      assertEquals(1, shown.lines().count(), shown);
    }
  }
}
