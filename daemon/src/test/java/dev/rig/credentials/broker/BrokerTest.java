package dev.rig.credentials.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BrokerTest {
  private final FakeTime time = new FakeTime();
  private final ExpiringCache<BrokerEntry, Lease> leases =
      new ExpiringCache<>(
          Broker.LOADER, Lease::expiresAt, CachePolicy.standard(1000), time.time(), new Random(1));
  private final Broker broker = new Broker(leases, time.time(), StartJitter.AT_ONCE);

  /** A source that answers when the test decides. */
  private final class Held implements CredentialSource {
    private final List<CompletableFuture<Lease>> runs = new ArrayList<>();

    @Override
    public String kind() {
      return "script";
    }

    @Override
    public CompletableFuture<Lease> issue(SourceRequest request) {
      runs.add(new CompletableFuture<>());
      return runs.getLast();
    }

    void answer(String secret) {
      var now = time.now();
      runs.getLast()
          .complete(
              new Lease(
                  new Credential("u", Secret.of(secret)), now, now.plus(Duration.ofHours(1))));
    }
  }

  private static String secret(Lookup lookup) {
    var found = assertInstanceOf(Lookup.Found.class, lookup);
    return found.lease().credential().secret().reveal();
  }

  @Test
  void atMostFourScriptsArePrefetchedAtATime() {
    var sources = IntStream.range(0, 10).mapToObj(i -> new Held()).toList();
    broker.replace(
        IntStream.range(0, 10)
            .mapToObj(i -> BrokerFixture.configured("r" + i + ".org", sources.get(i), "1"))
            .toList());
    broker.prefetch();
    assertEquals(4, sources.stream().filter(source -> !source.runs.isEmpty()).count());
    sources.get(2).answer("s");
    assertEquals(1, sources.get(4).runs.size());
    assertEquals(0, sources.get(5).runs.size());
    sources
        .get(0)
        .runs
        .getFirst()
        .completeExceptionally(new SourceException(ReasonClass.STATUS, "no"));
    assertEquals(1, sources.get(5).runs.size(), "one that fails makes room too");
  }

  /** C4: the hosts that matched a glob, and the last user name, are kept when the entry changes. */
  @Test
  void changedEntriesAreListedAsBefore() {
    var fixed = FakeSource.fixed(time, "fixed", "s");
    var script = FakeSource.script(time, "scripted", "old", Duration.ofHours(1));
    broker.replace(
        List.of(
            BrokerFixture.configured("*.com", fixed, "1"),
            BrokerFixture.configured("*.org", script, "1"),
            BrokerFixture.configured("c.net", script, "1"),
            BrokerFixture.configured("*.gone", fixed, "1")));
    for (var image : List.of("a.com/x", "b.org/x", "c.net/x", "d.gone/x")) {
      broker.lookup(BrokerFixture.image(image)).join();
    }
    var next = FakeSource.script(time, "next", "new", Duration.ofHours(1));
    broker.replace(
        List.of(
            BrokerFixture.configured("*.com", FakeSource.fixed(time, "other", "s"), "2"),
            BrokerFixture.configured("*.org", next, "2"),
            BrokerFixture.configured("c.net", next, "2")));
    assertEquals(Set.of("a.com", "b.org", "c.net"), broker.registries(""));
    for (var host : List.of("b.org", "c.net")) {
      var state = Objects.requireNonNull(broker.state(BrokerFixture.image(host), ""));
      assertNull(state.value(), host);
      assertEquals("scripted", Objects.requireNonNull(state.last()).credential().username());
      assertEquals("new", secret(broker.lookup(BrokerFixture.image(host)).join()));
    }
    assertEquals(2, next.asked().size(), "nothing was fetched before it was asked for");
  }

  @Test
  void requestDoesNotWaitForAnotherEntrysPrefetch() {
    var sources = IntStream.range(0, 10).mapToObj(i -> new Held()).toList();
    broker.replace(
        IntStream.range(0, 10)
            .mapToObj(i -> BrokerFixture.configured("r" + i + ".org", sources.get(i), "1"))
            .toList());
    broker.prefetch();
    var asked = broker.lookup(BrokerFixture.image("r9.org/app"));
    sources.get(9).answer("now");
    assertEquals("now", secret(asked.join()));
    for (int i = 0; i < 10; i++) {
      if (i != 9) {
        sources.get(i).answer("later");
      }
    }
    assertEquals(1, sources.get(9).runs.size(), "its turn comes to nothing");
  }

  @Test
  void tenThousandEntriesThatAnswerImmediatelyArePrefetched() {
    var source = FakeSource.script(time, "u", "s", Duration.ofHours(1));
    leases.resize(20_000);
    broker.replace(
        IntStream.range(0, 10_000)
            .mapToObj(i -> BrokerFixture.configured("r" + i + ".org", source, "1"))
            .toList());
    broker.prefetch();
    assertEquals(10_000, source.asked().size());
  }

  /**
   * Returns a broker whose random delays are half an hour: the lowest bit of randomness is ignored.
   */
  private Broker inAnHour() {
    return new Broker(
        leases,
        time.time(),
        new StartJitter(Duration.ofHours(1), () -> 2 * Duration.ofMinutes(30).toNanos()));
  }

  @Test
  void prefetchStartsAtARandomTimeWithinTheSpread() {
    var asked = FakeSource.script(time, "u", "s", Duration.ofDays(1));
    var unasked = FakeSource.script(time, "u", "s", Duration.ofDays(1));
    try (var spread = inAnHour()) {
      spread.replace(
          List.of(
              BrokerFixture.configured("a.org", asked, "1"),
              BrokerFixture.configured("b.org", unasked, "1")));
      spread.prefetch();
      assertEquals("s", secret(spread.lookup(BrokerFixture.image("a.org/x")).join()));
      time.advance(Duration.ofMinutes(29));
      assertEquals(0, unasked.asked().size());
      time.advance(Duration.ofMinutes(1));
      assertEquals(1, unasked.asked().size());
      assertEquals(1, asked.asked().size(), "nobody waits for the moment");
    }
  }

  @Test
  void reloadsDoNotPostponeThePrefetch() {
    var source = FakeSource.script(time, "u", "s", Duration.ofDays(1));
    try (var spread = inAnHour()) {
      spread.replace(List.of(BrokerFixture.configured("a.org", source, "1")));
      for (int minute = 0; minute < 60; minute++) {
        spread.prefetch();
        time.advance(Duration.ofMinutes(1));
      }
      assertEquals(1, source.asked().size());
      spread.replace(List.of(BrokerFixture.configured("a.org", source, "2")));
      spread.prefetch();
      assertEquals(1, source.asked().size(), "a later reload has a moment of its own");
      time.advance(Duration.ofHours(1));
      assertEquals(2, source.asked().size());
    }
  }

  @Test
  void closedBrokerDoesNotPrefetch() {
    var source = FakeSource.script(time, "u", "s", Duration.ofDays(1));
    var spread = inAnHour();
    spread.replace(List.of(BrokerFixture.configured("a.org", source, "1")));
    spread.prefetch();
    spread.close();
    time.advance(Duration.ofHours(2));
    assertEquals(0, source.asked().size());
  }

  @Test
  void globsAndStaticEntriesAreNotPrefetched() {
    var glob = FakeSource.script(time, "u", "s", Duration.ofHours(1));
    var fixed = FakeSource.fixed(time, "u", "s");
    broker.replace(
        List.of(
            BrokerFixture.configured("*.example.org", glob, "1"),
            BrokerFixture.configured("example.org", fixed, "1")));
    broker.prefetch();
    assertEquals(List.of(), glob.asked());
    assertEquals(List.of(), fixed.asked());
  }

  @Test
  void leasesOfUnchangedEntriesSurviveAReload() {
    var same = FakeSource.script(time, "u", "s", Duration.ofHours(1));
    var old = FakeSource.script(time, "u", "old", Duration.ofHours(1));
    broker.replace(
        List.of(
            BrokerFixture.configured("a.org", same, "1"),
            BrokerFixture.configured("b.org", old, "1")));
    broker.prefetch();
    var changed = FakeSource.script(time, "u", "new", Duration.ofHours(1));
    broker.replace(
        List.of(
            BrokerFixture.configured("a.org", same, "1"),
            BrokerFixture.configured("b.org", changed, "2")));
    broker.prefetch();
    assertEquals("s", secret(broker.lookup(BrokerFixture.image("a.org/x")).join()));
    assertEquals("new", secret(broker.lookup(BrokerFixture.image("b.org/x")).join()));
    assertEquals(1, same.asked().size());
  }

  @Test
  void requestForAChangedEntryGetsTheNewEntrysAnswer() {
    var old = new Held();
    broker.replace(List.of(BrokerFixture.configured("a.org", old, "1")));
    var asked = broker.lookup(BrokerFixture.image("a.org/x"));
    broker.replace(
        List.of(BrokerFixture.configured("a.org", FakeSource.fixed(time, "u", "new"), "2")));
    assertTrue(old.runs.getFirst().isCancelled());
    assertEquals("new", secret(asked.join()));
  }

  @Test
  void requestForARemovedEntryIsNotFound() {
    broker.replace(List.of(BrokerFixture.configured("a.org", new Held(), "1")));
    var asked = broker.lookup(BrokerFixture.image("a.org/x"));
    broker.replace(List.of());
    assertInstanceOf(Lookup.NotFound.class, asked.join());
  }

  @Test
  void failureIsAnsweredImmediatelyWithItsReasonAndTheNextAttempt() {
    var source = FakeSource.script(time, "u", "s", Duration.ofHours(1)).failing("no network");
    broker.replace(List.of(BrokerFixture.configured("a.org", source, "1")));
    var first = broker.lookup(BrokerFixture.image("a.org/x")).join();
    var second = broker.lookup(BrokerFixture.image("a.org/y")).join();
    assertEquals(first, second);
    var failed = assertInstanceOf(Lookup.Failed.class, first);
    assertEquals("no network", failed.reason());
    assertTrue(failed.nextAttempt().isAfter(time.now()));
    assertEquals(1, source.asked().size());
  }

  @Test
  void rejectionDiscardsExactlyTheReturnedLease() {
    var source = new Held();
    broker.replace(List.of(BrokerFixture.configured("a.org", source, "1")));
    var image = BrokerFixture.image("a.org/x");
    var asked = broker.lookup(image);
    source.answer("first");
    var first = assertInstanceOf(Lookup.Found.class, asked.join()).lease();
    assertTrue(broker.reject(image, first));
    source.answer("second");
    assertFalse(broker.reject(image, first), "an older lease's rejection");
    assertEquals("second", secret(broker.lookup(image).join()));
    assertEquals(2, source.runs.size());
  }
}
