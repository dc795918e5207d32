package dev.rig.credentials.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.source.HeldSecrets;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.SameThread;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseArchiveTest {
  @TempDir private Path folder;
  private final FakeTime time = new FakeTime();
  private final FakeSource script = FakeSource.script(time, "u", "s", Duration.ofHours(1));
  private Path path;
  private boolean available = true;

  @BeforeEach
  void name() {
    path = folder.resolve("leases.sealed");
  }

  private SealedFile sealed() {
    if (!available) {
      throw new StoreException("no key");
    }
    var key = new SealingKey(new byte[32], "m", SealingKey.KeyOrigin.FILE);
    return new SealedFile(path, key, "leases");
  }

  /** The life of one daemon: its memory ends with it. */
  private final class Life {
    private final ExpiringCache<BrokerEntry, Lease> leases =
        new ExpiringCache<>(
            Broker.LOADER,
            Lease::expiresAt,
            CachePolicy.standard(100),
            time.time(),
            new Random(1),
            () -> archive().changed());
    private final HeldSecrets secrets = new HeldSecrets(Map.of());
    private final Broker broker = new Broker(leases, time.time(), StartJitter.AT_ONCE);
    private final LeaseArchive archive =
        new LeaseArchive(
            LeaseArchiveTest.this::sealed, leases, secrets, time.time(), new SameThread());

    Life(BrokerEntry... entries) {
      broker.replace(List.of(entries));
      archive.restore(broker::entries);
    }

    private LeaseArchive archive() {
      return archive;
    }

    private void ask(String image) {
      var _ = broker.lookup(BrokerFixture.image(image)).join();
    }

    private void end() {
      archive.close();
      leases.close();
    }
  }

  private int runsAfterRestart(BrokerEntry before, Duration away, BrokerEntry after, String image) {
    var first = new Life(before);
    first.ask(image);
    first.end();
    time.jump(away);
    int runs = script.asked().size();
    var second = new Life(after);
    second.ask(image);
    second.end();
    return script.asked().size() - runs;
  }

  @Test
  void validLeaseIsServedWithoutARun() {
    var entry = BrokerFixture.configured("a.org", script, "1");
    assertEquals(0, runsAfterRestart(entry, Duration.ofMinutes(10), entry, "a.org/x"));
  }

  @Test
  void leaseOfAGlobIsKeptForItsHost() {
    var entry = BrokerFixture.configured("*.org", script, "1");
    assertEquals(0, runsAfterRestart(entry, Duration.ofMinutes(10), entry, "a.org/x"));
  }

  /** C4: a list after a restart has the same names as before. */
  @Test
  void expiredLeaseKeepsItsUserNameAndItsSecretForRedaction() throws Exception {
    var entry = BrokerFixture.configured("a.org", script, "1");
    var first = new Life(entry);
    first.ask("a.org/x");
    time.advance(Duration.ofHours(8));
    int runs = script.asked().size();
    first.end();
    var second = new Life(entry);
    var state = second.broker.state(BrokerFixture.image("a.org"), "");
    assertNotNull(state);
    assertNull(state.value());
    var last = Objects.requireNonNull(state.last());
    assertEquals("u", last.credential().username());
    assertEquals("s", last.credential().secret().reveal());
    assertEquals(Instant.EPOCH, last.expiresAt());
    second.end();
    var third = new Life(entry);
    var kept = Objects.requireNonNull(third.broker.state(BrokerFixture.image("a.org"), ""));
    assertEquals("u", Objects.requireNonNull(kept.last()).credential().username());
    third.ask("a.org/x");
    assertEquals(runs + 1, script.asked().size());
  }

  /** C4: the hosts that matched a glob, with any source, also after a change. */
  @Test
  void hostsOfGlobsAreKept() {
    var login = FakeSource.fixed(time, "fixed", "s");
    var first =
        new Life(
            BrokerFixture.configured("*.org", script, "1"),
            BrokerFixture.configured("*.com", login, "1"),
            BrokerFixture.configured("*.net/team", login, "1"),
            BrokerFixture.configured("*.dev", script, "1"));
    for (var image : List.of("a.org/x", "a.com/x", "b.com/y", "a.net/team/x", "a.dev/x")) {
      first.ask(image);
    }
    time.advance(Duration.ofSeconds(1)); // written without an orderly end
    var second =
        new Life(
            BrokerFixture.configured("*.org", script, "2"),
            BrokerFixture.configured("*.com", FakeSource.fixed(time, "other", "s"), "2"),
            BrokerFixture.configured("*.net/team", login, "1"),
            BrokerFixture.configured("*.dev", FakeSource.fixed(time, "other", "s"), "2"));
    var listed = Set.of("a.org", "a.com", "b.com", "a.net/team", "a.dev");
    assertEquals(listed, second.broker.registries(""));
    var state = Objects.requireNonNull(second.broker.state(BrokerFixture.image("a.org"), ""));
    assertNull(state.value(), "the secret of the old script is not answered");
    assertEquals("u", Objects.requireNonNull(state.last()).credential().username());
    second.end();
    assertEquals(
        Set.of("a.com", "b.com"),
        new Life(BrokerFixture.configured("*.com", script, "3")).broker.registries(""),
        "and over one more restart, without the entries that are gone");
  }

  @Test
  void hostsOfGlobsAreBounded() {
    var glob = BrokerFixture.configured("*.org", FakeSource.fixed(time, "u", "s"), "1");
    var first = new Life(glob);
    for (int i = 0; i < 300; i++) {
      first.ask("h" + i + ".org/x");
    }
    first.end();
    assertEquals(100, new Life(glob).broker.registries("").size());
  }

  /** T21: rotated, rejected and replaced secrets are redacted after a restart, too. */
  @Test
  void t21_earlierSecretsAreKept() {
    var entry = BrokerFixture.configured("a.org", script, "1");
    var first = new Life(entry, BrokerFixture.configured("gone.org", script, "1"));
    first.secrets.of("a.org").add("a.org", "rotated");
    first.secrets.of("a.org").add("a.org", "rejected");
    first.secrets.of("a.org").configured(List.of("replaced"));
    first.secrets.of("a.org").configured(List.of("configured"));
    first.secrets.of("gone.org").add("gone.org", "of-another");
    first.end();
    var second = new Life(entry);
    assertEquals(
        List.of(
            new HeldSecrets.OfRegistry("a.org", "a.org", List.of("rotated", "rejected")),
            new HeldSecrets.OfRegistry("a.org", "", List.of("replaced"))),
        second.secrets.toKeep(1_000));
    second.end();
    assertEquals(2, new Life(entry).secrets.toKeep(1_000).size());
  }

  @Test
  void leaseIsDiscardedIfTheFingerprintHasChanged() {
    var changed = BrokerFixture.configured("a.org", script, "2");
    assertEquals(
        1,
        runsAfterRestart(
            BrokerFixture.configured("a.org", script, "1"), Duration.ZERO, changed, "a.org/x"));
  }

  @Test
  void leaseIsNotServedByAnotherEntry() {
    var other = BrokerFixture.configured("b.org", script, "1");
    var first = new Life(BrokerFixture.configured("a.org", script, "1"));
    first.ask("a.org/x");
    first.end();
    var second = new Life(other);
    second.ask("b.org/x");
    assertEquals(List.of("a.org", "b.org"), script.asked());
  }

  @Test
  void leaseThatHasExpiredInTheMeantimeIsNotServed() {
    var entry = BrokerFixture.configured("a.org", script, "1");
    assertEquals(1, runsAfterRestart(entry, Duration.ofHours(1), entry, "a.org/x"));
  }

  /** F10: after a restart only the wall clock is available, and it was set back. */
  @Test
  void f10_leaseIsDiscardedIfTheClockWasSetBack() {
    var entry = BrokerFixture.configured("a.org", script, "1");
    assertEquals(1, runsAfterRestart(entry, Duration.ofMinutes(-5), entry, "a.org/x"));
  }

  /** F10: also if it was set back to a time after the lease's start. */
  @Test
  void f10_leaseIsDiscardedIfTheClockWasSetBackWithinItsLife() {
    var entry = BrokerFixture.configured("a.org", script, "1");
    var first = new Life(entry);
    first.ask("a.org/x");
    time.jump(Duration.ofMinutes(30));
    first.end();
    time.jump(Duration.ofMinutes(-20));
    new Life(entry).ask("a.org/x");
    assertEquals(2, script.asked().size());
  }

  @Test
  void restoredLeaseKeepsItsExpiry() {
    var entry = BrokerFixture.configured("a.org", script, "1");
    assertEquals(0, runsAfterRestart(entry, Duration.ofMinutes(30), entry, "a.org/x"));
    var third = new Life(entry);
    time.jump(Duration.ofMinutes(30));
    third.ask("a.org/x");
    assertEquals(2, script.asked().size());
  }

  @Test
  void changesAreWrittenTogetherASecondLater() throws Exception {
    var life =
        new Life(
            BrokerFixture.configured("a.org", script, "1"),
            BrokerFixture.configured("b.org", script, "1"));
    life.ask("a.org/x");
    life.ask("b.org/x");
    assertFalse(Files.exists(path));
    time.advance(Duration.ofSeconds(1));
    assertEquals(1, life.archive.health().counts().get("writes"));
    var written = Files.readAllBytes(path);
    time.advance(Duration.ofMinutes(1));
    assertEquals(1, life.archive.health().counts().get("writes"), "nothing changed");
    assertEquals(written.length, Files.size(path));
  }

  @Test
  void credentialInTheConfigurationIsNotSaved() throws Exception {
    var life = new Life(BrokerFixture.configured("a.org", FakeSource.fixed(time, "u", "s"), "1"));
    life.ask("a.org/x");
    life.end();
    var empty = Files.size(path);
    assertTrue(empty < 100, "it holds no record: " + empty);
  }

  /** F12. */
  @Test
  void f12_corruptFileIsSetAsideAndReported() throws Exception {
    Files.writeString(path, "garbage");
    var life = new Life(BrokerFixture.configured("a.org", script, "1"));
    life.ask("a.org/x");
    assertFalse(life.archive.health().healthy());
    assertTrue(Files.exists(folder.resolve("leases.sealed.refused")));
    life.end();
    assertTrue(new Life(BrokerFixture.configured("a.org", script, "1")).archive.health().healthy());
  }

  /** F36: a state folder that is not available at the start, for example without its key. */
  @Test
  void f36_leasesAreRestoredOnceTheStateFolderIsAvailable() {
    var before = new Life(BrokerFixture.configured("a.org", script, "1"));
    before.ask("a.org/x");
    before.end();
    available = false;
    var life = new Life(BrokerFixture.configured("a.org", script, "1"));
    assertEquals(
        List.of("leases are not saved for a restart: no key"), life.archive.health().messages());
    time.advance(Duration.ofSeconds(10));
    assertFalse(life.archive.health().healthy());
    available = true;
    time.advance(Duration.ofSeconds(3));
    assertTrue(life.archive.health().healthy());
    life.ask("a.org/x");
    assertEquals(1, script.asked().size());
  }

  /** F36: an intact file that cannot be read stays, and is not replaced. */
  @Test
  void f36_fileThatCannotBeReadStays() throws Exception {
    var before = new Life(BrokerFixture.configured("a.org", script, "1"));
    before.ask("a.org/x");
    before.end();
    var away = Files.move(path, folder.resolve("away"));
    Files.createSymbolicLink(path, path.getFileName()); // "too many levels of symbolic links"
    var life = new Life(BrokerFixture.configured("b.org", script, "1"));
    life.ask("b.org/x");
    time.advance(Duration.ofSeconds(10));
    assertTrue(Files.isSymbolicLink(path));
    assertFalse(life.archive.health().healthy());
    Files.move(away, path, StandardCopyOption.REPLACE_EXISTING);
    time.advance(Duration.ofSeconds(3));
    assertTrue(life.archive.health().healthy());
  }

  /** F11: the folder is missing here; a full disk fails at the same place. */
  @Test
  void f11_failedWriteIsReportedAndRetried() throws Exception {
    var life = new Life(BrokerFixture.configured("a.org", script, "1"));
    var away = Files.move(folder, folder.resolveSibling(folder.getFileName() + "-away"));
    life.ask("a.org/x");
    time.advance(Duration.ofSeconds(1));
    assertFalse(life.archive.health().healthy());
    life.ask("a.org/x");
    Files.move(away, folder);
    time.advance(Duration.ofSeconds(30));
    assertTrue(life.archive.health().healthy());
    assertTrue(Files.exists(path));
  }
}
