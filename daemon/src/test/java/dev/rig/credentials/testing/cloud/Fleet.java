package dev.rig.credentials.testing.cloud;

import dev.rig.credentials.broker.StartJitter;
import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.time.Scheduler.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Many daemons with one lease each, on the daemon's own cache, and a token service that allows few
 * calls per second: in virtual time, and the same at every run. Each daemon gets a request for its
 * credential now and then, at random times.
 */
public final class Fleet {
  /** The measures that spread the calls; without one, the daemon behaves as if it did not exist. */
  public record Measures(boolean jitter, boolean warmRestart, boolean refreshAhead) {}

  /**
   * The number of daemons, and the limits of the service.
   *
   * @param daemons how many
   * @param life how long a lease is valid after the service's answer
   * @param allowed how many calls per second the service answers; it rejects others
   * @param spread the time over which first prefetches are spread
   */
  public record Setting(int daemons, Duration life, int allowed, Duration spread) {}

  /**
   * The load of the service in a period.
   *
   * @param calls how many calls there were
   * @param refused how many calls exceeded the limit
   * @param peak the most calls within one second
   * @param failedGets requests for which a daemon had no credential
   */
  public record Load(int calls, int refused, int peak, int failedGets) {
    /** Returns the fraction of rejected calls, between 0 and 1. */
    public double refusedShare() {
      return calls == 0 ? 0 : (double) refused / calls;
    }
  }

  /** A credential, of which only the expiry matters. */
  private record Token(Instant expiresAt) {}

  private static final String KEY = "registry.example.com";
  private static final CompletableFuture<Token> REFUSED =
      CompletableFuture.failedFuture(new IllegalStateException("429 Too Many Requests"));
  private static final Duration ANSWER = Duration.ofMillis(300);
  private static final Duration BETWEEN_QUESTIONS = Duration.ofMinutes(1);

  private final FakeTime time = new FakeTime();
  private final Setting setting;
  private final Measures measures;
  private final RandomGenerator questions;
  private final RandomGenerator spread;
  private final RandomGenerator moments;
  private final CachePolicy policy;
  private final List<Daemon> daemons;
  private Map<Long, Integer> callsBySecond = new HashMap<>();
  private int calls;
  private int refused;
  private int failedGets;
  private boolean down;

  /** Creates a fleet that has not started. */
  public Fleet(Setting setting, Measures measures, long seed) {
    this.setting = setting;
    this.measures = measures;
    var random = new SplittableRandom(seed);
    this.questions = random.split();
    this.spread = measures.jitter() ? random.split() : () -> 0L;
    this.moments = measures.jitter() ? random.split() : () -> 0L;
    var standard = CachePolicy.standard(1);
    this.policy =
        new CachePolicy(
            measures.refreshAhead() ? standard.refreshFrom() : 1,
            standard.keptWarmFor(),
            standard.backoff(),
            standard.rejectionPause(),
            1);
    this.daemons = IntStream.range(0, setting.daemons()).mapToObj(i -> new Daemon()).toList();
  }

  /** All leases were issued at the same time; the load covers the next two lives. */
  public Load afterACommonIssue() {
    var token = new Token(time.now().plus(setting.life()));
    daemons.forEach(daemon -> daemon.start(token));
    return pass(setting.life().multipliedBy(2));
  }

  /** All daemons restart at the same time; the load covers the next life. */
  public Load afterACommonRestart() {
    daemons.forEach(Daemon::restart);
    return pass(setting.life());
  }

  /**
   * All daemons start at the same time for the first time; the load covers the next life.
   *
   * @param askedWithin the time within which each gets its first request
   */
  public Load afterAFirstStart(Duration askedWithin) {
    daemons.forEach(daemon -> daemon.start(null, askedWithin));
    return pass(setting.life());
  }

  /**
   * All leases were issued at the same time. When their refreshes have begun, the service is down
   * for a while and rejects all calls.
   *
   * @return the load after the outage, until all earlier leases have expired
   */
  public Load afterAnOutage(Duration outage) {
    var token = new Token(time.now().plus(setting.life()));
    daemons.forEach(daemon -> daemon.start(token));
    var before = setting.life().multipliedBy(85).dividedBy(100);
    pass(before);
    down = true;
    pass(outage);
    down = false;
    return pass(setting.life().minus(before).minus(outage));
  }

  private Load pass(Duration duration) {
    time.advance(duration);
    int peak = callsBySecond.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    var load = new Load(calls, refused, peak, failedGets);
    callsBySecond = new HashMap<>();
    calls = 0;
    refused = 0;
    failedGets = 0;
    return load;
  }

  /** Calls the token service. */
  private CompletableFuture<Token> issue() {
    calls++;
    int now = callsBySecond.merge(time.now().getEpochSecond(), 1, Integer::sum);
    if (down || now > setting.allowed()) {
      refused++;
      return REFUSED;
    }
    var answer = new CompletableFuture<Token>();
    time.schedule(ANSWER, () -> answer.complete(new Token(time.now().plus(setting.life()))));
    return answer;
  }

  /** One daemon: its cache, and its requests. */
  private final class Daemon {
    private ExpiringCache<String, Token> cache = open();
    private @Nullable Cancellable question;
    private @Nullable Cancellable moment;

    private ExpiringCache<String, Token> open() {
      return new ExpiringCache<>(key -> issue(), Token::expiresAt, policy, time.time(), spread);
    }

    void start(@Nullable Token kept) {
      start(kept, BETWEEN_QUESTIONS);
    }

    /** Starts with the lease from before, if any, and prefetches as the daemon does. */
    void start(@Nullable Token kept, Duration askedWithin) {
      if (kept != null) {
        cache.restore(KEY, kept);
      }
      moment =
          time.schedule(
              new StartJitter(setting.spread(), moments).delay(),
              () -> {
                var _ = cache.prefetch(KEY);
              });
      askLater(askedWithin);
    }

    void restart() {
      var kept = measures.warmRestart() ? cache.peek(KEY) : null;
      for (var task : new Cancellable[] {question, moment}) {
        if (task != null) {
          task.cancel();
        }
      }
      cache.close();
      cache = open();
      start(kept);
    }

    /** A request that a live lease answers shows nothing, so the next one is after its expiry. */
    private void askLater(Duration within) {
      var token = cache.peek(KEY);
      var live = token == null ? Duration.ZERO : Duration.between(time.now(), token.expiresAt());
      var pause = Duration.ofNanos(questions.nextLong(within.toNanos()));
      question = time.schedule(live.plus(pause), this::ask);
    }

    private void ask() {
      var _ =
          cache
              .get(KEY)
              .whenComplete((token, failure) -> {
                if (failure != null) {
                  failedGets++;
                }
              });
      askLater(BETWEEN_QUESTIONS);
    }
  }
}
