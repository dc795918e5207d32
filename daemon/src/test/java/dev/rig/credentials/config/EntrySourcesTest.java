package dev.rig.credentials.config;

import static dev.rig.credentials.config.ConfigTexts.load;
import static dev.rig.credentials.config.ConfigTexts.problems;
import static dev.rig.credentials.config.ConfigTexts.problemsOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly one source per entry, from values and from Docker's own configuration. */
class EntrySourcesTest {
  @TempDir private Path folder;

  private static String entry(String fields) {
    return "rig: {dockerRegistries: {ghcr.io: " + fields + "}}";
  }

  private RegistryEntry only(String... texts) {
    var registries = load(folder, texts).registries();
    assertEquals(1, registries.size());
    return registries.getFirst();
  }

  private static EntrySource login(String username, String password) {
    return new EntrySource.StaticLogin(new Credential(username, Secret.of(password)));
  }

  @Test
  void helperIsReadWithItsOptions() {
    var entry = only(entry("{helper: gcloud, timeout: 5s, env: {A: b}}"));
    assertEquals(
        new EntrySource.OtherHelper("gcloud", Map.of("A", "b"), Duration.ofSeconds(5)),
        entry.source());
    assertEquals(Duration.ofMinutes(5), entry.expire());
    assertEquals(Duration.ofHours(1), only(entry("{helper: gcloud, expire: 1h}")).expire());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{helper: 'a b'} => 44: not the name of a credential helper (what follows"
            + " docker-credential-: 1 to 64 letters, digits, dots, dashes or underscores)",
        "{helper: ../x} => 44: not the name of a credential helper (what follows"
            + " docker-credential-: 1 to 64 letters, digits, dots, dashes or underscores)",
        "{helper: rig} => 44: docker-credential-rig is this daemon's own helper, which would ask"
            + " the daemon again",
        "{helper: rig-gitlab} => 44: docker-credential-rig is this daemon's own helper, which would"
            + " ask the daemon again",
        "{helper: a, script: s} => 55: a script in addition to a helper (an entry has one source;"
            + " the other one is at a.yaml:1)",
        "{helper: a, username: u, password: p} => 57: the user name in addition to a helper (an"
            + " entry has one source; the other one is at a.yaml:1)",
        "{passwordFile: /p, helper: a} => 62: a helper in addition to the password file (an entry"
            + " has one source; the other one is at a.yaml:1)",
        "{username: u, password: p, passwordFile: /p} => 76: the password file in addition to the"
            + " password (an entry has one source; the other one is at a.yaml:1)",
        "{username: u, passwordFile: p} => 63: not the absolute path of a file",
        "{passwordFile: /p} => 50: a password without a user name (add username)",
        "{helper: a, with: {b: c}} => 57: with without a provider (only a provider needs it)",
        "{helper: a, serviceAccount: required} => 63: serviceAccount without a script (only a"
            + " script or a provider needs it)",
        "{helper: a, mirrorOf: docker.io} => 57: mirrorOf must be a list (write it like [one,"
            + " two])",
        "{helper: a, mirrorOf: ['*.io']} => 58: mirrorOf needs hosts without a * (name the"
            + " registries: [docker.io, quay.io])",
        "{helper: a, mirrorOf: [ghcr.io]} => 58: an entry cannot be a mirror of its own host",
      })
  void mistakeIsReportedWithItsPlace(String fields, String problem) {
    assertEquals(List.of("a.yaml:1:" + problem), problems(folder, entry(fields)));
  }

  @Test
  void laterSourceReplacesTheEarlierOneWithItsOptions() {
    var script =
        entry(
            "{script: s, env: {A: b}, timeout: 5s, expire: 1h, serviceAccount: required,"
                + " alias: x}");
    var helper = only(script, entry("{helper: gcloud}"));
    assertEquals(
        new EntrySource.OtherHelper("gcloud", Map.of(), Duration.ofSeconds(30)), helper.source());
    assertEquals(Duration.ofMinutes(5), helper.expire());
    assertEquals(ServiceAccountUse.IGNORED, helper.serviceAccount());
    assertEquals("x", helper.alias());
    assertEquals(folder.resolve("b.yaml").toString(), helper.origin().file());
    assertEquals(login("u", "p"), only(script, entry("{username: u, password: p}")).source());
    assertEquals(
        new EntrySource.Script(Secret.of("t"), Map.of(), Duration.ofSeconds(30)),
        only(entry("{username: u, password: p}"), entry("{script: t}")).source());
    assertEquals(
        new EntrySource.CloudProvider(
            ProviderKind.GITHUB_APP,
            Map.of("appId", "1", "installationId", "2", "privateKeyFile", "/k"),
            Duration.ofSeconds(30)),
        only(
                script,
                entry("{provider: ecr, with: {region: eu-west-1}}"),
                entry(
                    "{provider: githubApp,"
                        + " with: {appId: 1, installationId: 2, privateKeyFile: /k}}"))
            .source());
  }

