package dev.rig.credentials.helperapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Any payload of a credential-helper client is answered with its own key, or rejected. */
class HelperPayloadFuzz {
  private static final String SECRET = "the-one-secret";

  private final BrokerFixture fixture =
      new BrokerFixture().fixed("ghcr.io/acme", "u", SECRET).fixed("quay.io", "u", SECRET);

  /** In a folder that does not exist: storing fails late, without using the disk. */
  private final StoredLogins logins =
      new StoredLogins(
          () ->
              new SealedFile(
                  Path.of("/nonexistent", "logins.sealed"),
                  new SealingKey(new byte[SealingKey.SHORTEST], "", SealingKey.KeyOrigin.FILE),
                  "logins"),
          Runnable::run,
          fixture.time().time().clock());

  private final HelperApi api =
      new HelperApi(
          fixture.broker(),
          logins,
          "1",
          List::of,
          new ScriptSurroundings("", "", 0),
          List::of,
          Runnable::run,
          fixture.time().time());

  @FuzzTest
  void payloads(byte[] payload) {
    store(payload);
    key(payload);
    for (var action : new Action[] {Action.GET, Action.STORE, Action.ERASE, Action.LIST}) {
      var reply =
          api.answer(new Request(action, "", payload), new Peer(1, 0, 0), PeerRights.ALL)
              .toCompletableFuture()
              .join()
              .reply();
      assertTrue(reply.status() == 0 || reply.status() == 1);
      var body = new String(reply.body(), StandardCharsets.UTF_8);
      if (action != Action.GET || reply.status() != 0) {
        assertFalse(body.contains(SECRET), body);
      }
    }
  }

  private static void store(byte[] payload) {
    try {
      var request = StoreRequest.parse(payload);
      assertFalse(request.login().credential().username().isEmpty());
      plain(request.key());
    } catch (RefusedRequestException refused) {
      isFitForTheClient(refused);
    }
  }

  private static void key(byte[] payload) {
    try {
      var key = ServerKey.parse(payload);
      plain(key);
      var text = new String(payload, StandardCharsets.UTF_8);
      assertTrue(text.equals(key.text()) || text.equals(key.text() + "\n"), text);
    } catch (RefusedRequestException refused) {
      isFitForTheClient(refused);
    }
  }

  /** T1: a key contains nothing that could end a line. */
  private static void plain(ServerKey key) {
    assertTrue(key.text().chars().allMatch(c -> c > ' ' && c < 0x7f), key.text());
    assertFalse(key.reference().host().isEmpty());
  }

  /** The message is a frozen string, or one line of ours. */
  private static void isFitForTheClient(RefusedRequestException refused) {
    var message = String.valueOf(refused.getMessage());
    assertTrue(
        message.equals(Wire.NO_SERVER_URL)
            || message.equals(Wire.NO_USERNAME)
            || message.startsWith("rig-credentials: "),
        message);
    assertEquals(1, message.lines().count());
    assertTrue(message.chars().allMatch(c -> c >= ' ' && c < 0x7f), message);
  }
}
