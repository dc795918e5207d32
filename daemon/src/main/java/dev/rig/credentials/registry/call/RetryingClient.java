package dev.rig.credentials.registry.call;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RequestBudget;
import dev.rig.credentials.registry.http.HttpAsk;
import dev.rig.credentials.registry.http.HttpExchange;
import dev.rig.credentials.registry.http.HttpReply;
import dev.rig.credentials.registry.http.Origin;
import dev.rig.credentials.registry.http.ZoneRule;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Calls as often as it takes, and no oftener than is wanted: three tries with jitter where the
 * other side fails (F28), none before the time that it asks for (F27).
 */
public final class RetryingClient {
  private static final int TRIES = 3;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final int GROWTH = 3;

  /** For a 429 that does not say when. */
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(30);

  private final HttpExchange exchange;
  private final RedirectFollower redirects;
  private final RateLimits pauses;
  private final Sleeper waiter;
  private final RandomGenerator random;
  private final Time time;

  public RetryingClient(HttpExchange exchange, Sleeper waiter, RandomGenerator random, Time time) {
    this.exchange = exchange;
    this.redirects = new RedirectFollower(exchange);
    this.pauses = new RateLimits(time.ticker());
    this.waiter = waiter;
    this.random = random;
    this.time = time;
  }

  /**
   * Calls and follows redirects.
   *
   * @param rule for the address that is asked first
   * @param elsewhere for those that an answer names; null follows no redirect
   * @return an answer below 500 that is not 429
   * @throws CallException when there is none
   */
  public HttpReply call(
      HttpAsk ask, ZoneRule rule, @Nullable ZoneRule elsewhere, RequestBudget budget)
      throws CallException, InterruptedException {
    var site = Origin.of(ask.address());
    if (site == null) {
      throw CallException.refused("it leads to an address that is neither http nor https");
    }
    leaveAlone(site, budget);
    for (int attempt = 1; ; attempt++) {
      try {
        var reply =
            elsewhere == null
                ? exchange.send(ask, rule, budget)
                : redirects.follow(ask, rule, elsewhere, budget);
        if (reply.status() != 429 && reply.status() < 500) {
          return reply;
        }
        failed(site, reply, attempt, budget);
      } catch (CallException e) {
        if (!e.isTransient() || attempt == TRIES) {
          throw e;
        }
        pause(jittered(attempt), site, budget);
      }
    }
  }

  /** Calls once, follows nothing, and takes any answer. */
  public HttpReply once(HttpAsk ask, ZoneRule rule, RequestBudget budget)
      throws CallException, InterruptedException {
    return exchange.send(ask, rule, budget);
  }

  private void leaveAlone(Origin site, RequestBudget budget)
      throws CallException, InterruptedException {
    var left = pauses.left(site);
    if (left.isZero()) {
      return;
    }
    if (left.compareTo(budget.left()) >= 0) {
      throw rateLimited(site, left);
    }
    waiter.waitFor(left);
  }

  /** Waits for the next try, or fails where there is none. */
  private void failed(Origin site, HttpReply reply, int attempt, RequestBudget budget)
      throws CallException, InterruptedException {
    boolean limited = reply.status() == 429;
    var asked = RetryAfter.of(reply.header("retry-after"), time.now());
    if (asked != null) {
      pauses.leaveAlone(site, asked);
      if (asked.compareTo(budget.left()) >= 0) {
        throw rateLimited(site, asked);
      }
    }
    if (attempt == TRIES) {
      throw limited
          ? rateLimited(site, asked == null ? USUAL_PAUSE : asked)
          : CallException.unreachable(
              "%s answered %d, %d times".formatted(site.authority(), reply.status(), TRIES));
    }
    var jittered = jittered(attempt);
    pause(asked == null ? jittered : asked.plus(jittered), site, budget);
  }

  private CallException rateLimited(Origin site, Duration left) {
    return CallException.rateLimited(
        "%s wants to be left alone for %d s".formatted(site.authority(), seconds(left)),
        time.now().plus(left));
  }

  private static long seconds(Duration time) {
    return time.plusNanos(999_999_999).toSeconds();
  }

  private void pause(Duration wait, Origin site, RequestBudget budget)
      throws CallException, InterruptedException {
    if (wait.compareTo(budget.left()) >= 0) {
      throw RequestBudget.tooSlow(site.authority());
    }
    waiter.waitFor(wait);
  }

  /** 100 to 200 ms, then 300 to 600 ms. */
  private Duration jittered(int attempt) {
    long longest = FIRST_WAIT.toNanos();
    for (int i = 1; i < attempt; i++) {
      longest *= GROWTH;
    }
    return Duration.ofNanos(random.nextLong(longest / 2, longest + 1));
  }
}