  @Test
  void optionsWithoutASourceApplyToTheEarlierSource() {
    assertEquals(
        new EntrySource.OtherHelper("gcloud", Map.of("A", "c"), Duration.ofSeconds(7)),
        only(entry("{helper: gcloud, env: {A: b}}"), entry("{timeout: 7s, env: {A: c}}")).source());
    assertEquals(
        new EntrySource.OtherHelper("pass", Map.of("A", "b"), Duration.ofSeconds(30)),
        only(entry("{helper: gcloud, env: {A: b}}"), entry("{helper: pass}")).source());
  }

  /** C11. */
  @Test
  void userNameAndPasswordOfTwoDocumentsMergeAndReplaceAnEarlierScript() {
    var name = entry("{username: u, password: '', script: '', expire: ''}");
    var secret = entry("{password: p, script: ''}");
    var script = entry("{script: s, timeout: 3s}");
    assertEquals(login("u", "p"), only(name, secret).source());
    assertEquals(login("u", "p"), only(secret, name).source());
    assertEquals(login("u", "p"), only(script, name, secret).source());
    assertEquals(login("u", "p"), only(script, secret, name).source());
  }

  @Test
  void documentsOfOneFileAreMergedToo() {
    assertEquals(
        new EntrySource.OtherHelper("a", Map.of(), Duration.ofSeconds(30)),
        only(entry("{script: s}") + "\n---\n" + entry("{helper: a}")).source());
  }

  private Path secret(String text) throws IOException {
    return Files.writeString(folder.resolve("secret"), text);
  }

  @ParameterizedTest
  @CsvSource({
    "'p', 'p'",
    "'p\n', 'p'",
    "'p\r\n', 'p'",
    "'a\nb\n', 'a\nb'",
    "' p ', ' p '",
    "'\np\n', '\np'"
  })
  void passwordFileIsReadWithoutTheLineBreakAtItsEnd(String text, String password)
      throws IOException {
    var file = secret(text);
    assertEquals(
        login("u", password), only(entry("{username: u, passwordFile: " + file + "}")).source());
    assertEquals(
        List.of(file),
        load(folder, entry("{username: u, passwordFile: " + file + "}")).passwordFiles());
  }

  @Test
  void laterPasswordReplacesAPasswordFileAndTheOtherWayRound() throws IOException {
    var file = secret("f");
    var withFile = entry("{username: u, passwordFile: " + file + "}");
    assertEquals(login("u", "p"), only(withFile, entry("{password: p}")).source());
    assertEquals(
        login("u", "f"),
        only(entry("{username: u, password: p}"), entry("{passwordFile: " + file + "}")).source());
  }

  @ParameterizedTest
  @CsvSource({
    "'', is refused: it is empty",
    "'\n', is refused: it is empty",
    "'p\n\n', is refused: it ends with an empty line",
    "'p\u0000', is refused: it contains a control character",
    "'p\u001b[m', is refused: it contains a control character",
  })
  void unusablePasswordFileIsReportedWhereItIsNamed(String text, String reason) throws IOException {
    var file = secret(text);
    assertEquals(
        List.of("a.yaml:1:63: the password file " + reason),
        problems(folder, entry("{username: u, passwordFile: " + file + "}")));
  }

