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
 * Many daemons with one lease each, on the daemon's own cache, before a token service that allows
 * few calls a second: all in virtual time and the same at every run. Each daemon is asked for its
 * credential now and then, at moments of its own.
 */
public final class Fleet {
  /** What keeps calls apart; what is off is as if the daemon had never had it. */
  public record Measures(boolean jitter, boolean warmRestart, boolean refreshAhead) {}

  /**
   * How many daemons there are before what service.
   *
   * @param daemons how many
   * @param life how long a lease is good, from the service's answer on
   * @param allowed how many calls the service answers within a second; it refuses more
   * @param spread within which time a daemon fetches ahead what it never had
   */
  public record Setting(int daemons, Duration life, int allowed, Duration spread) {}

  /**
   * What the service saw in a stretch of time.
   *
   * @param calls how many calls there were
   * @param refused how many of them were above what it allows
   * @param peak the most calls within one second
   * @param failedGets questions that a daemon had no credential for
   */
  public record Load(int calls, int refused, int peak, int failedGets) {
    /** The part of the calls that were refused, between 0 and 1. */
    public double refusedShare() {
      return calls == 0 ? 0 : (double) refused / calls;
    }
  }

  /** A credential, of which only its end matters. */
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

  /** A fleet that has not begun yet. */
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

  /** All leases were issued at one moment; from there on, two lives. */
  public Load afterACommonIssue() {
    var token = new Token(time.now().plus(setting.life()));
    daemons.forEach(daemon -> daemon.start(token));
    return pass(setting.life().multipliedBy(2));
  }

  /** All daemons end and start again at one moment; from there on, one life. */
  public Load afterACommonRestart() {
    daemons.forEach(Daemon::restart);
    return pass(setting.life());
  }

  /**
   * All daemons start at one moment for the first time; from there on, one life.
   *
   * @param askedWithin when they are first asked: the part of all that there is for this
   */
  public Load afterAFirstStart(Duration askedWithin) {
    daemons.forEach(daemon -> daemon.start(null, askedWithin));
    return pass(setting.life());
  }

  /**
   * All leases were issued at one moment; the service is down for a while when their refreshes have
   * begun, and refuses all calls.
   *
   * @return what the service saw from its return on, until all leases of before have ended
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

  /** A call of the token service. */
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

  /** One daemon: its cache, and who asks it. */
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

    /** Takes what it has from before, fetches the rest ahead, as the daemon does. */
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

    /** A question that a live lease answers tells nothing: the next one is behind its end. */
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
