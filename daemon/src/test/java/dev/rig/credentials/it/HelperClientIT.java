package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Go package by which clients call helpers ({@code docker-credential-helpers/client}) calls our
 * program. It is built with Go, so this runs with {@code -Pclients} only.
 */
@Tag("clients")
class HelperClientIT {
  private static final String NOT_FOUND =
      "{\"error\":\"credentials not found in native keychain\",\"notFound\":true}";
  private static final String DONE = "{}";

  /** A vector of {@code registryurl/parse_test.go}; it ends where the next one starts. */
  private static final Pattern VECTOR =
      Pattern.compile("\\burl: +\"([^\"]*)\",\\s*(?:expectedURL: +\"([^\"]*)\"|err: )");

  private static final String REFUSED = "refused";

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DaemonUnderTest daemon;

  @BeforeAll
  static void startDaemon() {
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    docker.io: {username: hub, password: of-the-hub}
                    ghcr.io/acme: {username: acme, password: "<&\\"\u00fc>", default: true}
                    script.example.org: {script: "echo bot:of-the-script"}
                    failing.example.org: {script: "echo why >&2; exit 3"}
                """);
    daemon.start();
  }

  private static String call(Object... words) {
    var all = new ArrayList<Object>(List.of(GoModule.HELPER_CLIENT.program("helper-client")));
    all.add(daemon.client().folder().resolve("docker-credential-rig"));
    all.addAll(List.of(words));
    return daemon.client().usedBy(Command.of(all.toArray())).run().succeeded().stdout().strip();
  }

  private static String credential(String server, String username, String secret) {
    return "{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"%s\"}"
        .formatted(server, username, secret);
  }

  @Test
  void getDecodesTheCredential() {
    assertAll(
        () ->
            assertEquals(
                credential("https://index.docker.io/v1/", "hub", "of-the-hub"),
                call("get", "https://index.docker.io/v1/")),
        () ->
            assertEquals(
                credential("ghcr.io", "acme", "\\u003c\\u0026\\\"\u00fc\\u003e"),
                call("get", "ghcr.io")),
        () ->
            assertEquals(
                credential("script.example.org", "bot", "of-the-script"),
                call("get", "script.example.org")));
  }

  @Test
  void unknownServerIsThePackagesOwnNotFound() {
    assertEquals(NOT_FOUND, call("get", "unknown.example.org"));
  }

  @Test
  void failureIsAnErrorWithItsReasonAndNotNotFound() {
    var failed = call("get", "failing.example.org");
    assertTrue(failed.contains("rig-credentials: failing.example.org: "), failed);
    assertTrue(failed.endsWith("\"notFound\":false}"), failed);
  }

  @Test
  void missingServerAndUserNameAreThePackagesOwnErrors() {
    assertAll(
        () -> {
          var failed = call("get", "");
          assertTrue(failed.contains("err: no credentials server URL, out: "), failed);
        },
        () -> {
          var failed = call("store", "own.example.org", "", "secret");
          assertTrue(failed.contains("err: no credentials username, out: "), failed);
        });
  }

  @Test
  void storedLoginIsListedAnsweredAndErased() {
    assertEquals(NOT_FOUND, call("get", "own.example.org:5000"));
    assertEquals(DONE, call("store", "own.example.org:5000", "me", "<token>"));
    assertEquals(
        credential("own.example.org:5000", "me", "\\u003ctoken\\u003e"),
        call("get", "own.example.org:5000"));
    assertTrue(call("list").contains("\"own.example.org:5000\":\"me\""));
    assertEquals(DONE, call("erase", "own.example.org:5000"));
    assertEquals(NOT_FOUND, call("get", "own.example.org:5000"));
    assertFalse(call("list").contains("own.example.org"));
    assertEquals(DONE, call("erase", "own.example.org:5000"), "an unknown key is no error");
  }

  @Test
  void listNamesWhatIsAnswered() {
    call("get", "script.example.org");
    var list = call("list");
    assertAll(
        () -> assertTrue(list.contains("\"https://index.docker.io/v1/\":\"hub\""), list),
        () -> assertTrue(list.contains("\"script.example.org\":\"bot\""), list),
        () -> assertFalse(list.contains("failing.example.org"), list));
  }

  /** Keys that {@code registryurl.Parse} accepts and we reject, with the reason. */
  private static final Map<String, String> DIFFERENCES =
      Map.of(
          "//foobar.example.com:2376",
          "no client sends it: // is what that package writes in front of a host for Go's parser",
          "https://foobar.example.com:2376/some/other/path?foo=bar",
          "a key that means something else than it says never gets a credential (T1, T3)");

  /**
   * Each test vector of the package by which other helpers parse keys, without the scheme, which
   * our lookups ignore.
   */
  @Test
  void keysAreParsedAsRegistryurlDoes() throws IOException {
    var source = GoModule.HELPER_CLIENT.source("github.com/docker/docker-credential-helpers");
    var vectors = VECTOR.matcher(Files.readString(source.resolve("registryurl/parse_test.go")));
    var theirs = new LinkedHashMap<String, String>();
    while (vectors.find()) {
      var expected = Optional.ofNullable(vectors.group(2));
      theirs.put(
          vectors.group(1), expected.map(url -> url.replaceFirst("^(.*:)?//", "")).orElse(REFUSED));
    }
    assertTrue(theirs.size() >= 9, theirs::toString);
    var different = new TreeMap<String, String>();
    theirs.forEach((key, meaning) -> {
      var ours = ours(key);
      if (!ours.equals(meaning)) {
        different.put(key, ours);
      }
    });
    assertEquals(DIFFERENCES.keySet(), different.keySet());
    assertEquals(Set.of(REFUSED), Set.copyOf(different.values()));
  }

  private static String ours(String key) {
    try {
      return ImageReference.ofKey(key).name();
    } catch (InvalidReferenceException e) {
      return REFUSED;
    }
  }
}
