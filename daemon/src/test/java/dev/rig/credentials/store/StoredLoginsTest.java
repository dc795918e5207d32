package dev.rig.credentials.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.FakeTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredLoginsTest {
  private static final int ONE = 1000;
  private static final int OTHER = 1001;

  @TempDir private Path folder;
  private Path file;
  private final FakeTime time = new FakeTime();
  private StoredLogins logins;

  @BeforeEach
  void openStore() {
    file = folder.resolve("logins.sealed");
    logins = reopened();
  }

  private StoredLogins reopened() {
    var opened = new StoredLogins(() -> sealed("logins"), Runnable::run, time::now);
    opened.load(time);
    return opened;
  }

  private SealedFile sealed(String purpose) {
    var key = new SealingKey(new byte[SealingKey.SHORTEST], "machine", SealingKey.KeyOrigin.FILE);
    return new SealedFile(file, key, purpose);
  }

  private static StoredLogin login(String key, String username, String secret) {
    try {
      return StoredLogin.of(key, new Credential(username, Secret.of(secret)));
    } catch (InvalidReferenceException e) {
      throw new AssertionError(key, e);
    }
  }

  private static ImageReference reference(String key) {
    try {
      return ImageReference.ofKey(key);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(key, e);
    }
  }

  private void store(int uid, String key, String username) {
    logins.store(uid, login(key, username, "s")).join();
  }

  private @Nullable String find(int uid, String key) {
    var found = logins.find(uid, reference(key));
    return found == null ? null : found.credential().username();
  }

  private boolean erase(int uid, String key) {
    return logins.erase(uid, reference(key)).join();
  }

  private static String reason(Runnable task) {
    var thrown = assertThrows(CompletionException.class, task::run);
    return String.valueOf(assertInstanceOf(StoreException.class, thrown.getCause()).getMessage());
  }

  /** T18. */
  @Test
  void t18_loginIsItsOwnersAlone() {
    store(ONE, "ghcr.io", "one");
    assertNull(find(OTHER, "ghcr.io"));
    assertNull(find(0, "ghcr.io"));
    assertTrue(logins.of(OTHER).isEmpty());
    assertFalse(erase(OTHER, "ghcr.io"));
    store(OTHER, "ghcr.io", "other");
    assertEquals("one", find(ONE, "ghcr.io"));
    assertEquals("other", find(OTHER, "ghcr.io"));
    assertTrue(erase(OTHER, "ghcr.io"));
    assertEquals("one", find(ONE, "ghcr.io"));
  }

  @Test
  void longestPrefixOfWholeSegmentsAnswers() {
    store(ONE, "ghcr.io", "host");
    store(ONE, "ghcr.io/rig", "rig");
    assertEquals("rig", find(ONE, "ghcr.io/rig/app"));
    assertEquals("host", find(ONE, "ghcr.io/rigdev"));
    assertEquals("host", find(ONE, "https://ghcr.io"));
    assertNull(find(ONE, "ghcr.io:443"));
    assertTrue(erase(ONE, "https://ghcr.io/"), "docker logout erases this form too");
    assertNull(find(ONE, "ghcr.io/rigdev"));
    assertEquals("rig", find(ONE, "ghcr.io/rig/app"));
    assertFalse(erase(ONE, "ghcr.io/rig/app"), "only exactly the key that was stored");
  }

  @Test
  void dockerHubIsOneRegistryUnderAllNamesExceptItsDeviceLoginKeys() {
    store(ONE, "https://index.docker.io/v1/", "hub");
    store(ONE, "https://index.docker.io/v1/access-token", "access");
    store(ONE, "https://index.docker.io/v1/refresh-token", "refresh");
    assertEquals("hub", find(ONE, "docker.io"));
    assertEquals("access", find(ONE, "https://index.docker.io/v1/access-token"));
    assertEquals("refresh", find(ONE, "https://index.docker.io/v1/refresh-token"));
    assertTrue(erase(ONE, "https://index.docker.io/v1/access-token"));
    assertNull(find(ONE, "https://index.docker.io/v1/access-token"));
    assertEquals("hub", find(ONE, "docker.io/library/nginx"));
  }

  @Test
  void loginsOutliveARestartByteForByte() {
    var secret = "p:ss\"w\u00f6rd\\\n\ud83d\ude00&<more>";
    logins.store(ONE, login("https://ghcr.io", "<token>", secret)).join();
    store(-2, "quay.io", "highest uid but one");
    logins = reopened();
    var found = logins.find(ONE, reference("ghcr.io"));
    assertNotNull(found);
    assertEquals("https://ghcr.io", found.key());
    assertEquals(new Credential("<token>", Secret.of(secret)), found.credential());
    assertEquals(time.now(), found.storedAt());
    assertEquals("highest uid but one", find(-2, "quay.io"));
    assertTrue(logins.health().healthy());
    assertEquals(2, logins.health().counts().get("logins"));
  }

  @Test
  void loginThatAnOlderDaemonStoredHasNoTime() {
    sealed("logins")
        .write(List.of(new StoredLoginRecord(ONE, login("ghcr.io", "one", "s")).seal()));
    logins = reopened();
    var found = logins.find(ONE, reference("ghcr.io"));
    assertNotNull(found);
    assertNull(found.storedAt());
    store(ONE, "quay.io", "two");
    logins = reopened();
    assertEquals("one", find(ONE, "ghcr.io"));
    assertNull(logins.of(ONE).iterator().next().storedAt());
  }

  /** T16: no part of a login can be read in the file. */
  @Test
  void fileShowsNothing() throws IOException {
    logins.store(ONE, login("registry.example.org", "person", "c4nary/of the login")).join();
    var text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertEquals(List.of(), new Canary("c4nary/of the login").foundIn(text));
    assertFalse(text.contains("person"));
    assertFalse(text.contains("registry.example.org"));
  }

  /** F11: a login that cannot be written has no effect. */
  @Test
  void f11_loginThatCannotBeWrittenChangesNothing() throws IOException {
    store(ONE, "ghcr.io", "old");
    var before = Files.readAllBytes(file);
    var away = Files.move(folder, folder.resolveSibling(folder.getFileName() + "-away"));
    var reason = reason(() -> store(ONE, "ghcr.io", "new"));
    assertTrue(reason.startsWith("cannot write "), reason);
    var _ = reason(() -> erase(ONE, "ghcr.io"));
    Files.move(away, folder);
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals("old", find(ONE, "ghcr.io"));
    assertFalse(logins.health().healthy());
    store(ONE, "ghcr.io", "new");
    assertEquals("new", find(ONE, "ghcr.io"));
    assertTrue(logins.health().healthy());
  }

  /** F12, T15. */
  @Test
  void f12_corruptFileIsSetAside() throws IOException {
    store(ONE, "ghcr.io", "one");
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    logins = reopened();
    assertNull(find(ONE, "ghcr.io"));
    assertFalse(logins.health().healthy());
    assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("logins.sealed.refused")));
    store(ONE, "ghcr.io", "again");
    assertEquals("again", find(ONE, "ghcr.io"));
    assertFalse(logins.health().healthy(), "until somebody has seen it");
  }

  @Test
  void fileOfAnotherPurposeIsNotOneOfLogins() {
    sealed("leases").write(List.of(new SealedRecord("login", new byte[0])));
    logins = reopened();
    assertFalse(logins.health().healthy());
  }

  @Test
  void unavailableStateIsReportedAndNothingIsOverwrittenLater() {
    store(ONE, "ghcr.io", "one");
    var broken = new boolean[] {true};
    logins =
        new StoredLogins(
            () -> {
              if (broken[0]) {
                throw new StoreException("no key");
              }
              return sealed("logins");
            },
            Runnable::run,
            time::now);
    logins.load(time);
    assertFalse(logins.health().healthy());
    assertTrue(reason(() -> store(ONE, "quay.io", "two")).contains("could not be read"));
    assertEquals(
        List.of("the stored logins could not be read: no key"), logins.health().messages());
    broken[0] = false;
    store(ONE, "quay.io", "two");
    assertEquals("one", find(ONE, "ghcr.io"));
    assertEquals("two", find(ONE, "quay.io"));
  }

  /** F36: what was stored answers again without a request that changes it. */
  @Test
  void f36_fileIsReadAgainAfterAPassingFailure() throws IOException {
    store(ONE, "ghcr.io", "one");
    var away = Files.move(file, folder.resolve("away"));
    Files.createSymbolicLink(file, file.getFileName()); // "too many levels of symbolic links"
    logins = reopened();
    assertNull(find(ONE, "ghcr.io"));
    assertFalse(logins.health().healthy());
    assertTrue(Files.isSymbolicLink(file), "it is not set aside");
    assertTrue(reason(() -> erase(ONE, "ghcr.io")).contains("could not be read"));
    time.advance(Duration.ofSeconds(10));
    assertNull(find(ONE, "ghcr.io"));
    Files.move(away, file, StandardCopyOption.REPLACE_EXISTING);
    time.advance(Duration.ofSeconds(3));
    assertEquals("one", find(ONE, "ghcr.io"));
    assertTrue(logins.health().healthy());
    assertEquals(0, time.pending());
    assertTrue(erase(ONE, "ghcr.io"));
    assertFalse(erase(ONE, "ghcr.io"));
  }

  @Test
  void f39_fileOfAnotherKindIsSetAside() throws IOException {
    Files.createDirectory(file);
    logins = reopened();
    assertFalse(logins.health().healthy());
    assertTrue(Files.exists(folder.resolve("logins.sealed.refused")));
    assertEquals(0, time.pending());
  }

  @Test
  void oneUserCannotFillTheStore() {
    for (int i = 0; i < StoredLogins.MOST; i++) {
      store(ONE, "h" + i + ".example.org", "u");
    }
    assertTrue(reason(() -> store(ONE, "one-more.example.org", "u")).contains("too many logins"));
    store(ONE, "h0.example.org", "in place of the old one");
    store(OTHER, "one-more.example.org", "u");
    var large = "x".repeat(StoredLogins.LONGEST_SECRET);
    assertTrue(
        reason(() -> logins.store(OTHER, login("a.org", "u", large + "x")).join())
            .contains("longer than"));
    for (int i = 0; i < StoredLogins.LARGEST / StoredLogins.LONGEST_SECRET - 1; i++) {
      logins.store(OTHER, login("l" + i + ".org", "u", large)).join();
    }
    assertTrue(
        reason(() -> logins.store(OTHER, login("full.org", "u", large)).join())
            .contains("too many"));
  }
}
