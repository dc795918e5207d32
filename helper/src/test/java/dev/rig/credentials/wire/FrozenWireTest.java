package dev.rig.credentials.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes on the socket, as each release has sent and understood them: {@code wire/VERSION} has a
 * file for each that this release added or sends in another form. During every upgrade a helper may
 * call a daemon of another release, so a file of a release is never changed: {@code
 * .ci/release-check} compares it with the tags.
 */
class FrozenWireTest {
  /** JSON and text that a later release may add to; {@code FrozenWireIT} compares them. */
  private static final List<String> DOCUMENTS =
      List.of("explain.reply", "kubelet.reply", "status.reply", "version.reply");

  private static List<Arguments> requests() {
    return List.of(
        Arguments.of("get", Action.GET, "", "ghcr.io/acme/app\n"),
        Arguments.of("get-alias", Action.GET, "gitlab", "registry.gitlab.com"),
        Arguments.of(
            "store",
            Action.STORE,
            "",
            "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}"),
        Arguments.of("userpass", Action.USERPASS, "", "ghcr.io/acme"),
        Arguments.of("erase", Action.ERASE, "", "ghcr.io"),
        Arguments.of("list", Action.LIST, "", ""),
        Arguments.of("version", Action.VERSION, "", ""),
        Arguments.of("explain", Action.EXPLAIN, "", "ghcr.io/acme/app"),
        Arguments.of("status", Action.STATUS, "", ""),
        Arguments.of(
            "kubelet",
            Action.KUBELET,
            "",
            "{\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
                + "\"kind\":\"CredentialProviderRequest\",\"image\":\"ghcr.io/acme/app\"}\n"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestIsSentAsInTheNewestReleaseAndReadAsInEach(
      String file, Action action, String alias, String payload) throws Exception {
    var frozen = frozen(file + ".request");

    assertArrayEquals(
        frozen.get(frozen.size() - 1),
        new Request(action, alias, payload.getBytes(UTF_8)).encode());
    for (var form : frozen) {
      var read = Request.decode(form);
      assertEquals(action, read.action());
      assertEquals(alias, read.alias());
      assertEquals(payload, new String(read.payload(), UTF_8));
    }
  }

  private static List<Arguments> replies() {
    return List.of(
        Arguments.of(
            "get", 0, "{\"ServerURL\":\"ghcr.io/acme/app\",\"Username\":\"u\",\"Secret\":\"s\"}\n"),
        Arguments.of("not-found", 1, Wire.NOT_FOUND + "\n"),
        Arguments.of("no-key", 1, "no credentials server URL\n"),
        Arguments.of("no-username", 1, "no credentials username\n"),
        Arguments.of("userpass", 0, "u:s\n"),
        Arguments.of("store", 0, ""),
        Arguments.of("list", 0, "{\"ghcr.io\":\"u\"}\n"));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void aReplyIsSentAsInTheNewestReleaseAndReadAsInEach(String file, int status, String body)
      throws Exception {
    var frozen = frozen(file + ".reply");

    assertArrayEquals(
        frozen.get(frozen.size() - 1), new Reply(status, body.getBytes(UTF_8)).encode());
    for (var form : frozen) {
      var read = Reply.decode(form);
      assertEquals(status, read.status());
      assertEquals(body, new String(read.body(), UTF_8));
    }
  }

  @Test
  void everyFrozenFileIsCompared() {
    assertEquals(
        Stream.concat(
                requests().stream().map(row -> row.get()[0] + ".request"),
                Stream.concat(
                    replies().stream().map(row -> row.get()[0] + ".reply"), DOCUMENTS.stream()))
            .sorted()
            .distinct()
            .toList(),
        FrozenWire.releases().stream()
            .flatMap(release -> FrozenWire.files(release).stream())
            .sorted()
            .distinct()
            .toList());
  }

  @Test
  void everyActionIsFrozen() {
    assertEquals(
        EnumSet.allOf(Action.class),
        requests().stream().map(row -> row.get()[1]).collect(Collectors.toSet()));
  }

  /** Returns the forms of a file, of the oldest release first. */
  private static List<byte[]> frozen(String name) {
    return FrozenWire.releases().stream()
        .filter(release -> FrozenWire.files(release).contains(name))
        .map(release -> FrozenWire.read(release, name))
        .toList();
  }
}
