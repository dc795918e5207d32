package dev.rig.credentials.kubelet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.kubelet.CredentialProviderRequest.MalformedProviderRequestException;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Every request in the kubelet's form is answered in a form that it can decode, or rejected. */
class ProviderRequestFuzz {
  private static final String SECRET = "the-one-secret";

  @FuzzTest
  void requests(byte[] document) throws IOException {
    var fixture = new BrokerFixture().fixed("ghcr.io/acme", "u", SECRET);
    var source = FakeSource.script(fixture.time(), "u", "for a pod", Duration.ofHours(12));
    fixture.entry("quay.io", source, ServiceAccountUse.OPTIONAL);
    var api = new KubeletApi(fixture.broker(), 0, fixture.time().time());
    var reply =
        api.answer(new Request(Action.KUBELET, "", document), new Peer(1, 0, 0), PeerRights.ALL)
            .toCompletableFuture()
            .join()
            .reply();
    var body = new String(reply.body(), StandardCharsets.UTF_8);
    CredentialProviderRequest request;
    try {
      request = CredentialProviderRequest.parse(document);
    } catch (MalformedProviderRequestException refused) {
      assertEquals(1, reply.status());
      assertFalse(body.contains(SECRET), body);
      return;
    }
    assertTrue(request.toString().length() < 4096 + 2 * document.length);
    if (reply.status() != 0) {
      assertEquals(1, reply.status());
      assertFalse(body.contains(SECRET), body);
      return;
    }
    var answer = Json.object(body);
    assertEquals(
        Set.of("apiVersion", "kind", "cacheKeyType", "cacheDuration", "auth"), answer.keySet());
    assertEquals(request.apiVersion(), answer.get("apiVersion"));
    assertTrue(answer.get("auth") instanceof Map<?, ?> auth && auth.size() <= 1, body);
  }
}
