package dev.rig.credentials.helperapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.LoginKeeper;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.testing.daemon.AccessFixture;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker login} and {@code docker logout} for an entry of another helper. */
class HelperEntryTest {
  private static final String NOT_FOUND = "1 credentials not found in native keychain\n";
  private static final Peer OWN = new Peer(1, 1000, 1000);
  private static final Peer OTHER = new Peer(1, 1001, 1001);

  private final BrokerFixture fixture = new BrokerFixture();
  private final FakeKeychain keychain = new FakeKeychain();
  private final HelperApi api =
      new HelperApi(
          fixture.broker(),
          new StoredLogins(
              () ->
                  new SealedFile(
                      this.folder.resolve("logins.sealed"),
                      new SealingKey(new byte[SealingKey.SHORTEST], "", SealingKey.KeyOrigin.FILE),
                      "logins"),
              Runnable::run,
              fixture.time().time().clock()),
          "1.2.3",
          List::of,
          new ScriptSurroundings("", "", OWN.uid()),
          List::of,
          Runnable::run,
          fixture.time().time());

  @TempDir private Path folder;

  /** A source that is another helper. */
  private final class FakeKeychain implements CredentialSource, LoginKeeper {
    private final Map<String, Credential> logins = new HashMap<>();
    private int erased;
    private @Nullable SourceException failure;

    @Override
    public String kind() {
      return "helper";
    }

    @Override
    public String name() {
      return "docker-credential-pass";
    }

    @Override
    public LoginKeeper logins() {
      return this;
    }

    @Override
    public CompletableFuture<Lease> issue(SourceRequest request) {
      var login = logins.get(request.registry());
      var now = fixture.time().now();
      return login == null
          ? CompletableFuture.failedFuture(new SourceException(ReasonClass.NOT_FOUND, "none"))
          : CompletableFuture.completedFuture(
              new Lease(login, now, now.plus(Duration.ofMinutes(5))));
    }

    @Override
    public CompletableFuture<Void> store(String registry, Credential credential) {
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      logins.put(registry, credential);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> erase(String registry) {
      erased++;
      logins.remove(registry);
      return CompletableFuture.completedFuture(null);
    }
  }

  private String ask(Action action, String payload, Peer peer, PeerRights rights) {
    RequestResult result =
        api.answer(new Request(action, "", payload.getBytes(StandardCharsets.UTF_8)), peer, rights)
            .toCompletableFuture()
            .join();
    return result.reply().status()
        + " "
        + new String(result.reply().body(), StandardCharsets.UTF_8);
  }

  private String ask(Action action, String payload) {
    return ask(action, payload, OWN, PeerRights.ALL);
  }

  private static String login(String secret) {
    return "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"" + secret + "\"}";
  }

  @Test
  void missingCredentialOfAHelperIsNotFoundAndALoginIsPassedOnImmediately() {
    fixture.entry("ghcr.io", keychain);
    assertEquals(NOT_FOUND, ask(Action.GET, "ghcr.io"));
    assertEquals(
        "0 rig-credentials: ghcr.io is answered by docker-credential-pass, to which this was passed"
            + " on\n",
        ask(Action.STORE, login("first")));
    assertEquals(
        "0 {\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"first\"}\n",
        ask(Action.GET, "ghcr.io"));
    ask(Action.STORE, login("second"));
    assertEquals(true, ask(Action.GET, "ghcr.io").contains("second"));
  }

  @Test
  void logoutIsPassedOnOnceForItsFourKeys() {
    fixture.entry("ghcr.io", keychain);
    ask(Action.STORE, login("first"));
    ask(Action.GET, "ghcr.io");
    for (var key : List.of("ghcr.io", "ghcr.io", "http://ghcr.io", "https://ghcr.io")) {
      assertEquals('0', ask(Action.ERASE, key).charAt(0));
    }
    assertEquals(1, keychain.erased);
    assertEquals(NOT_FOUND, ask(Action.GET, "ghcr.io"));
    ask(Action.STORE, login("second"));
    ask(Action.ERASE, "ghcr.io");
    assertEquals(2, keychain.erased);
  }

  @Test
  void globPassesOnTheRequestedHost() throws Exception {
    fixture.entry("*.example.org", keychain);
    ask(Action.STORE, "{\"ServerURL\":\"a.example.org\",\"Username\":\"u\",\"Secret\":\"s\"}");
    assertEquals(Map.of("a.example.org", new Credential("u", Secret.of("s"))), keychain.logins);
    assertEquals(NOT_FOUND, ask(Action.GET, "b.example.org"));
  }

  @Test
  void t18_loginOfAnotherUserIsRefusedWithTheReason() {
    fixture.entry("ghcr.io", keychain);
    assertEquals(
        "1 rig-credentials: ghcr.io is managed by values.yaml:1 and answered by"
            + " docker-credential-pass, whose logins only the daemon's user can change; this login"
            + " was not stored\n",
        ask(Action.STORE, login("CANARY"), OTHER, PeerRights.ALL));
    assertEquals(Map.of(), keychain.logins);
    ask(Action.STORE, login("first"));
    assertEquals('0', ask(Action.ERASE, "ghcr.io", OTHER, PeerRights.ALL).charAt(0));
    assertEquals(0, keychain.erased);
    var stranger = AccessFixture.ofAStranger();
    assertEquals('1', ask(Action.STORE, login("CANARY"), OWN, stranger).charAt(0));
    assertFalse(keychain.logins.toString().contains("CANARY"));
  }

  @Test
  void failureOfTheHelperIsTheAnswer() {
    fixture.entry("ghcr.io", keychain);
    keychain.failure = new SourceException(ReasonClass.STATUS, "the keychain is locked");
    assertEquals(
        "1 rig-credentials: the login could not be stored: the keychain is locked\n",
        ask(Action.STORE, login("s")));
  }

  @Test
  void entryOfAHelperWithoutACredentialIsNotListed() {
    fixture.entry("ghcr.io", keychain);
    assertEquals("0 {}\n", ask(Action.LIST, ""));
    ask(Action.STORE, login("first"));
    assertEquals("0 {\"ghcr.io\":\"u\"}\n", ask(Action.LIST, ""));
  }
}