  @Test
  void invalidPasswordFileIsRefused() throws Exception {
    var text = entry("{username: u, passwordFile: " + folder + "/secret}");
    var problem = "a.yaml:1:63: the password file ";
    assertEquals(List.of(problem + "cannot be read: no such file"), problems(folder, text));
    Files.createDirectory(folder.resolve("secret"));
    assertTrue(problems(folder, text).getFirst().contains("not a regular file"));
    Files.delete(folder.resolve("secret"));
    assertEquals(
        0, new ProcessBuilder("mkfifo", folder.resolve("secret").toString()).start().waitFor());
    assertTrue(problems(folder, text).getFirst().contains("a FIFO, not a regular file"));
    Files.delete(folder.resolve("secret"));
    secret("x".repeat(65 * 1024));
    assertTrue(problems(folder, text).getFirst().contains("larger than 65536 bytes"));
    Files.write(secret(""), new byte[] {(byte) 0xff});
    assertEquals(List.of(problem + "is not UTF-8"), problems(folder, text));
    Files.setPosixFilePermissions(secret("p"), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertTrue(problems(folder, text).getFirst().contains("is writable by group"));
  }

  @Test
  void fingerprintChangesWithAPasswordFile() throws IOException {
    var paths =
        ConfigTexts.write(folder, entry("{username: u, passwordFile: " + secret("p") + "}"));
    var before = ConfigLoader.load(paths).fingerprint();
    assertEquals(before, ConfigLoader.load(paths).fingerprint());
    secret("q");
    assertNotEquals(before, ConfigLoader.load(paths).fingerprint());
  }

  private static String auth(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private Configuration docker(String json) throws IOException {
    return ConfigLoader.load(List.of(Files.writeString(folder.resolve("config.json"), json)));
  }

  @Test
  void dockersConfigurationGivesLoginsAndHelpers() throws IOException {
    var configuration =
        docker(
            """
            {
            \t"auths": {
            \t\t"https://index.docker.io/v1/": {"auth": "%s"},
            \t\t"registry.example:5000": {"username": "u", "password": "p", "auth": "%s"},
            \t\t"azure.example": {"auth": "%s", "identitytoken": "refresh"},
            \t\t"quay.io/acme": {"username": "robot", "password": "line\\nline"},
            \t\t"in.the.store": {}
            \t},
            \t"credHelpers": {"gcr.io": "gcloud"},
            \t"credsStore": "desktop",
            \t"HttpHeaders": {"User-Agent": "x"}, "psFormat": "table", "detachKeys": "ctrl-e"
            }
            """
                .formatted(auth("bot:dckr:pat"), auth("u:q"), auth("00000000:x")));
    assertEquals(
        Map.of(
            "gcr.io", new EntrySource.OtherHelper("gcloud", Map.of(), Duration.ofSeconds(30)),
            "index.docker.io", login("bot", "dckr:pat"),
            "registry.example:5000", login("u", "q"),
            "azure.example", login("<token>", "refresh"),
            "quay.io/acme", login("robot", "line\nline")),
        configuration.registries().stream()
            .collect(
                java.util.stream.Collectors.toMap(
                    entry -> entry.prefix().toString(), RegistryEntry::source)));
    assertEquals(
        List.of(
            folder
                + "/config.json:10:2: credsStore is ignored, because it names no registry"
                + " (name its registries with helper: entries, or below credHelpers)"),
        configuration.leftOut().stream().map(Problem::toString).toList());
    assertEquals(3, configuration.registries().get(1).origin().line());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%%%%", "bm9jb2xvbg==", "OnB3", "dTo=", "dTr//g==", "dToBAg=="})
  void invalidBase64OfALoginIsReportedOnlyWithItsPosition(String auth) throws IOException {
    var file =
        Files.writeString(
            folder.resolve("config.json"),
            "{\n \"auths\": {\"a.b\": {\n  \"auth\": \"" + auth + "\"}}}");
    var problems = problemsOf(folder, List.of(file));
    assertEquals(
        List.of("config.json:3:11: auth is not Base64 of a user name, a colon and a password"),
        problems);
  }

  /** RFC 8259, section 7; PHP and others write this escape, which YAML 1.1 does not have. */
  @Test
  void escapedSlashOfJsonIsASlashAndShiftsNoPosition() throws IOException {
    var configuration =
        docker(
            """
            {"auths": {"https:\\/\\/index.docker.io\\/v1\\/": {"username": "a\\\\/\\"b", "password": "p\\/\\u002f"}},
             "x\\/": "y\\/", "credsStore": "desktop"}
            """);
    assertEquals(
        login("a\\/\"b", "p//"), configuration.registries().getFirst().source(), "one login");
    assertEquals("index.docker.io", configuration.registries().getFirst().prefix().toString());
    assertEquals(16, configuration.leftOut().getFirst().column());
  }

  @Test
  void backslashBeforeASlashStaysInYaml() throws IOException {
    var configuration = docker("{auths: {a.example: {username: 'u\\/v', password: w\\/x}}}");
    assertEquals(login("u\\/v", "w\\/x"), configuration.registries().getFirst().source());
  }

  @Test
  void ownHelperInDockersConfigurationIsRefused() throws IOException {
    var file =
        Files.writeString(folder.resolve("config.json"), "{\"credHelpers\": {\"a.b\": \"rig\"}}");
    assertEquals(
        List.of(
            "config.json:1:25: docker-credential-rig is this daemon's own helper, which would ask"
                + " the daemon again"),
        problemsOf(folder, List.of(file)));
  }

  @Test
  void helperHasPrecedenceOverALoginAndTheFirstSpellingOverLaterOnes() throws IOException {
    var configuration =
        docker(
            "{\"auths\": {\"https://a.b\": {\"auth\": \"%1$s\"}, \"c.d\": {\"auth\": \"%1$s\"},"
                    .formatted(auth("u:p"))
                + " \"https://c.d/v1/\": {\"auth\": \"%s\"}}, \"credHelpers\": {\"a.b\": \"x\"}}"
                    .formatted(auth("v:q")));
    assertEquals(2, configuration.registries().size());
    assertEquals(login("u", "p"), configuration.registries().get(1).source());
    assertEquals(2, configuration.leftOut().size());
  }

  @Test
  void mountedPullSecretIsRead() throws IOException {
    var generation = Files.createDirectory(folder.resolve("..2024"));
    Files.createSymbolicLink(folder.resolve("..data"), generation.getFileName());
    Files.writeString(
        generation.resolve(".dockerconfigjson"),
        "{\"auths\":{\"ghcr.io\":{\"auth\":\"" + auth("u:p") + "\"}}}");
    Files.createSymbolicLink(
        folder.resolve(".dockerconfigjson"), Path.of("..data", ".dockerconfigjson"));
    var entry = ConfigLoader.load(List.of(folder)).registries().getFirst();
    assertEquals(login("u", "p"), entry.source());
    assertEquals(folder + "/.dockerconfigjson:1", entry.origin().toString());
  }

  @Test
  void valuesOverDockersConfigurationReplaceItsSource() throws IOException {
    var json =
        Files.writeString(folder.resolve("config.json"), "{\"credHelpers\": {\"ghcr.io\": \"x\"}}");
    var values = Files.writeString(folder.resolve("v.yaml"), entry("{script: s}"));
    assertTrue(
        ConfigLoader.load(List.of(json, values)).registries().getFirst().source()
            instanceof EntrySource.Script);
    assertTrue(
        ConfigLoader.load(List.of(values, json)).registries().getFirst().source()
            instanceof EntrySource.OtherHelper);
  }

  /** A host with a port is another registry; one with a path is only a part of it. */
  @Test
  void mirrorMayBeOfAPortAndOfAPath() {
    assertEquals(
        List.of("quay.io:8443", "index.docker.io/library", "quay.io"),
        only(entry("{helper: a, mirrorOf: ['quay.io:8443', docker.io/library/, quay.io]}"))
            .mirrorOf()
            .stream()
            .map(Object::toString)
            .toList());
  }

  @Test
  void entryOfSeveralHostsCannotBeAMirror() {
    assertEquals(
        List.of(
            "a.yaml:1:69: an entry with a * cannot be a mirror (give the mirror's own host an"
                + " entry)"),
        problems(
            folder,
            "rig: {dockerRegistries: {'*.mirror.example': {helper: a, mirrorOf: [quay.io]}}}"));
  }

  @Test
  void registryWithTwoMirrorsIsAnErrorWithItsPlace() {
    assertEquals(
        List.of("a.yaml:4:43: the mirror of this registry is already defined (first at a.yaml:3)"),
        problems(
            folder,
            """
            rig:
              dockerRegistries:
                mirror.example: {helper: a, mirrorOf: [docker.io]}
                other.example: {helper: a, mirrorOf: [https://index.docker.io/v1/]}
            """));
  }
}
