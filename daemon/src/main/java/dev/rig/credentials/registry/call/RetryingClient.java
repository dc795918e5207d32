package dev.rig.credentials.registry.call;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Retries calls: three attempts with jitter if the other side fails (F28), none before the end of a
 * rate limit (F27).
 */
public final class RetryingClient {
  private static final int TRIES = 3;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final int GROWTH = 3;

  /** The wait after a 429 without a valid time. */
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(30);

  /**
   * The rules for redirects.
   *
   * @param nearest the nearest permitted zone of addresses in responses
   * @param tokens for targets that require a token
   */
  public record Redirects(NetworkZone nearest, AnonymousTokens tokens) {
    /** Obtains anonymous tokens. */
    public interface AnonymousTokens {
      /**
       * Returns a token for an origin other than the credential's.
       *
       * @param refused the 401 of that origin
       * @return the value of the header; null if absent
       */
      @Nullable Secret token(HttpRequest request, HttpResponse refused)
          throws CallException, InterruptedException;
    }
  }

  private final RedirectFollower http;
  private final RateLimits pauses;
  private final Sleeper waiter;
  private final RandomGenerator random;
  private final Time time;

  public RetryingClient(
      HttpClient http, CallObserver observer, Sleeper waiter, RandomGenerator random, Time time) {
    this.http = new RedirectFollower(http, time.ticker(), observer);
    this.pauses = new RateLimits(time.ticker());
    this.waiter = waiter;
    this.random = random;
    this.time = time;
  }

  /**
   * Sends a request, with retries and redirects.
   *
   * @param about the scope of a rate limit, as the path after the host: {@code /acme/app}; empty
   *     for the whole origin
   * @param nearest the nearest permitted zone of the first address
   * @param redirects the rules for addresses in responses; null follows no redirect
   * @return a response with a status below 500 other than 429
   * @throws CallException if no such response arrives
   */
  public HttpResponse call(
      String about,
      HttpRequest ask,
      NetworkZone nearest,
      @Nullable Redirects redirects,
      RequestBudget budget)
      throws CallException, InterruptedException {
    var site = ask.address().origin();
    var limited = new RateLimits.RateLimitScope(site, about);
    var left = checkLimit(site, about, budget);
    if (!left.isZero()) {
      waiter.waitFor(left);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        var reply =
            redirects == null
                ? http.send(ask, nearest, budget)
                : http.follow(ask, nearest, redirects, budget);
        if (reply.status() != 429 && reply.status() < 500) {
          return reply;
        }
        failed(limited, reply, attempt, budget);
      } catch (CallException e) {
        if (!e.isTransient() || attempt == TRIES) {
          throw e;
        }
        pause(jittered(attempt), site, budget);
      }
    }
  }

  /** Sends one request without redirects or retries; returns any response, or fails without one. */
  public HttpResponse once(HttpRequest ask, NetworkZone nearest, RequestBudget budget)
      throws CallException, InterruptedException {
    return http.send(ask, nearest, budget);
  }

  /**
   * Checks whether a call is possible within a budget.
   *
   * @param about as in {@link #call}
   * @return how long to wait before it
   * @throws CallException if the rate limit ends later
   */
  public Duration checkLimit(Origin origin, String about, RequestBudget budget)
      throws CallException {
    var scope = new RateLimits.RateLimitScope(origin, about);
    var left = pauses.left(scope);
    if (!left.isZero() && !budget.allows(left)) {
      throw rateLimited(scope, left);
    }
    return left;
  }

  /** Waits for the next attempt, or fails after the last. */
  private void failed(
      RateLimits.RateLimitScope scope, HttpResponse reply, int attempt, RequestBudget budget)
      throws CallException, InterruptedException {
    boolean limited = reply.status() == 429;
    var asked = RetryAfter.of(reply.header("retry-after"), time.now());
    if (asked != null) {
      pauses.leaveAlone(scope, asked);
      if (!budget.allows(asked)) {
        throw rateLimited(scope, asked);
      }
    }
    if (attempt == TRIES) {
      throw limited
          ? rateLimited(scope, asked == null || asked.isZero() ? USUAL_PAUSE : asked)
          : CallException.unreachable(
              "%s answered %d, %d times"
                  .formatted(scope.origin().authority(), reply.status(), TRIES));
    }
    var jittered = jittered(attempt);
    pause(asked == null ? jittered : asked.plus(jittered), scope.origin(), budget);
  }

  private CallException rateLimited(RateLimits.RateLimitScope scope, Duration left) {
    return CallException.rateLimited(
        "%s limits the rate of requests; retry in %d s".formatted(scope, seconds(left)),
        time.now().plus(left));
  }

  private static long seconds(Duration time) {
    return time.plusNanos(999_999_999).toSeconds();
  }

  private void pause(Duration wait, Origin site, RequestBudget budget)
      throws CallException, InterruptedException {
    if (!budget.allows(wait)) {
      throw CallException.of(budget.tooSlow(site.authority()));
    }
    waiter.waitFor(wait);
  }

  /** Returns 100 to 200 ms, then 300 to 600 ms. */
  private Duration jittered(int attempt) {
    long longest = FIRST_WAIT.toNanos();
    for (int i = 1; i < attempt; i++) {
      longest *= GROWTH;
    }
    return Duration.ofNanos(random.nextLong(longest / 2, longest + 1));
  }
}
