package dev.rig.credentials.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults of scripts (F1 to F8), of another credential helper. */
final class HelperSourceTest {
  private static final String NAME = "docker-credential-fake";
  private static final String RULE = "; it must print JSON with ServerURL, Username and Secret";

  @TempDir Path folder;

  private final FakeTime time = new FakeTime();
  private final KnownSecrets known = new HeldSecrets(Map.of()).of("registry.example.com");
  private LogRecords log;
  private ProcessRunner runner;

  @BeforeEach
  void open() throws IOException {
    log = LogRecords.of("dev.rig.credentials.source");
    var path = folder + ":/usr/bin:/bin";
    runner =
        ProcessRunner.open(
            folder.resolve("scripts"), Map.of("PATH", path), Shell.ofThisMachine(), time.time());
  }

  @AfterEach
  void close() {
    runner.close();
    log.close();
  }

  private HelperSource source(String script) throws IOException {
    return source(script, Map.of());
  }

  private HelperSource source(String script, Map<String, String> environment) throws IOException {
    program(folder.resolve(NAME), script);
    return new HelperSource(
        "fake",
        new EntryProgram(
            "ghcr.io/acme",
            environment,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            known,
            runner,
            time.time()));
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Lease issue(HelperSource source, String registry) throws Exception {
    return source.issue(new SourceRequest(registry)).get(10, TimeUnit.SECONDS);
  }

  private static SourceException failure(CompletableFuture<?> future) {
    var thrown = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    return assertInstanceOf(SourceException.class, thrown.getCause());
  }

  private String refusal(String script) throws IOException {
    return String.valueOf(
        failure(source(script).issue(new SourceRequest("ghcr.io/acme"))).getMessage());
  }

  private static String answer(String username, String secret) {
    return "printf '%%s\\n' '{\"ServerURL\":\"ghcr.io\",\"Username\":\"%s\",\"Secret\":\"%s\"}'"
        .formatted(username, secret);
  }

  @Test
  void helperIsCalledWithTheHostAloneAsDockerDoes() throws Exception {
    var asked = folder.resolve("asked");
    var script =
        "echo \"$1 $#\" >>%1$s; cat >>%1$s; echo >>%1$s\n".formatted(asked)
            + "echo '{\"Username\":\"u\",\"Secret\":\"s\"}'";
    var source = source(script);
    issue(source, "ghcr.io/acme");
    issue(source, "index.docker.io");
    issue(source, "localhost:5000/a/b");
    assertEquals(
        List.of(
            "get 1", "ghcr.io", "get 1", "https://index.docker.io/v1/", "get 1", "localhost:5000"),
        Files.readAllLines(asked));
  }

  @Test
  void leaseOfAnAnswerStartsWithTheRun() throws Exception {
    var lease = issue(source(answer("me", "pass:word")), "ghcr.io/acme");
    assertEquals(new Credential("me", Secret.of("pass:word")), lease.credential());
    assertEquals(time.now(), lease.issuedAt());
    assertEquals(time.now().plus(Duration.ofMinutes(5)), lease.expiresAt());
    assertEquals("helper", source("").kind());
  }

  @Test
  void identityTokenStaysOne() throws Exception {
    var lease = issue(source(answer("\\u003ctoken\\u003e", "refresh")), "ghcr.io");
    assertTrue(lease.credential().isIdentityToken());
    assertEquals("refresh", lease.credential().secret().reveal());
  }

  @Test
  void keyOfSeveralLinesIsASecret() throws Exception {
    var lease = issue(source(answer("_json_key", "{\\n  \\\"a\\\": 1\\n}")), "ghcr.io");
    assertEquals("{\n  \"a\": 1\n}", lease.credential().secret().reveal());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\\n", "\\r\\n", "  "})
  void notFoundStaysNotFound(String end) throws Exception {
    var source = source("printf 'credentials not found in native keychain" + end + "'; exit 1");
    var failure = failure(source.issue(new SourceRequest("ghcr.io/acme")));
    assertEquals(ReasonClass.NOT_FOUND, failure.reasonClass());
    assertEquals(NAME + " has no credential for ghcr.io", failure.getMessage());
  }

  /** The answer of Debian's docker-credential-pass 0.6.4. */
  @Test
  void emptySuccessIsNotFoundToo() throws Exception {
    var source = source(answer("", ""));
    assertEquals(
        ReasonClass.NOT_FOUND, failure(source.issue(new SourceRequest("ghcr.io"))).reasonClass());
  }

  @Test
  void notFoundWithinALongerTextIsAFailure() throws Exception {
    var source = source("echo the credentials not found in native keychain of bob; exit 1");
    assertEquals(
        ReasonClass.STATUS, failure(source.issue(new SourceRequest("ghcr.io"))).reasonClass());
  }

  @Test
  void notFoundWithStatus0IsNoCredential() throws Exception {
    assertTrue(refusal("echo credentials not found in native keychain").contains("cannot be used"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | nothing",
        "echo u:canary | something that cannot be used: it is not valid JSON",
        "echo '[\"canary\"]' | something that cannot be used: it is not a JSON object",
        "echo '{\"Username\":\"u\",\"Secret\":\"canary\"' | something that cannot be used: it is"
            + " not valid JSON",
        "echo '{\"Username\":\"u\",\"Secret\":\"canary\"} {}' | something that cannot be used:"
            + " there is text after the JSON object",
        "echo '{\"Username\":\"u\",\"Secret\":\"a\",\"Secret\":\"canary\"}' | something that"
            + " cannot be used: it has a duplicate key",
        "echo '{\"Username\":\"\",\"Secret\":\"canary\"}' | an empty username",
        "echo '{\"username\":\"u\",\"secret\":\"canary\"}' | an empty username",
        "echo '{\"Username\":\"canary\",\"Secret\":\"\"}' | an empty secret",
        "echo '{\"Username\":\"canary\",\"Secret\":5}' | an empty secret",
        "echo '{\"Username\":\"a:canary\",\"Secret\":\"s\"}' | a username with a colon or a"
            + " control character",
        "echo '{\"Username\":\"canary\\u0000\",\"Secret\":\"s\"}' | a username with a colon or a"
            + " control character",
        "echo '{\"Username\":\"u\",\"Secret\":\"canary\\u0000\"}' | a secret with a control"
            + " character",
        "echo '{\"ServerURL\":\"evil.example\",\"Username\":\"u\",\"Secret\":\"canary\"}' | the"
            + " credential of a different registry",
        "printf '{\"Username\":\"u\",\"Secret\":\"canary\\377\"}' | something that cannot be used:"
            + " it is not UTF-8",
        "printf '{\"Username\":\"u\",\"Secret\":\"canary\\0\"}' | something that cannot be used:"
            + " it is not valid JSON",
      })
  void f6_f7_answerOfAnotherFormIsRefusedAndNeverEchoed(String script, String reason)
      throws IOException {
    assertEquals(NAME + " printed " + reason + RULE, refusal(script.replace("\\u", "\\\\u")));
    assertFalse(log.text().contains("canary"), log.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://ghcr.io", "ghcr.io/v2/", "GHCR.IO", ""})
  void answerMayNameItsRegistryInAnyForm(String server) throws Exception {
    var source =
        source(
            "echo '{\"ServerURL\":\"%s\",\"Username\":\"u\",\"Secret\":\"s\"}'".formatted(server));
    assertEquals("u", issue(source, "ghcr.io/acme").credential().username());
  }

  @Test
  void f1_timeoutIsReportedWithItsLength() throws Exception {
    var token = Processes.longSleep();
    var future = source("exec sleep " + token).issue(new SourceRequest("ghcr.io"));
    assertTrue(
        Processes.eventually(
            Duration.ofSeconds(5),
            () -> time.pending() > 0 && !Processes.with("sleep\0" + token).isEmpty()));
    time.advance(Duration.ofSeconds(30));
    var failure = failure(future);
    assertEquals(NAME + " was stopped after 30 s", failure.getMessage());
    assertEquals(ReasonClass.TIMEOUT, failure.reasonClass());
  }

  @Test
  void f2_f3_floodsAreStoppedAndDrained() throws Exception {
    assertEquals(NAME + " printed more than 64 KiB and was stopped" + RULE, refusal("yes canary"));
    var source = source("yes noise | head -c 300000 >&2; " + answer("u", "s"));
    assertEquals("u", issue(source, "ghcr.io").credential().username());
  }

  @Test
  void f4_grandchildThatKeepsThePipeDoesNotDelayTheAnswer() throws Exception {
    var token = Processes.longSleep();
    var source = source("sleep " + token + " & " + answer("u", "s"));
    assertEquals("u", issueWhileTimePasses(source).credential().username());
    runner.close();
    assertTrue(Processes.with("sleep\0" + token).isEmpty());
  }

  private Lease issueWhileTimePasses(HelperSource source) throws Exception {
    var future = source.issue(new SourceRequest("ghcr.io"));
    assertTrue(
        Processes.eventually(
            Duration.ofSeconds(5),
            () -> {
              time.advance(Duration.ofMillis(20));
              return future.isDone();
            }));
    return future.get();
  }

  @Test
  void f5_childInASessionOfItsOwnIsEnded() throws Exception {
    var token = Processes.longSleep();
    var source = source("setsid sh -c 'setsid sleep " + token + " &' & " + answer("u", "s"));
    issueWhileTimePasses(source);
    runner.close();
    assertTrue(Processes.with("sleep\0" + token).isEmpty());
  }

  @Test
  void f8_answerOfAHelperThatFailsIsDiscarded() throws IOException {
    assertEquals(
        NAME + " exited with status 3", refusal(answer("u", "canary-secret") + "; exit 3"));
    assertEquals(
        NAME + " exited with status 4; stderr: no [redacted] for it",
        refusal(answer("u", "canary-secret") + "; echo no canary-secret for it >&2; exit 4"));
    assertFalse(log.text().contains("canary"), log.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pass not initialized: exit status 1 | and printed: pass not initialized: exit status 1",
        "canary-secret | ''",
        "u:canary-secret | ''",
        "token=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is bad | and printed: […] is bad",
        "'refused {\"Secret\":\"canary\"}' | ''",
      })
  void errorOnStandardOutputIsShownIfItIsASentence(String printed, String shown)
      throws IOException {
    var text = printed.replace("'", "");
    var file = Files.writeString(folder.resolve("printed"), text);
    assertEquals(
        (NAME + " exited with status 1 " + shown).strip(), refusal("cat " + file + "; exit 1"));
    assertFalse(log.text().contains("canary"), log.text());
  }

  @Test
  void t21_secretOfAnEarlierAnswerIsRedactedInLaterErrors() throws Exception {
    var source =
        source(
            "if mkdir %s 2>/dev/null; then %s; exit; fi; echo token canary-secret is over; exit 1"
                .formatted(folder.resolve("first"), answer("u", "canary-secret")));
    issue(source, "ghcr.io");
    var failure = failure(source.issue(new SourceRequest("ghcr.io")));
    assertEquals(
        NAME + " exited with status 1 and printed: token [redacted] is over", failure.getMessage());
  }

  @Test
  void programRunsInASessionOfItsOwn() throws Exception {
    var source =
        source(
            "read -r _ _ _ _ _ session _ </proc/$$/stat;"
                + " echo \"{\\\"Username\\\":\\\"u\\\",\\\"Secret\\\":\\\"$session $$\\\"}\"");
    var ids = issue(source, "ghcr.io").credential().secret().reveal().split(" ", -1);
    assertEquals(ids[1], ids[0]);
  }

  @Test
  void variablesOfTheEntryReachTheHelper() throws Exception {
    var source =
        source(
            "echo \"{\\\"Username\\\":\\\"$WHO\\\",\\\"Secret\\\":\\\"s\\\"}\"",
            Map.of("WHO", "me"));
    assertEquals("me", issue(source, "ghcr.io").credential().username());
  }

  @Test
  void loginsArePassedOnWithTheSecretOnStandardInputAlone() throws Exception {
    var seen = folder.resolve("seen");
    var source = source("echo \"$*\" >>%1$s; cat >>%1$s; env >%1$s.env".formatted(seen));
    source
        .store("index.docker.io", new Credential("<token>", Secret.of("canary")))
        .get(10, TimeUnit.SECONDS);
    source.erase("ghcr.io/acme").get(10, TimeUnit.SECONDS);
    assertEquals(
        List.of(
            "store",
            "{\"Secret\":\"canary\",\"ServerURL\":\"https://index.docker.io/v1/\","
                + "\"Username\":\"\\u003ctoken\\u003e\"}",
            "erase",
            "ghcr.io"),
        sorted(Files.readAllLines(seen)));
    assertFalse(Files.readString(Path.of(seen + ".env")).contains("canary"));
    runner.close();
    try (var left = Files.list(folder.resolve("scripts"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** Returns the fields of the one JSON line in a fixed order. */
  private static List<String> sorted(List<String> lines) {
    return lines.stream().map(line -> line.startsWith("{") ? fields(line) : line).toList();
  }

  private static String fields(String line) {
    var parts = line.substring(1, line.length() - 1).split(",\"", -1);
    for (int i = 1; i < parts.length; i++) {
      parts[i] = "\"" + parts[i];
    }
    java.util.Arrays.sort(parts);
    return "{" + String.join(",", parts) + "}";
  }

  @Test
  void refusedLoginIsReportedWithoutTheSecret() throws Exception {
    var source = source("cat >&2; echo cannot lock the keychain; exit 1");
    var failure = failure(source.store("ghcr.io", new Credential("u", Secret.of("canary-secret"))));
    assertFalse(String.valueOf(failure.getMessage()).contains("canary"), failure::getMessage);
    assertTrue(
        String.valueOf(failure.getMessage()).contains("cannot lock the keychain"),
        failure::getMessage);
    assertFalse(log.text().contains("canary"), log.text());
  }

  @Test
  void programInAFolderOfOthersIsNeverRun() throws Exception {
    var open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    program(open.resolve(NAME), answer("u", "s"));
    var missing =
        assertInstanceOf(
            HelperProgram.MissingHelper.class, HelperProgram.find("fake", open.toString()));
    assertTrue(missing.reason().contains(open + " is writable by group"), missing::reason);
    // A later, safe folder also has it.
    source("");
    assertEquals(
        new HelperProgram.FoundHelper(folder.resolve(NAME)),
        HelperProgram.find("fake", open + ":" + folder));
  }

  @Test
  void linkInAFolderOfOthersIsNeverFollowed() throws Exception {
    var open = Files.createDirectory(folder.resolve("open"));
    program(folder.resolve("safe"), answer("u", "s"));
    Files.createSymbolicLink(open.resolve(NAME), folder.resolve("safe"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xrwx"));
    assertInstanceOf(
        HelperProgram.MissingHelper.class, HelperProgram.find("fake", open.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"#!%s/evil", "#!/usr/bin/env -S PATH=%s evil", "#!/usr/bin/env evil"})
  void programWithAnInterpreterOfOthersIsNeverRun(String line) throws Exception {
    var open = Files.createDirectory(folder.resolve("open"));
    program(open.resolve("evil"), answer("u", "s"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    var path = folder + ":" + open;
    var file = folder.resolve(NAME);
    for (var first : List.of(line.formatted(open), "#!" + folder.resolve("nested"))) {
      program(folder.resolve("nested"), "");
      Files.writeString(folder.resolve("nested"), line.formatted(open) + "\n");
      program(file, "");
      Files.writeString(file, first + "\n");
      var missing =
          assertInstanceOf(HelperProgram.MissingHelper.class, HelperProgram.find("fake", path));
      assertTrue(
          missing
              .reason()
              .startsWith(
                  "%s is not run: its interpreter %s/evil can be replaced: %s is writable by"
                      .formatted(file, open, open)),
          missing::reason);
    }
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(new HelperProgram.FoundHelper(file), HelperProgram.find("fake", path));
  }

  @Test
  void programWithoutItsInterpreterIsNotRun() throws Exception {
    var file = folder.resolve(NAME);
    program(file, "");
    Files.writeString(file, "#!/no/such/program\n");
    assertEquals(
        new HelperProgram.MissingHelper(
            file
                + " is not run: its interpreter /no/such/program cannot be examined: there is no"
                + " such file"),
        HelperProgram.find("fake", folder.toString()));
  }

  @Test
  void relativeFoldersOfAPathAreNotSearched() {
    assertInstanceOf(
        HelperProgram.MissingHelper.class,
        HelperProgram.find("fake", ".::bin:" + folder.resolve("no")));
  }

  @Test
  void ownProgramIsRefusedUnderEveryName() throws IOException {
    var own = folder.resolve("docker-credential-rig");
    program(own, "echo ours");
    Files.createSymbolicLink(folder.resolve("docker-credential-linked"), own);
    Files.createLink(folder.resolve("docker-credential-hard"), own);
    Files.copy(own, folder.resolve("docker-credential-copied"));
    Files.setPosixFilePermissions(
        folder.resolve("docker-credential-copied"), PosixFilePermissions.fromString("rwxr-xr-x"));
    for (var name : List.of("rig", "rig-gitlab", "linked", "hard", "copied")) {
      assertInstanceOf(
          HelperProgram.OwnHelper.class, HelperProgram.find(name, folder.toString()), name);
    }
    assertInstanceOf(
        HelperProgram.MissingHelper.class, HelperProgram.find("rigid", folder.toString()));
  }
}
