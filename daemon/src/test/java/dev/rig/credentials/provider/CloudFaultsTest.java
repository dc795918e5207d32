package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.provider.CloudSubject.CloudFault;
import dev.rig.credentials.provider.CloudSubject.CloudService;
import dev.rig.credentials.testing.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every failure (F43; F1 to F8 where applicable) of every service that a source uses. */
class CloudFaultsTest {
  private static final String KEY = "registry";
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Failures that only the service with the credential can have. */
  private static final Set<CloudFault> OF_CREDENTIALS =
      EnumSet.of(CloudFault.OVER, CloudFault.CONTROL);

  private static final Set<CloudService> OF_IDENTITIES =
      EnumSet.of(CloudService.ECR_BY_STS, CloudService.AZURE_BY_ENTRA);

  @TempDir private Path folder;

  private final FakeTime time = new FakeTime();
  private final List<CompletableFuture<Lease>> runs = new ArrayList<>();

  static Stream<Arguments> faults() {
    return Arrays.stream(CloudService.values())
        .flatMap(service ->
            Arrays.stream(CloudFault.values())
                .filter(fault -> fault != CloudFault.HANGS)
                .filter(
                    fault -> !OF_CREDENTIALS.contains(fault) || !OF_IDENTITIES.contains(service))
                .map(fault -> Arguments.of(service, fault)));
  }

  private CompletableFuture<Lease> run(CloudSubject subject) {
    var run = subject.source().issue(subject.request());
    runs.add(run);
    return run;
  }

  private ExpiringCache<String, Lease> cache(CloudSubject subject) {
    return new ExpiringCache<>(
        key -> run(subject),
        Lease::expiresAt,
        CachePolicy.standard(10),
        time.time(),
        new Random(1));
  }

  private static <T> T within(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static SourceException failure(CompletableFuture<Lease> run) {
    var thrown = assertThrows(ExecutionException.class, () -> within(run));
    return assertInstanceOf(SourceException.class, thrown.getCause());
  }

  /** Lets seconds pass, each with the complete runs that start in it. */
  private void pass(ExpiringCache<String, Lease> cache, int seconds) throws Exception {
    for (int i = 0; i < seconds; i++) {
      time.advance(SECOND);
      within(cache.prefetch(KEY).handle((lease, failure) -> true));
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void f43_lastCredentialIsServedUntilItExpiresAndTheReasonIsShown(
      CloudService service, CloudFault fault) throws Exception {
    try (var subject = CloudSubject.of(service, folder, time);
        var cache = cache(subject)) {
      var first = within(cache.get(KEY));
      int life = Math.toIntExact(Duration.between(time.now(), first.expiresAt()).toSeconds());
      assertTrue(life > 50 && life <= 60, () -> "it lasts " + life + " s");
      subject.become(fault);
      pass(cache, life - 1);
      assertSame(first, within(cache.get(KEY)));
      int tries = runs.size() - 1;
      assertTrue(tries >= 2 && tries <= 8, () -> "tried " + tries + " times in its last fifth");
      assertIsReported(fault, failure(runs.getLast()));

      pass(cache, 2);
      assertThrows(ExecutionException.class, () -> within(cache.get(KEY)));
      int before = runs.size();
      for (int i = 0; i < 100; i++) {
        assertThrows(ExecutionException.class, () -> within(cache.get(KEY)));
      }
      assertTrue(runs.size() <= before + 1, "a pause holds for every client");

      subject.become(null);
      for (int i = 0; i < 120 && cache.live(KEY) == null; i++) {
        pass(cache, 1);
      }
      assertTrue(within(cache.get(KEY)).expiresAt().isAfter(time.now()));
    }
  }

  private static void assertIsReported(CloudFault fault, SourceException failure) {
    var message = String.valueOf(failure.getMessage());
    assertTrue(message.length() > 20 && message.length() < 460, message);
    assertFalse(message.contains("s3cret") || message.contains("xception"), message);
    assertTrue(message.chars().noneMatch(c -> c < ' '), message);
    var reason = failure.reasonClass();
    assertFalse(Set.of(ReasonClass.OTHER, ReasonClass.TIMEOUT).contains(reason), message);
    if (fault == CloudFault.OVER) {
      assertEquals(ReasonClass.EXPIRED, reason, message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void f43_hangEndsAtTheDeadlineAndTheNextRunSucceeds(CloudService service) throws Exception {
    try (var subject = CloudSubject.of(service, folder, time)) {
      subject.become(CloudFault.HANGS);
      var run = run(subject);
      subject.awaitHanging();
      time.advance(Duration.ofSeconds(29));
      assertFalse(run.isDone());
      time.advance(Duration.ofSeconds(4)); // a program has 2 s to end
      assertEquals(ReasonClass.TIMEOUT, failure(run).reasonClass());
      subject.become(null);
      within(run(subject));
    }
  }

  @ParameterizedTest
  @EnumSource
  void f43_manyRequestsCauseOneRun(CloudService service) throws Exception {
    try (var subject = CloudSubject.of(service, folder, time);
        var cache = cache(subject)) {
      var answers = new ArrayList<CompletableFuture<Lease>>();
      for (int i = 0; i < 1_000; i++) {
        answers.add(cache.get(KEY));
      }
      var first = within(answers.getFirst());
      for (var answer : answers) {
        assertSame(first, within(answer));
      }
      assertEquals(1, runs.size());
      assertEquals(1, subject.asked.get());
    }
  }

  @Test
  void f43_everyServiceFailsInEveryWay() {
    assertEquals(
        CloudService.values().length * (CloudFault.values().length - 1)
            - OF_IDENTITIES.size() * OF_CREDENTIALS.size(),
        faults().count());
  }
}
