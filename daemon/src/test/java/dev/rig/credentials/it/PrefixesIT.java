package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The entry that answers, and the bytes of the answer, through the built client. */
class PrefixesIT {
  private static final String NOT_FOUND = "credentials not found in native keychain\n";

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DaemonUnderTest daemon;
  private static NativeClient client;

  @BeforeAll
  static void startDaemon() {
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    registry.gitlab.com: {username: host-bot, password: of-the-host}
                    registry.gitlab.com/rigdev: {username: rigdev-bot, password: of-rigdev}
                    registry.gitlab.com/rigdev/infra: {username: infra-bot, password: of-infra, alias: infra}
                    index.docker.io: {username: hub-bot, password: of-the-hub}
                    ghcr.io/acme: {username: acme-bot, password: of-acme}
                    quay.io/acme: {username: quay-bot, password: of-quay, default: true}
                    "*.dkr.ecr.*.amazonaws.com": {username: AWS, password: of-the-glob}
                    123456789012.dkr.ecr.eu-west-1.amazonaws.com: {username: AWS, password: of-the-account}
                    scripted.example.org: {script: 'echo "script-bot:of:the:script"'}
                    broken.example.org: {script: "echo 'cannot reach the token service' >&2; exit 7"}
                """);
    daemon.start();
    client = daemon.client();
  }

  @ParameterizedTest
  @CsvSource({
    "registry.gitlab.com/rigdev/foobar,             rigdev-bot, of-rigdev",
    "registry.gitlab.com/rigdev,                    rigdev-bot, of-rigdev",
    "registry.gitlab.com/rigdev/infra/terraform,    infra-bot,  of-infra",
    "registry.gitlab.com/rigdev/infrared,           rigdev-bot, of-rigdev",
    "registry.gitlab.com/rigdevx,                   host-bot,   of-the-host",
    "registry.gitlab.com/other/rigdev,              host-bot,   of-the-host",
    "registry.gitlab.com,                           host-bot,   of-the-host",
    "https://registry.gitlab.com,                   host-bot,   of-the-host",
    "REGISTRY.GITLAB.COM/rigdev/foobar,             rigdev-bot, of-rigdev",
    "https://index.docker.io/v1/,                   hub-bot,    of-the-hub",
    "docker.io,                                     hub-bot,    of-the-hub",
    "registry-1.docker.io,                          hub-bot,    of-the-hub",
    "index.docker.io/library/nginx,                 hub-bot,    of-the-hub",
    "ghcr.io/acme/app,                              acme-bot,   of-acme",
    "quay.io,                                       quay-bot,   of-quay",
    "210987654321.dkr.ecr.us-east-1.amazonaws.com,  AWS,        of-the-glob",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com,  AWS,        of-the-account",
    "scripted.example.org,                          script-bot, of:the:script",
  })
  void longestPrefixAnswersAndTheRequestIsEchoed(String key, String username, String secret) {
    var outcome = client.get(key);
    assertEquals(new ProgramResult(0, NativeClient.answer(key, username, secret), ""), outcome);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.org",
        "gitlab.com",
        "registry.gitlab.com.example.org",
        "xregistry.gitlab.com",
        "registry.gitlab.com:5000",
        "ghcr.io",
        "ghcr.io/acmex",
        "quay.io/other",
        "a.b.dkr.ecr.us-east-1.amazonaws.com",
        "dkr.ecr.us-east-1.amazonaws.com",
        "https://index.docker.io/v1/access-token",
      })
  void t3_nearMissIsNotFoundInTheFrozenBytes(String key) {
    assertEquals(new ProgramResult(1, NOT_FOUND, ""), client.get(key));
  }

  @Test
  void aliasOfTheProgramSelectsTheEntryForAnyKey() {
    var key = "registry.gitlab.com";
    assertEquals(
        new ProgramResult(0, NativeClient.answer(key, "infra-bot", "of-infra"), ""),
        client.askAs("infra", "get", key));
  }

  @Test
  void unknownAliasNeverAnswersFromAnotherEntry() {
    var outcome = client.askAs("nobody", "get", "registry.gitlab.com");
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertFalse(outcome.output().contains("of-the-host"), outcome::toString));
  }

  @Test
  void failingScriptIsAnErrorAndNotNotFound() {
    var outcome = client.get("broken.example.org");
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertFalse(outcome.stdout().isBlank(), outcome::toString),
        () -> assertFalse(outcome.stdout().contains("native keychain"), outcome::toString));
  }

  @Test
  void everyListedKeyIsAnsweredWithTheListedName() throws IOException {
    client.get("broken.example.org");
    var listed = names(client.ask("list", "unused").succeeded().stdout());
    assertAll(
        () -> assertEquals("host-bot", listed.get("registry.gitlab.com"), listed::toString),
        () -> assertEquals("hub-bot", listed.get("https://index.docker.io/v1/"), listed::toString),
        () -> assertFalse(listed.containsKey("broken.example.org"), listed::toString),
        () -> assertFalse(listed.keySet().stream().anyMatch(key -> key.contains("*"))),
        () ->
            assertAll(
                listed.entrySet().stream()
                    .map(entry ->
                        () -> {
                          var answer = client.get(entry.getKey()).succeeded().stdout();
                          assertEquals(entry.getValue(), names(answer).get("Username"));
                        })));
  }

  @Test
  void listHasNoSecret() {
    var outcome = client.ask("list", "unused").succeeded();
    assertFalse(outcome.output().contains("of-the"), outcome::toString);
  }

  @Test
  void versionNamesTheProgram() {
    var outcome = client.ask("version", "").succeeded();
    assertTrue(outcome.stdout().startsWith("docker-credential-rig "), outcome::toString);
  }

  @Test
  void storeOfAManagedEntryChangesNothingAndReportsIt() {
    var key = "registry.gitlab.com";
    var login = NativeClient.answer(key, "person", "typed-in");
    var outcome = client.ask("store", login);
    assertAll(
        () -> assertEquals(0, outcome.status(), outcome::toString),
        () -> assertEquals("", outcome.stdout()),
        () -> assertEquals(1, outcome.stderr().lines().count(), outcome::toString),
        () -> assertFalse(outcome.stderr().contains("typed-in"), outcome::toString),
        () ->
            assertEquals(
                NativeClient.answer(key, "host-bot", "of-the-host"), client.get(key).stdout()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"registry.gitlab.com", "https://registry.gitlab.com", "example.org"})
  void eraseAlwaysSucceeds(String key) {
    var outcome = client.ask("erase", key);
    assertAll(
        () -> assertEquals(0, outcome.status(), outcome::toString),
        () -> assertEquals("", outcome.stdout()));
  }

  @Test
  void eraseOfAManagedEntryKeepsItAndReportsIt() {
    var key = "registry.gitlab.com/rigdev";
    var outcome = client.ask("erase", key);
    assertAll(
        () -> assertFalse(outcome.stderr().isBlank(), outcome::toString),
        () ->
            assertEquals(
                NativeClient.answer(key, "rigdev-bot", "of-rigdev"), client.get(key).stdout()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n"})
  void emptyKeyIsRefusedInTheFrozenBytes(String key) {
    var outcome = client.get(key);
    assertEquals(new ProgramResult(1, "no credentials server URL\n", ""), outcome);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"registry.gitlab.com\nghcr.io/acme", "registry.gitlab.com\r", "\tghcr.io"})
  void t1_controlCharactersInAKeyNeverGetACredential(String key) {
    var outcome = client.get(key); // T1
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () -> assertFalse(outcome.output().contains("\"Secret\""), outcome::toString));
  }

  @Test
  void commandLineGetsAsDockerDoes() {
    var image = "registry.gitlab.com/rigdev/foobar:1.2";
    var outcome = daemon.commandLine("get", image, "--output", "docker").succeeded();
    assertTrue(outcome.stdout().contains("\"Secret\":\"of-rigdev\""), outcome::toString);
  }

  @Test
  void explainNamesTheEntryThatAnswersAndNoSecret() {
    var image = "registry.gitlab.com/rigdev/foobar:1.2";
    var outcome = daemon.commandLine("explain", image).succeeded();
    assertAll(
        () -> assertTrue(outcome.stdout().contains("registry.gitlab.com/rigdev")),
        () -> assertFalse(outcome.output().contains("of-rigdev"), outcome::toString));
  }

  /** Returns the names and values of a flat JSON object of strings. */
  private static Map<String, String> names(String json) throws IOException {
    var found = new TreeMap<String, String>();
    try (var parser = new JsonFactory().createParser(json)) {
      assertEquals(JsonToken.START_OBJECT, parser.nextToken());
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        found.put(parser.currentName(), parser.nextTextValue());
      }
    }
    return found;
  }
}
