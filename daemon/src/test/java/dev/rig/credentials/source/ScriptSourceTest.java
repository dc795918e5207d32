package dev.rig.credentials.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccount;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.source.process.Shell;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.LogRecords;
import dev.rig.credentials.testing.machine.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScriptSourceTest {
  private static final String RULE = "; it must print one line <username>:<password>";
  private static final Map<String, String> BASE = Map.of("PATH", "/usr/bin:/bin");
  private static final SourceRequest REQUEST = new SourceRequest("ghcr.io/acme");

  @TempDir Path folder;

  private final FakeTime time = new FakeTime();
  private final LogRecords log = LogRecords.of("dev.rig.credentials.source");
  private KnownSecrets known = new HeldSecrets(Map.of()).of("registry.example.com");
  private ProcessRunner runner;

  @BeforeEach
  void open() throws IOException {
    runner =
        ProcessRunner.open(folder.resolve("scripts"), BASE, Shell.ofThisMachine(), time.time());
  }

  @AfterEach
  void close() {
    runner.close();
    log.close();
  }

  private ScriptSource source(String script) {
    return source(script, Map.of());
  }

  private static String token(long exp) {
    var encoder = java.util.Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(
            "{\"alg\":\"none\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(
            ("{\"exp\":" + exp + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8))
        + ".";
  }

  @Test
  void leaseExpiresWithItsCredential() throws Exception {
    var end = time.now().plusSeconds(60);
    var lease =
        source("echo u:" + token(end.getEpochSecond())).issue(REQUEST).get(10, TimeUnit.SECONDS);
    assertEquals(end, lease.expiresAt());
  }

  @Test
  void leaseExpiresAtTheConfiguredTimeIfThatIsEarlier() throws Exception {
    var end = time.now().plus(Duration.ofDays(1));
    var lease =
        source("echo u:" + token(end.getEpochSecond())).issue(REQUEST).get(10, TimeUnit.SECONDS);
    assertEquals(time.now().plus(Duration.ofHours(1)), lease.expiresAt());
  }

  @Test
  void expiredCredentialIsRejected() {
    var ended = token(time.now().getEpochSecond());
    var thrown =
        assertThrows(
            ExecutionException.class,
            () -> source("echo u:" + ended).issue(REQUEST).get(10, TimeUnit.SECONDS));
    assertEquals(
        "script printed a credential that expired at " + time.now(),
        assertInstanceOf(SourceException.class, thrown.getCause()).getMessage());
  }

  private ScriptSource source(String script, Map<String, String> environment) {
    return new ScriptSource(script, program(environment, Duration.ofHours(1)));
  }

  private EntryProgram program(Map<String, String> environment, Duration expire) {
    return new EntryProgram(
        "ghcr.io", environment, Duration.ofSeconds(30), expire, known, runner, time.time());
  }

  private static Lease issue(ScriptSource source) throws Exception {
    return source.issue(REQUEST).get(10, TimeUnit.SECONDS);
  }

  private String failure(String script) {
    var future = source(script).issue(REQUEST);
    var failure = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    return String.valueOf(assertInstanceOf(SourceException.class, failure.getCause()).getMessage());
  }

  @Test
  void oneLineIsSplitAtItsFirstColonAndTheLeaseStartsWithTheRun() throws Exception {
    var begun = time.now();
    var lease = issue(source("echo 'user:pass:word '"));
    assertEquals(new Credential("user", Secret.of("pass:word ")), lease.credential());
    assertEquals(begun, lease.issuedAt());
    assertEquals(begun.plus(Duration.ofHours(1)), lease.expiresAt());
    assertEquals("script", source("").kind());
  }

  private static final ServiceAccountToken TOKEN =
      new ServiceAccountToken(
          new ServiceAccount("team", "builder", "uid-1"),
          Secret.of("head.CANARY-token.signature"),
          Instant.MAX,
          Map.of("example.org/role", "a \"b\" ø", "a", ""));

  @Test
  void tokenIsInAPrivateFileThatIsRemovedAfterTheRun() throws Exception {
    var seen = folder.resolve("seen");
    var lease =
        source(
                "f=$RIG_SERVICE_ACCOUNT_TOKEN_FILE; echo \"$f\" >"
                    + seen
                    + "; echo \"$(stat -c %a \"$f\"):$(cat \"$f\")\"")
            .issue(new SourceRequest("ghcr.io", TOKEN))
            .get(10, TimeUnit.SECONDS);
    assertEquals(
        new Credential("600", Secret.of("head.CANARY-token.signature")), lease.credential());
    var file = Path.of(Files.readString(seen).strip());
    assertEquals(folder.resolve("scripts"), file.getParent());
    runner.close(); // waits for the end of the runs
    assertFalse(Files.exists(file));
  }

  @Test
  void annotationsAreJsonInAsciiAndTheTokenIsInNoVariable() throws Exception {
    var request = new SourceRequest("ghcr.io", TOKEN);
    var lease =
        source("echo \"u:$RIG_SERVICE_ACCOUNT_ANNOTATIONS$(env | grep -c CANARY)\"")
            .issue(request)
            .get(10, TimeUnit.SECONDS);
    assertEquals(
        Secret.of("{\"a\":\"\",\"example.org/role\":\"a \\\"b\\\" \\u00F8\"}0"),
        lease.credential().secret());
    assertFalse(request.toString().contains("CANARY"));
  }

  @Test
  void withoutATokenTheScriptFindsNoFileAndNoAnnotations() throws Exception {
    var lease = issue(source("echo \"u:$(env | grep -c RIG_SERVICE || :)\""));
    assertEquals(Secret.of("0"), lease.credential().secret());
  }

  /** T11. */
  @Test
  void t11_tokenOnStderrReachesNeitherTheLogNorTheReason() {
    var future =
        source("cat $RIG_SERVICE_ACCOUNT_TOKEN_FILE >&2; echo >&2; exit 1")
            .issue(new SourceRequest("ghcr.io", TOKEN));
    var failure = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    assertFalse(String.valueOf(failure).contains("CANARY"), failure::toString);
    assertTrue(String.valueOf(failure).contains("[redacted]"), failure::toString);
    assertFalse(log.text().contains("CANARY"), log::text);
  }

  @Test
  void leaseStartsWithTheRunEvenIfTheRunTakesLong() throws Exception {
    var gate = folder.resolve("gate");
    var begun = time.now();
    var future =
        source("while ! [ -e " + gate + " ]; do sleep 0.01; done; echo u:p").issue(REQUEST);
    time.advance(Duration.ofSeconds(20));
    Files.createFile(gate);
    assertEquals(begun, future.get(10, TimeUnit.SECONDS).issuedAt());
  }

  @Test
  void newlineAtTheEndIsOptional() throws Exception {
    assertEquals("p", issue(source("printf u:p")).credential().secret().reveal());
  }

  @Test
  void registryOfTheRequestIsInTheEnvironmentAndOverridesTheEntrys() throws Exception {
    var source =
        source("echo \"$RIG_REGISTRY:$OTHER\"", Map.of("RIG_REGISTRY", "no", "OTHER", "secret"));
    assertEquals(new Credential("ghcr.io/acme", Secret.of("secret")), issue(source).credential());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "printf 'canary:a\\ncanary:b\\n' | 2 lines",
        "printf 'canary:a\\n\\n' | 2 lines",
        "true | nothing",
        "echo | an empty line",
        "echo canary | a line without a colon",
        "echo :canary | an empty username",
        "echo canary: | an empty password",
        "echo 'canary a:b' | a username with white space or an invisible character",
        "printf 'canary\\342\\200\\213:b' | a username with white space or an invisible character",
        "printf '\\302\\240canary:b' | a username with white space or an invisible character",
      })
  void f6_outputThatIsNotOneLineOfNameAndPasswordIsRefused(String script, String rule) {
    assertEquals("script printed " + rule + RULE, failure(script));
    assertTrue(log.text().contains("script of ghcr.io failed: script printed " + rule), log.text());
    assertFalse(log.text().contains("canary"), log.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "printf 'canary:a\\0b' | a NUL byte",
        "printf 'canary:\\377' | bytes that are not UTF-8",
        "printf 'canary:\\303' | bytes that are not UTF-8",
        "printf 'canary:a\\r\\n' | a control character (a carriage return is one)",
        "printf 'canary:a\\033b\\n' | a control character (a carriage return is one)",
      })
  void f7_nulAndBrokenUtf8AreRefusedAndNeverEchoed(String script, String rule) {
    assertEquals("script printed " + rule + RULE, failure(script));
    assertFalse(log.text().contains("canary"), log.text());
  }

  /** C7: the first colon in a helper's answer would make a part of the secret the user name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ServerURL\":\"r\",\"Username\":\"AWS\",\"Secret\":\"canary\"} | , the answer of a"
            + " credential helper",
        "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"canary\"}} | , a Kubernetes"
            + " ExecCredential",
        "{\"token\":\"canary\" | ''",
        "{\"token\":%n  \"canary\"} | ''",
        "[\"AWS:canary\"] | ''",
        "\"AWS:canary\" | ''",
      })
  void f6_jsonIsRefusedWithItsFormNamed(String json, String form) throws IOException {
    var output = Files.writeString(folder.resolve("output"), json.formatted() + "\n");
    assertEquals("script printed JSON" + form + RULE, failure("cat " + output));
    assertFalse(log.text().contains("canary"), log.text());
  }

  @Test
  void f6_jsonAfterTheUserNameIsAPassword() throws Exception {
    var credential = issue(source("echo '_json_key:{\"private_key\": \"a\"}'")).credential();
    assertEquals(new Credential("_json_key", Secret.of("{\"private_key\": \"a\"}")), credential);
  }

  /** C8. */
  @Test
  void reasonEndsWithTheLastLineOfTheScriptsStderr() {
    assertEquals(
        "script printed an empty password; stderr: Unable to locate credentials",
        failure("echo warming up >&2; echo Unable to locate credentials >&2; echo AWS:"));
    assertTrue(log.text().contains("warming up | Unable to locate credentials"), log.text());
  }

  /** C10: a run prints a secret that an earlier run printed and that is still served. */
  @Test
  void t21_secretOfAnEarlierRunIsRedacted() throws Exception {
    var first = folder.resolve("first");
    var source =
        source(
            "if mkdir %s 2>/dev/null; then echo u:canary-token; exit; fi; echo the service refuses"
                    .formatted(first)
                + " the cached token canary-token >&2; exit 1");
    issue(source);
    var failure =
        assertThrows(
            ExecutionException.class, () -> source.issue(REQUEST).get(10, TimeUnit.SECONDS));
    assertEquals(
        "script exited with status 1; stderr: the service refuses the cached token [redacted]",
        Objects.requireNonNull(failure.getCause()).getMessage());
    assertFalse(log.text().contains("canary"), log.text());
  }

  private static void assertRedacted(String expected, ScriptSource source) {
    var failure =
        assertThrows(
            ExecutionException.class, () -> source.issue(REQUEST).get(10, TimeUnit.SECONDS));
    assertEquals(
        "script exited with status 1; stderr: " + expected,
        Objects.requireNonNull(failure.getCause()).getMessage());
  }

  /** T21: a changed entry's secrets: a static password, a value of env, a credential. */
  @Test
  void t21_secretsFromBeforeAChangeOfTheEntryAreRedacted() {
    known.configured(List.of("canary-password"));
    known.configured(EnvironmentSecrets.ofEntry(Map.of("NOTE", "canary-of-env")));
    known.add("ghcr.io", "canary-token");
    assertRedacted(
        "refused: [redacted] [redacted] [redacted]",
        source("echo refused: canary-token canary-of-env canary-password >&2; exit 1"));
  }

  /** T21: the saved secrets are former and current ones, without configured ones. */
  @Test
  void t21_secretsKeptOverARestartAreLimited() {
    var secrets = new HeldSecrets(Map.of("DEPLOY_NOTE", "canary-note"));
    var entry = secrets.of("ghcr.io");
    for (int i = 1; i <= 20; i++) {
      entry.add("ghcr.io", "token-" + i);
    }
    entry.add("ghcr.io", "pin");
    entry.configured(List.of("first-password"));
    entry.configured(List.of("second-password"));
    assertEquals(
        List.of(
            new HeldSecrets.OfRegistry(
                "ghcr.io",
                "ghcr.io",
                IntStream.rangeClosed(13, 20).mapToObj(i -> "token-" + i).toList()),
            new HeldSecrets.OfRegistry("ghcr.io", "", List.of("first-password"))),
        secrets.toKeep(1_000));
    assertEquals(1, secrets.toKeep(64).size(), "what does not fit is left out");
    assertEquals("OfRegistry[ghcr.io]", secrets.toKeep(64).getFirst().toString());
    entry.configured(List.of("first-password"));
    assertEquals(List.of("second-password"), secrets.toKeep(1_000).getLast().secrets());
  }

  @Test
  void shortValuesOfAnEntrysOwnEnvironmentAreRedacted() {
    assertEquals(
        Set.of("8243", "https://u:pw42@host", "u:pw42", "pw42", "eu-central-1"),
        Set.copyOf(
            EnvironmentSecrets.ofEntry(
                Map.of(
                    "PIN", "8243",
                    "PROXY", "https://u:pw42@host",
                    "AWS_PROFILE", "prod",
                    "AWS_REGION", "eu-central-1",
                    "VERBOSE", "true",
                    "N", "123"))));
  }

  @Test
  void valuesOfTheDaemonsEnvironmentAreRedacted() {
    known =
        new HeldSecrets(
                Map.of(
                    "DEPLOY_NOTE", "canary-note",
                    "SHORT_TOKEN", "c4n4",
                    "HTTPS_PROXY", "http://me:proxy-canary@proxy.example.org",
                    "USER", "root",
                    "DEBUG", "1",
                    "HOME", "/root",
                    "CONFIG", "/etc/passwd",
                    "KUBERNETES_SERVICE_HOST", "10.96.0.1",
                    "LISTEN_FDNAMES", "credentials",
                    "AWS_REGION", "eu-central-1"))
            .of("registry.example.com");
    assertEquals(
        "script exited with status 1; stderr: root 1 / /etc/passwd 10.96.0.1 eu-central-1"
            + " credentials [redacted] [redacted] [redacted]",
        failure(
            "echo root 1 / /etc/passwd 10.96.0.1 eu-central-1 credentials canary-note c4n4"
                + " proxy-canary >&2; exit 1"));
  }

  @Test
  void f8_credentialOfAScriptThatFailsIsDiscarded() {
    assertEquals("script exited with status 3", failure("echo u:p; exit 3"));
    assertEquals(
        "script exited with status 4; stderr: no network",
        failure("echo first >&2; echo no network >&2; exit 4"));
    assertTrue(log.text().contains("first | no network"), log.text());
  }

  @Test
  void f1_timeoutIsReportedWithItsLength() {
    var token = Processes.longSleep();
    var future = source("exec sleep " + token).issue(REQUEST);
    assertTrue(
        Processes.eventually(
            Duration.ofSeconds(5),
            () -> time.pending() > 0 && !Processes.with("sleep\0" + token).isEmpty()));
    time.advance(Duration.ofSeconds(30));
    var failure = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    var cause = assertInstanceOf(SourceException.class, failure.getCause());
    assertEquals("script was stopped after 30 s", cause.getMessage());
    assertTrue(log.text().contains("script of ghcr.io failed: script was stopped"), log.text());
  }

  @Test
  void f2_floodIsReportedWithTheLimit() {
    assertEquals(
        "script printed more than 64 KiB and was stopped" + RULE, failure("yes canary:secret"));
    assertFalse(log.text().contains("canary"));
  }

  @Test
  void f3_endOfStderrIsLoggedOnSuccessToo() throws Exception {
    issue(source("echo careful >&2; echo u:p"));
    assertTrue(log.text().contains("careful"), log.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set -x; echo user:canary-1234; exit 1",
        "echo user:canary-1234; echo canary-1234 >&2",
        "echo user:canary-1234; echo canary-1234 >&2; exit 1",
        "echo user:canary-1234; printf user:canary-1234 | base64 >&2; exit 1",
        "echo user:canary-1234; printf canary-1234 | od -An -tx1 | tr -d ' ' >&2; exit 1",
        "echo user:canary-1234; echo user:canary-1234; echo canary-1234 >&2",
        "echo canary-1234; echo canary-1234 >&2",
        "echo user:canary-1234; yes canary-1234 | tr -d '\\n' | head -c 9000 >&2; exit 1",
        "echo user:canary-1234; yes canary-1234 | head -c 99000",
      })
  void t11_stdoutIsNeitherLoggedNorInTheMessage(String script) {
    var future = source(script).issue(REQUEST);
    String message;
    try {
      message = future.get(10, TimeUnit.SECONDS).toString();
    } catch (Exception e) {
      message = e.toString();
    }
    for (var form : List.of("canary", "nary-1234", "dXNlcjpjYW5hcnkt", "63616e617279")) {
      assertFalse(message.contains(form), message);
      assertFalse(log.text().contains(form), log.text());
    }
  }

  @Test
  void t12_namesAreNeverShellText() throws Exception {
    var marker = folder.resolve("pwned");
    var forms =
        List.of(
            "$(touch X)",
            "`touch X`",
            "; touch X",
            "| touch X",
            "& touch X",
            "' ; touch X ; '",
            "\"; touch X; \"",
            "\n touch X\n",
            "${IFS}$(touch${IFS}X)",
            "() { :;}; touch X",
            "<(touch X)",
            "> X",
            ">> X",
            "$((a[$(touch X)]))",
            "-x X",
            "\\$(touch X)",
            "';touch X #",
            "\";touch X #",
            "\t;touch X",
            "|| touch X");
    var names = new ArrayList<String>();
    for (int i = 0; i < 1_000; i++) {
      names.add(forms.get(i % forms.size()).replace("X", marker.toString() + i));
    }
    // All of them as requested registries, with a careless script; then as variables of one script.
    var careless = source("echo u:p; printenv RIG_REGISTRY >&2; set -f; echo $RIG_REGISTRY >&2");
    for (int i = 0; i < names.size(); i += 40) {
      var batch = new ArrayList<CompletableFuture<Lease>>();
      for (var name : names.subList(i, i + 40)) {
        batch.add(careless.issue(new SourceRequest(name)));
      }
      for (var lease : batch) {
        assertEquals("u", lease.get(60, TimeUnit.SECONDS).credential().username());
      }
    }
    var variables = new HashMap<String, String>();
    names.forEach(name -> variables.put("NAME_" + variables.size(), name));
    var lease = issue(source("echo \"u:$(printenv | grep -c '^NAME_')\"", variables));
    assertEquals(Secret.of("1000"), lease.credential().secret());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("scripts")), files.toList());
    }
  }

  @Test
  void cancellingTheLeaseKillsTheScript() {
    var token = Processes.longSleep();
    var future = source("sleep " + token).issue(REQUEST);
    assertTrue(
        Processes.eventually(
            Duration.ofSeconds(5), () -> !Processes.with("sleep\0" + token).isEmpty()));
    assertTrue(future.cancel(true));
    assertTrue(Processes.eventually(Duration.ofSeconds(5), () -> Processes.with(token).isEmpty()));
  }

  @Test
  void expiryOutOfRangeIsNever() throws Exception {
    var source =
        new ScriptSource("echo u:p", program(Map.of(), Duration.ofSeconds(Long.MAX_VALUE)));
    assertFalse(issue(source).expires());
  }

  @Test
  void staticSourceAnswersImmediatelyAndForever() {
    var credential = new Credential("u", Secret.of("p"));
    var source = new StaticSource(credential, time.time());
    assertEquals("static", source.kind());
    assertEquals(new Lease(credential, time.now(), Lease.NEVER), source.issue(REQUEST).resultNow());
  }
}
