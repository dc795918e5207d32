package dev.rig.credentials.helperapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.request.RequestResult;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.daemon.AccessFixture;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelperApiTest {
  private static final String NOT_FOUND = "credentials not found in native keychain\n";

  private static final Peer ROOT = new Peer(1, 0, 0);
  private static final Peer STRANGER = new Peer(1, 1000, 1000);
  private static final PeerRights NOBODYS = AccessFixture.ofAStranger();

  private final BrokerFixture fixture = new BrokerFixture();
  private final StoredLogins logins =
      new StoredLogins(
          () ->
              new SealedFile(
                  this.folder.resolve("logins.sealed"),
                  new SealingKey(new byte[SealingKey.SHORTEST], "", SealingKey.KeyOrigin.FILE),
                  "logins"),
          Runnable::run,
          fixture.time().time().clock());
  private final HelperApi api =
      new HelperApi(
          fixture.broker(),
          logins,
          "1.2.3",
          List::of,
          new ScriptSurroundings("/bin", "/bin/bash --posix", 0),
          () -> List.of("values.yaml", "daemon.yaml"),
          Runnable::run,
          fixture.time().time());

  @TempDir private Path folder;

  private Reply ask(Action action, String alias, byte[] payload) {
    return answer(action, alias, payload, ROOT, PeerRights.ALL).reply();
  }

  private RequestResult answer(
      Action action, String alias, byte[] payload, Peer peer, PeerRights rights) {
    return api.answer(new Request(action, alias, payload), peer, rights)
        .toCompletableFuture()
        .join();
  }

  private RequestResult answer(Action action, String payload, Peer peer, PeerRights rights) {
    return answer(action, "", payload.getBytes(StandardCharsets.UTF_8), peer, rights);
  }

  private static PeerRights rights(String registry) {
    return AccessFixture.of(STRANGER, registry);
  }

  private static String login(String server, String username, String secret) {
    return "{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"%s\"}\n"
        .formatted(server, username, secret);
  }

  private Reply ask(Action action, String payload) {
    return ask(action, "", payload.getBytes(StandardCharsets.UTF_8));
  }

  private Reply userpass(String username, String secret) {
    fixture.fixed("ghcr.io/acme", username, secret);
    return ask(Action.USERPASS, "ghcr.io/acme/app");
  }

  @Test
  void userpassAnswersWithTheLineOfAScript() {
    var reply = userpass("bot", "p:a <ss>\\n");
    assertEquals(0, reply.status());
    assertEquals("bot:p:a <ss>\\n\n", body(reply));
  }

  @ParameterizedTest
  @ValueSource(strings = {"line\nbreak", "cr\rlf", "nul\0"})
  void userpassRejectsCredentialsThatDoNotFitOneLine(String secret) {
    var reply = userpass("bot", secret);
    assertEquals(1, reply.status());
    assertTrue(
        body(reply)
            .startsWith(
                "rig-credentials: ghcr.io/acme: one line of USERNAME:PASSWORD cannot carry this"
                    + " credential: the password contains a "),
        body(reply));
  }

  @Test
  void userpassRefusesAnIdentityTokenWithThatReason() {
    var reply = userpass("<token>", "refresh");
    assertEquals(1, reply.status());
    assertTrue(body(reply).contains("identity token"), body(reply));
    assertFalse(body(reply).contains("refresh"), body(reply));
  }

  @Test
  void userpassReportsWhatMatchesNoEntry() {
    var reply = ask(Action.USERPASS, "quay.io/acme");
    assertEquals(1, reply.status());
    assertTrue(body(reply).startsWith("rig-credentials: "), body(reply));
    assertTrue(body(reply).contains("quay.io/acme"), body(reply));
  }

  @Test
  void userpassIsPermittedAndDeniedAsGetIs() {
    fixture.fixed("ghcr.io/acme", "bot", "s");
    assertEquals(
        RequestOutcome.FOUND,
        answer(Action.USERPASS, "ghcr.io/acme", STRANGER, rights("ghcr.io/acme")).outcome());
    assertEquals(
        RequestOutcome.DENIED,
        answer(Action.USERPASS, "ghcr.io/acme", STRANGER, rights("quay.io")).outcome());
  }

  private static String body(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ghcr.io/acme/app", "GHCR.io", "https://ghcr.io/", "http://ghcr.io"})
  void serverIsEchoedAsItWasSent(String key) {
    fixture.fixed("ghcr.io", "u", "s");
    var expected = "{\"ServerURL\":\"" + key + "\",\"Username\":\"u\",\"Secret\":\"s\"}\n";
    assertEquals(expected, body(ask(Action.GET, key)));
    assertEquals(expected, body(ask(Action.GET, key + "\n")));
    assertEquals(0, ask(Action.GET, key).status());
  }

  /** docker-credential-helpers trims keys too; only control bytes are rejected (T1). */
  @Test
  void blanksAroundAKeyAreNoPartOfIt() {
    fixture.fixed("ghcr.io", "u", "s");
    var expected = "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}\n";
    for (var key : new String[] {" ghcr.io", "ghcr.io  ", "  ghcr.io \n", "ghcr.io "}) {
      assertEquals(expected, body(ask(Action.GET, key)), key);
    }
    for (var key :
        new String[] {"ghcr.io \n ", "\nghcr.io", "ghcr.io\t", "ghcr. io", "ghcr.io \r\n"}) {
      assertEquals(1, ask(Action.GET, key).status(), key);
    }
    assertEquals("", body(ask(Action.STORE, login(" own.org ", "me", "s"))));
    assertTrue(body(ask(Action.LIST, "")).contains("\"own.org\":\"me\""));
    assertTrue(body(ask(Action.GET, "own.org ")).contains("\"Username\":\"me\""));
    assertEquals(0, ask(Action.ERASE, " own.org").status());
    assertEquals(NOT_FOUND, body(ask(Action.GET, "own.org")));
  }

  @Test
  void missIsTheFrozenString() {
    var reply = ask(Action.GET, "example.org");
    assertEquals(1, reply.status());
    assertEquals(NOT_FOUND, body(reply));
  }

  @Test
  void credentialIsWrittenAsGoWritesIt() {
    fixture.fixed("ghcr.io", "<token>", "a\"b\\c&\u2028\u00e9/");
    assertEquals(
        "{\"ServerURL\":\"ghcr.io\",\"Username\":\"\\u003ctoken\\u003e\","
            + "\"Secret\":\"a\\\"b\\\\c\\u0026\\u2028\u00e9/\"}\n",
        body(ask(Action.GET, "ghcr.io")));
  }

  /** T1: a control byte at any position of a key gets no credential. */
  @Test
  void t1_controlBytesAnywhereAreRefused() {
    fixture.fixed("ghcr.io", "u", "CANARY").fixed("ghcr.io/a", "u", "CANARY");
    byte[] key = "ghcr.io/a".getBytes(StandardCharsets.US_ASCII);
    int tried = 0;
    for (int control = 0; control < 256; control++) {
      if (control >= ' ' && control < 0x7f) {
        continue;
      }
      for (int at = 0; at <= key.length; at++) {
        if (control == '\n' && at == key.length) {
          continue; // the one newline that a key may end with
        }
        byte[] inserted = new byte[key.length + 1];
        System.arraycopy(key, 0, inserted, 0, at);
        inserted[at] = (byte) control;
        System.arraycopy(key, at, inserted, at + 1, key.length - at);
        var reply = ask(Action.GET, "", inserted);
        assertEquals(1, reply.status(), control + " at " + at);
        assertFalse(body(reply).contains("CANARY"));
        tried++;
      }
    }
    assertTrue(tried > 1000, "tried " + tried);
    assertEquals(1, ask(Action.GET, "ghcr.io\n\n").status());
    assertEquals(1, ask(Action.GET, "ghcr.io\r\n").status());
    assertEquals(1, ask(Action.GET, "ghcr.io\nghcr.io").status());
  }

  /** T2: a missing server gives the frozen string; a key without a host is rejected. */
  @Test
  void t2_emptyAndHostlessKeysAreRefused() {
    fixture.fixed("ghcr.io", "u", "CANARY");
    for (var empty : new String[] {"", "\n", " ", "   \n"}) {
      var reply = ask(Action.GET, empty);
      assertEquals(1, reply.status());
      assertEquals("no credentials server URL\n", body(reply));
    }
    var hostless =
        List.of(
            "/",
            "//",
            "///",
            "https://",
            "HTTP://",
            "https:///x",
            "https:////",
            "http://:80/x",
            ":5000",
            ":5000/x",
            ":",
            "/a",
            "//a",
            "./x",
            ".",
            "..",
            "@",
            "@sha256:x",
            "https://@",
            "[]",
            "[]:5000",
            "https://?",
            "#",
            "https:// ");
    for (var key : hostless) {
      var reply = ask(Action.GET, key);
      assertEquals(1, reply.status(), key);
      assertTrue(body(reply).startsWith("rig-credentials: not a registry or an image: "));
    }
  }

  @Test
  void aliasAlwaysAnswersFromItsEntry() {
    fixture.fixed("registry.gitlab.com", "host", "s");
    fixture.entry(
        "registry.gitlab.com/rigdev",
        FakeSource.fixed(fixture.time(), "rigdev", "s"),
        "gitlab",
        false);
    byte[] key = "registry.gitlab.com".getBytes(StandardCharsets.UTF_8);
    assertTrue(body(ask(Action.GET, "gitlab", key)).contains("\"Username\":\"rigdev\""));
    assertTrue(body(ask(Action.GET, "", key)).contains("\"Username\":\"host\""));
    assertEquals(
        "rig-credentials: no entry has the alias other\n", body(ask(Action.GET, "other", key)));
  }

  @Test
  void defaultAnswersRequestsThatNameOnlyTheHost() {
    fixture.entry("ghcr.io/a", FakeSource.fixed(fixture.time(), "a", "s"), null, true);
    fixture.fixed("ghcr.io/b", "b", "s");
    assertTrue(body(ask(Action.GET, "ghcr.io")).contains("\"Username\":\"a\""));
    assertEquals(NOT_FOUND, body(ask(Action.GET, "ghcr.io/c")));
  }

  @Test
  void keysOfDockersDeviceLoginAreNoPrefixes() {
    fixture.fixed("docker.io", "u", "s");
    assertEquals(NOT_FOUND, body(ask(Action.GET, "https://index.docker.io/v1/access-token")));
    assertEquals(0, ask(Action.GET, "https://index.docker.io/v1/").status());
  }

  @Test
  void listRenewsTheLeasesThatGetAnswersAndLeavesOutFailures() {
    var script = FakeSource.script(fixture.time(), "oauth", "s", Duration.ofHours(1));
    var failing = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1)).failing("no");
    fixture
        .fixed("docker.io", "hub", "s")
        .fixed("*.example.com", "glob", "s")
        .entry("ghcr.io/a", script)
        .entry("quay.io", failing);
    assertEquals(
        "{\"ghcr.io/a\":\"oauth\",\"https://index.docker.io/v1/\":\"hub\"}\n",
        body(ask(Action.LIST, "unused")));
    assertEquals(1, ask(Action.GET, "quay.io").status());
    assertEquals(0, ask(Action.GET, "a.example.com").status());
    assertEquals(
        "{\"a.example.com\":\"glob\",\"ghcr.io/a\":\"oauth\","
            + "\"https://index.docker.io/v1/\":\"hub\"}\n",
        body(ask(Action.LIST, "")));
  }

  private CompletableFuture<RequestResult> listing() {
    return api.answer(new Request(Action.LIST, "", new byte[0]), ROOT, PeerRights.ALL)
        .toCompletableFuture();
  }

  /** C4: a client that lists first never requests a host that is missing in the list. */
  @Test
  void expiredLeaseIsRenewedByAList() {
    var script = FakeSource.script(fixture.time(), "first", "s", Duration.ofSeconds(2));
    fixture.entry("ghcr.io", script);
    assertEquals(0, ask(Action.GET, "ghcr.io").status());
    script.answering("second", "s");
    fixture.time().advance(Duration.ofHours(8));
    assertEquals("{\"ghcr.io\":\"second\"}\n", body(ask(Action.LIST, "")));
    assertTrue(body(ask(Action.GET, "ghcr.io")).contains("second"));
  }

  @Test
  void listWaitsTwoSecondsForAllScriptsTogetherAndThenUsesTheLastOutcome() {
    var known = FakeSource.script(fixture.time(), "known", "s", Duration.ofSeconds(2));
    var failed = FakeSource.script(fixture.time(), "failed", "s", Duration.ofSeconds(2));
    fixture.fixed("static.org", "static", "s").entry("known.org", known).entry("f.org", failed);
    for (int i = 0; i < 40; i++) {
      var never = FakeSource.script(fixture.time(), "n", "s", Duration.ofHours(1)).hanging();
      fixture.entry("n" + i + ".org", never);
    }
    assertEquals(0, ask(Action.GET, "known.org").status());
    assertEquals(0, ask(Action.GET, "f.org").status());
    fixture.time().advance(Duration.ofHours(8));
    failed.failing("no");
    assertEquals(1, ask(Action.GET, "f.org").status());
    known.hanging();
    failed.hanging();
    fixture.time().advance(Duration.ofHours(8));
    var listing = listing();
    fixture.time().advance(Duration.ofMillis(1999));
    assertFalse(listing.isDone());
    fixture.time().advance(Duration.ofMillis(1));
    assertEquals(
        "{\"known.org\":\"known\",\"static.org\":\"static\"}\n", body(listing.join().reply()));
  }

  /** F15: the first entry answers before a reload, and the second one after it. */
  @Test
  void listThatAReloadInterruptsHasTheUserNamesOfOneConfiguration() {
    var hanging = FakeSource.script(fixture.time(), "one", "s", Duration.ofHours(1)).hanging();
    fixture.fixed("a.org", "one", "s").entry("b.org", hanging);
    var listing = listing();
    assertFalse(listing.isDone());
    fixture
        .broker()
        .replace(
            List.of(
                BrokerFixture.configured(
                    "a.org", FakeSource.fixed(fixture.time(), "two", "s"), "2"),
                BrokerFixture.configured(
                    "b.org", FakeSource.fixed(fixture.time(), "two", "s"), "2")));
    assertEquals("{\"a.org\":\"two\",\"b.org\":\"two\"}\n", body(listing.join().reply()));
  }

  /** A listing of many expired leases must not start all scripts at the same time. */
  @Test
  void listStartsAFewScriptsAtATimeAndNoneAfterItsEnd() {
    var sources = new ArrayList<FakeSource>();
    for (int i = 0; i < 100; i++) {
      sources.add(FakeSource.script(fixture.time(), "n", "s", Duration.ofHours(1)).hanging());
      fixture.entry("n" + i + ".org", sources.getLast());
    }
    var listing = listing();
    assertEquals(16, sources.stream().filter(one -> !one.asked().isEmpty()).count());
    fixture.time().advance(Duration.ofSeconds(2));
    assertEquals("{}\n", body(listing.join().reply()));
    assertEquals(16, sources.stream().filter(one -> !one.asked().isEmpty()).count());
  }

  /** C5. */
  @Test
  void listHasTheHostThatADefaultAnswersFor() {
    fixture.entry("h.org/dft", FakeSource.fixed(fixture.time(), "default", "s"), null, true);
    fixture.fixed("h.org/team", "team", "s");
    assertEquals(
        "{\"h.org\":\"default\",\"h.org/dft\":\"default\",\"h.org/team\":\"team\"}\n",
        body(ask(Action.LIST, "")));
  }

  /** C45. */
  @Test
  void statusCountsHitsOfStaticEntriesAndShowsTheHostsOfAGlob() {
    fixture.fixed("static.org", "u", "CANARY");
    fixture.entry(
        "*.glob.org", FakeSource.script(fixture.time(), "u", "CANARY", Duration.ofHours(1)));
    fixture.fixed("*.fixed.org", "u", "CANARY");
    for (var key : new String[] {"static.org", "1.glob.org", "1.glob.org", "a.fixed.org"}) {
      assertEquals(0, ask(Action.GET, key).status());
    }
    var body = body(ask(Action.STATUS, ""));
    assertTrue(
        body.contains(
            "{\"prefix\":\"static.org\",\"registry\":\"static.org\",\"source\":\"static\","
                + "\"origin\":\"values.yaml:1\",\"default\":false,\"loading\":false,\"hits\":1,"),
        body);
    assertTrue(
        body.contains(
            "\"loading\":false,\"hits\":1,\"runs\":1,\"hostCount\":1,\"hosts\":["
                + "{\"registry\":\"1.glob.org\",\"loading\":false,\"hits\":1,\"runs\":1,"
                + "\"issuedAt\":\"2026-01-01T00:00:00Z\",\"expiresAt\":\"2026-01-01T01:00:00Z\","),
        body);
    assertTrue(body.contains("{\"registry\":\"a.fixed.org\",\"loading\":false,\"hits\":1,"), body);
    assertFalse(body.contains("CANARY"));
  }

  @Test
  void statusNamesAllConfigurationFilesOnlyToPeersThatMayListEverything() {
    fixture.fixed("ghcr.io", "u", "s");
    var all = body(ask(Action.STATUS, ""));
    assertTrue(all.contains("\"configuration\":[\"values.yaml\",\"daemon.yaml\"]"), all);
    var listing = AccessFixture.listing(STRANGER, "ghcr.io");
    var some = body(answer(Action.STATUS, "", STRANGER, listing).reply());
    assertTrue(some.contains("\"configuration\":[\"values.yaml\"]"), some);
  }

  @Test
  void emptyListIsAnEmptyObject() {
    assertEquals("{}\n", body(ask(Action.LIST, "unused")));
  }

  @Test
  void versionNamesProgramPackageAndVersion() {
    assertEquals(
        "docker-credential-rig (dev.rig.credentials) 1.2.3\n", body(ask(Action.VERSION, "")));
  }

  @Test
  void storeForAManagedRegistryHasNoEffectAndReportsIt() {
    fixture.fixed("ghcr.io", "u", "s");
    var reply =
        ask(Action.STORE, "{\"ServerURL\":\"ghcr.io\",\"Username\":\"x\",\"Secret\":\"CANARY\"}\n");
    assertEquals(0, reply.status());
    assertEquals(
        "rig-credentials: ghcr.io is managed by values.yaml:1; this login was not stored\n",
        body(reply));
    assertFalse(body(ask(Action.GET, "ghcr.io")).contains("CANARY"));
  }

  /** T18. */
  @Test
  void t18_storedLoginIsItsOwnersAlone() {
    var stored = answer(Action.STORE, login("ghcr.io", "person", "s"), STRANGER, NOBODYS);
    assertEquals(RequestOutcome.STORED, stored.outcome());
    assertEquals("0\n", new String(stored.reply().encode(), StandardCharsets.UTF_8));
    var got = answer(Action.GET, "https://ghcr.io", STRANGER, NOBODYS);
    assertEquals(login("https://ghcr.io", "person", "s"), body(got.reply()));
    assertEquals(RequestOutcome.FOUND, got.outcome());
    assertEquals("ghcr.io", got.prefix());
    assertEquals(
        "{\"ghcr.io\":\"person\"}\n", body(answer(Action.LIST, "", STRANGER, NOBODYS).reply()));
    assertEquals(NOT_FOUND, body(ask(Action.GET, "ghcr.io")), "not even root");
    assertEquals("{}\n", body(ask(Action.LIST, "")));
    assertEquals(0, ask(Action.ERASE, "ghcr.io").status());
    assertEquals(RequestOutcome.FOUND, answer(Action.GET, "ghcr.io", STRANGER, NOBODYS).outcome());
    var erased = answer(Action.ERASE, "ghcr.io", STRANGER, NOBODYS);
    assertEquals(RequestOutcome.ERASED, erased.outcome());
    assertEquals(0, erased.reply().status());
    assertEquals(NOT_FOUND, body(answer(Action.GET, "ghcr.io", STRANGER, NOBODYS).reply()));
  }

  @Test
  void configuredEntryWinsOverALoginForTheSamePrefixAndALongerLoginOverIt() {
    assertEquals(0, ask(Action.STORE, login("ghcr.io", "person", "s")).status());
    assertEquals(0, ask(Action.STORE, login("ghcr.io/team", "team", "s")).status());
    fixture.fixed("ghcr.io", "bot", "s");
    assertTrue(body(ask(Action.GET, "ghcr.io")).contains("\"Username\":\"bot\""));
    assertTrue(body(ask(Action.GET, "ghcr.io/other")).contains("\"Username\":\"bot\""));
    assertTrue(body(ask(Action.GET, "ghcr.io/team/x")).contains("\"Username\":\"team\""));
    assertEquals("{\"ghcr.io\":\"bot\",\"ghcr.io/team\":\"team\"}\n", body(ask(Action.LIST, "")));
    fixture.fixed("ghcr.io/team/x", "nearer", "s");
    assertTrue(body(ask(Action.GET, "ghcr.io/team/x")).contains("\"Username\":\"nearer\""));
  }

  @Test
  void loginToAHostThatAGlobManagesChangesNothing() {
    fixture.fixed("*.example.org", "bot", "s");
    var reply = ask(Action.STORE, login("a.example.org", "person", "CANARY"));
    assertEquals(0, reply.status());
    assertTrue(body(reply).contains("*.example.org is managed by"), body(reply));
    assertTrue(body(ask(Action.GET, "a.example.org")).contains("\"Username\":\"bot\""));
  }

  @Test
  void identityTokenIsStoredAndReturned() {
    var token =
        "{\"ServerURL\":\"ghcr.io\",\"Username\":\"\\u003ctoken\\u003e\",\"Secret\":\"refresh\"}\n";
    assertEquals(0, ask(Action.STORE, token).status());
    assertEquals(token, body(ask(Action.GET, "ghcr.io")));
  }

  @Test
  void keysOfDockersDeviceLoginAreKeptExactly() {
    var key = "https://index.docker.io/v1/access-token";
    fixture.fixed("docker.io", "bot", "s");
    assertEquals(0, ask(Action.STORE, login(key, "person", "jwt")).status());
    assertEquals(login(key, "person", "jwt"), body(ask(Action.GET, key)));
    assertEquals(NOT_FOUND, body(ask(Action.GET, "https://index.docker.io/v1/refresh-token")));
    assertEquals(0, ask(Action.ERASE, key).status());
    assertEquals(NOT_FOUND, body(ask(Action.GET, key)));
  }

  @Test
  void strangerIsDeniedManagedKeysAndGetsNotFoundForOthers() {
    fixture.fixed("registry.gitlab.com", "bot", "CANARY");
    var denied = answer(Action.GET, "registry.gitlab.com", STRANGER, NOBODYS);
    assertEquals(1, denied.reply().status());
    assertEquals(
        "rig-credentials: denied: uid 1000 may not get registry.gitlab.com (see daemon.access)\n",
        body(denied.reply()));
    assertEquals(RequestOutcome.DENIED, denied.outcome());
    assertEquals("registry.gitlab.com", denied.prefix());
    assertEquals(NOT_FOUND, body(answer(Action.GET, "ghcr.io", STRANGER, NOBODYS).reply()));
    assertEquals("{}\n", body(answer(Action.LIST, "", STRANGER, NOBODYS).reply()));
    for (var action : new Action[] {Action.EXPLAIN, Action.STATUS}) {
      var answer = answer(action, "registry.gitlab.com", STRANGER, NOBODYS);
      assertEquals(RequestOutcome.DENIED, answer.outcome());
      assertTrue(body(answer.reply()).startsWith("rig-credentials: denied: uid 1000 may not "));
    }
  }

  @Test
  void strangersEraseKeepsAManagedLeaseAndDoesNotRevealItsLocation() {
    var script = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    fixture.entry("ghcr.io", script);
    assertEquals(0, ask(Action.GET, "ghcr.io").status());
    var erased = answer(Action.ERASE, "ghcr.io", STRANGER, NOBODYS);
    assertEquals(0, erased.reply().status());
    assertFalse(body(erased.reply()).contains("values.yaml"), body(erased.reply()));
    assertEquals(1, script.asked().size());
  }

  @Test
  void rightsForOneRegistryShowNothingOfTheOthers() {
    fixture.fixed("ghcr.io/acme", "acme", "s").fixed("quay.io", "quay", "s");
    var acme = rights("ghcr.io/acme");
    assertEquals(
        RequestOutcome.FOUND, answer(Action.GET, "ghcr.io/acme/x", STRANGER, acme).outcome());
    assertEquals(RequestOutcome.DENIED, answer(Action.GET, "quay.io", STRANGER, acme).outcome());
    assertEquals(RequestOutcome.NOT_FOUND, answer(Action.GET, "ghcr.io", STRANGER, acme).outcome());
    assertEquals(
        RequestOutcome.DENIED,
        answer(Action.STORE, login("a.org", "u", "s"), STRANGER, acme).outcome());
    assertEquals(
        "{\"ghcr.io/acme\":\"acme\"}\n", body(answer(Action.LIST, "", STRANGER, acme).reply()));
    var status = body(answer(Action.STATUS, "", STRANGER, acme).reply());
    assertTrue(status.contains("ghcr.io/acme"), status);
    assertFalse(status.contains("quay"), status);
    assertEquals(
        RequestOutcome.TOLD, answer(Action.EXPLAIN, "ghcr.io/acme/x", STRANGER, acme).outcome());
    assertEquals(
        RequestOutcome.DENIED, answer(Action.EXPLAIN, "quay.io/x", STRANGER, acme).outcome());
  }

  /** An alias selects its entry for any key, so the key gives no right. */
  @Test
  void rightsForAnAliasAreThoseForItsEntry() {
    fixture.entry("quay.io", FakeSource.fixed(fixture.time(), "u", "CANARY"), "quay", false);
    var key = "ghcr.io/acme".getBytes(StandardCharsets.UTF_8);
    var acme = rights("ghcr.io/acme");
    assertEquals(RequestOutcome.DENIED, answer(Action.GET, "quay", key, STRANGER, acme).outcome());
    assertEquals(
        RequestOutcome.FOUND,
        answer(Action.GET, "quay", key, STRANGER, rights("quay.io")).outcome());
  }

  /** Docker names only the host, so the rule for the entry that answers applies. */
  @Test
  void rightsForADefaultAreThoseForItsEntry() {
    fixture.entry("ghcr.io/acme", FakeSource.fixed(fixture.time(), "u", "s"), null, true);
    assertEquals(
        RequestOutcome.FOUND,
        answer(Action.GET, "ghcr.io", STRANGER, rights("ghcr.io/acme")).outcome());
    assertEquals(
        RequestOutcome.DENIED,
        answer(Action.GET, "ghcr.io", STRANGER, rights("ghcr.io/b")).outcome());
  }

  @Test
  void storeWithoutServerOrNameIsTheFrozenString() {
    assertEquals("no credentials server URL\n", body(ask(Action.STORE, "{\"Username\":\"x\"}")));
    assertEquals(
        "no credentials username\n", body(ask(Action.STORE, "{\"ServerURL\":\"ghcr.io\"}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "CANARY", "{\"ServerURL\":\"CANARY", "[\"CANARY\"]"})
  void brokenStoreIsRefusedWithoutRepeatingIt(String payload) {
    var reply = ask(Action.STORE, payload);
    assertEquals(1, reply.status());
    assertFalse(body(reply).contains("CANARY"));
  }

  @Test
  void eraseOfAManagedKeyDropsItsLease() {
    var script = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    fixture.entry("ghcr.io", script);
    assertEquals(0, ask(Action.GET, "ghcr.io").status());
    var reply = ask(Action.ERASE, "ghcr.io");
    assertEquals(0, reply.status());
    assertEquals(
        "rig-credentials: ghcr.io is managed by values.yaml:1 and stays; its credential is fetched"
            + " again\n",
        body(reply));
    assertEquals(2, script.asked().size());
    assertEquals(0, ask(Action.ERASE, "ghcr.io").status());
    assertEquals(2, script.asked().size(), "rate-limited");
  }

  /** {@code docker logout} erases the key, the host, and the host with either scheme. */
  @Test
  void oneLogoutGetsOneRemark() {
    fixture.entry("ghcr.io", FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1)));
    assertEquals(0, ask(Action.GET, "ghcr.io").status());
    var keys = List.of("ghcr.io", "ghcr.io", "http://ghcr.io", "https://ghcr.io");
    var said = keys.stream().map(key -> body(ask(Action.ERASE, key))).toList();
    var remark =
        "rig-credentials: ghcr.io is managed by values.yaml:1 and stays; its credential is fetched"
            + " again\n";
    assertEquals(List.of(remark, "", "", ""), said);
    var other = body(answer(Action.ERASE, "ghcr.io", STRANGER, PeerRights.ALL).reply());
    assertEquals("rig-credentials: ghcr.io is managed by values.yaml:1 and stays\n", other);
    fixture.time().advance(Duration.ofSeconds(6));
    assertTrue(body(ask(Action.ERASE, "ghcr.io")).contains(" and stays"));
  }

  @Test
  void eraseOfAStaticEntryClaimsNoFetch() {
    fixture.entry("ghcr.io", FakeSource.fixed(fixture.time(), "u", "s"));
    assertEquals(0, ask(Action.GET, "ghcr.io").status());
    assertEquals(
        "rig-credentials: ghcr.io is managed by values.yaml:1 and stays\n",
        body(ask(Action.ERASE, "ghcr.io")));
  }

  @Test
  void eraseOfAnUnknownKeyIsNoError() {
    assertEquals("0\n", new String(ask(Action.ERASE, "x.io").encode(), StandardCharsets.UTF_8));
  }

  @Test
  void failureNamesEntryReasonAndNextAttempt() {
    var source = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    fixture.entry("ghcr.io/a", source.failing("script exited with status 3"));
    var reply = ask(Action.GET, "ghcr.io/a/b");
    assertEquals(1, reply.status());
    assertTrue(
        body(reply)
            .startsWith(
                "rig-credentials: ghcr.io/a: script exited with status 3; next attempt 2026-"),
        body(reply));
  }

  /** The stderr of a script is only for peers that may get its credential. */
  @Test
  void fullReasonIsShownOnlyToPeersThatMayGetTheEntry() {
    var source = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    fixture.entry("ghcr.io", source.failing("script exited with status 3; stderr: words"));
    var listing = AccessFixture.listing(STRANGER, "ghcr.io");
    var explained = body(answer(Action.EXPLAIN, "ghcr.io/a", STRANGER, listing).reply());
    var status = body(answer(Action.STATUS, "", STRANGER, listing).reply());
    for (var text : List.of(explained, status)) {
      assertFalse(text.contains("words"), text);
      assertTrue(text.contains("\"lastError\":\"its program failed\""), text);
      assertTrue(text.contains("\"lastErrorClass\":\"status\""), text);
    }
    assertTrue(explained.contains("\"reason\":\"its program failed\""), explained);
    for (var action : List.of(Action.EXPLAIN, Action.STATUS)) {
      var text = body(answer(action, "ghcr.io/a", STRANGER, rights("ghcr.io")).reply());
      assertTrue(text.contains("\"lastError\":\"script exited with status 3; stderr: words"), text);
    }
  }

  @Test
  void globRequestsTheCredentialOfTheRequestedHost() {
    var script = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    fixture.entry("*.ecr.aws.com/team", script);
    assertEquals(0, ask(Action.GET, "1.ecr.aws.com/team/a").status());
    assertEquals(0, ask(Action.GET, "2.ecr.aws.com/team").status());
    assertEquals(0, ask(Action.GET, "1.ecr.aws.com/team/b").status());
    assertEquals(List.of("1.ecr.aws.com/team", "2.ecr.aws.com/team"), script.asked());
  }

  @Test
  void explainShowsEverythingExceptTheCredential() {
    fixture.fixed("ghcr.io", "USERCANARY", "CANARY");
    fixture.entry(
        "ghcr.io/a",
        FakeSource.script(fixture.time(), "USERCANARY", "CANARY", Duration.ofHours(1)));
    var body = body(ask(Action.EXPLAIN, "ghcr.io/a/b:1"));
    assertEquals(
        "{\"reference\":\"ghcr.io/a/b\",\"outcome\":\"found\",\"considered\":["
            + "{\"prefix\":\"ghcr.io/a\",\"answers\":true,\"why\":\"longest prefix\","
            + "\"source\":\"script\",\"origin\":\"values.yaml:1\"},"
            + "{\"prefix\":\"ghcr.io\",\"answers\":false,\"why\":\"shorter\","
            + "\"source\":\"static\",\"origin\":\"values.yaml:1\"}],"
            + "\"answering\":{\"prefix\":\"ghcr.io/a\",\"registry\":\"ghcr.io/a\","
            + "\"source\":\"script\",\"origin\":\"values.yaml:1\",\"default\":false,"
            + "\"loading\":false,\"hits\":0,\"runs\":1,\"issuedAt\":\"2026-01-01T00:00:00Z\","
            + "\"expiresAt\":\"2026-01-01T01:00:00Z\",\"lastRun\":\"2026-01-01T00:00:00Z\","
            + "\"lastRunMillis\":0}}\n",
        body);
    assertFalse(body(ask(Action.STATUS, "")).contains("CANARY"));
  }

  @Test
  void explainNamesThePeersLoginWithItsTime() {
    assertEquals(0, ask(Action.STORE, login("ghcr.io", "USERCANARY", "CANARY")).status());
    fixture.time().advance(Duration.ofHours(2));
    assertEquals(
        "{\"reference\":\"ghcr.io/a/b\",\"outcome\":\"found\",\"considered\":["
            + "{\"prefix\":\"ghcr.io\",\"answers\":true,\"why\":\"your own login\","
            + "\"source\":\"login\",\"origin\":\"uid 0\","
            + "\"storedAt\":\"2026-01-01T00:00:00Z\"}],"
            + "\"answering\":{\"prefix\":\"ghcr.io\",\"source\":\"login\",\"origin\":\"uid 0\","
            + "\"storedAt\":\"2026-01-01T00:00:00Z\"}}\n",
        body(ask(Action.EXPLAIN, "ghcr.io/a/b:1")));
  }

  @Test
  void explainReportsThatAnEntryHasPrecedenceOverALoginForTheSamePrefix() {
    assertEquals(0, ask(Action.STORE, login("ghcr.io", "person", "s")).status());
    fixture.fixed("ghcr.io", "bot", "s");
    var body = body(ask(Action.EXPLAIN, "ghcr.io/a"));
    assertTrue(
        body.contains(
            "{\"prefix\":\"ghcr.io\",\"answers\":true,\"why\":\"longest prefix\","
                + "\"source\":\"static\",\"origin\":\"values.yaml:1\"},"
                + "{\"prefix\":\"ghcr.io\",\"answers\":false,"
                + "\"why\":\"the configured entry comes first\",\"source\":\"login\""),
        body);
  }

  @Test
  void explainOfALongerLoginRunsNoEntry() {
    var script = FakeSource.script(fixture.time(), "u", "s", Duration.ofHours(1));
    assertEquals(0, ask(Action.STORE, login("ghcr.io/team", "team", "s")).status());
    fixture.entry("ghcr.io", script);
    var body = body(ask(Action.EXPLAIN, "ghcr.io/team/x"));
    assertTrue(body.contains("\"why\":\"your own login, for a longer path\""), body);
    assertTrue(body.contains("\"why\":\"your own login comes first\""), body);
    assertEquals(List.of(), script.asked());
    assertTrue(body(ask(Action.EXPLAIN, "ghcr.io")).contains("\"source\":\"script\""));
  }

  /** T18: explain shows neither another user's login, nor an entry that the peer may not list. */
  @Test
  void t18_explainShowsAStrangerItsOwnLoginAndNothingElse() {
    assertEquals(0, ask(Action.STORE, login("ghcr.io/team", "root", "s")).status());
    var denied = answer(Action.EXPLAIN, "ghcr.io/team/x", STRANGER, NOBODYS);
    assertEquals(RequestOutcome.DENIED, denied.outcome());
    var stored = answer(Action.STORE, login("ghcr.io/team", "person", "s"), STRANGER, NOBODYS);
    assertEquals(RequestOutcome.STORED, stored.outcome());
    fixture.fixed("ghcr.io", "bot", "s");
    var own = body(answer(Action.EXPLAIN, "ghcr.io/team/x", STRANGER, NOBODYS).reply());
    assertTrue(own.contains("\"origin\":\"uid 1000\""), own);
    assertFalse(own.contains("values.yaml") || own.contains("uid 0"), own);
    assertTrue(body(ask(Action.EXPLAIN, "ghcr.io/team/x")).contains("\"origin\":\"uid 0\""));
    fixture.fixed("ghcr.io/team", "bot", "s");
    var managed = answer(Action.EXPLAIN, "ghcr.io/team/x", STRANGER, NOBODYS);
    assertEquals(RequestOutcome.DENIED, managed.outcome());
  }
}
