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
 * Calls as often as it takes, and no oftener than is wanted: three tries with jitter where the
 * other side fails (F28), none before the time that it asks for (F27).
 */
public final class RetryingClient {
  private static final int TRIES = 3;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final int GROWTH = 3;

  /** For a 429 that does not say when, or says a time that has passed. */
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(30);

  /**
   * How redirects are followed.
   *
   * @param nearest the nearest zone that the addresses may be in that an answer names
   * @param tokens for targets that let nobody in without a token
   */
  public record Redirects(NetworkZone nearest, AnonymousTokens tokens) {
    /** Gets tokens that anybody may have. */
    public interface AnonymousTokens {
      /**
       * A token for another origin than the one that the credential belongs to.
       *
       * @param refused the 401 of that origin
       * @return the value of the header; null if there is none
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
   * Calls and follows redirects.
   *
   * @param about what a limit of the rate is about, as it stands behind the host: {@code
   *     /acme/app}; empty for the whole origin
   * @param about what a limit is one of, as it stands behind the host: {@code /acme/app}; empty for
   *     all of the origin
   * @param nearest the nearest zone that the address may be in that is asked first
   * @param redirects for those that an answer names; null follows no redirect
   * @return an answer below 500 that is not 429
   * @throws CallException when there is none
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

  /** Calls once, follows nothing, and takes any answer. */
  public HttpResponse once(HttpRequest ask, NetworkZone nearest, RequestBudget budget)
      throws CallException, InterruptedException {
    return http.send(ask, nearest, budget);
  }

  /**
   * Checks that something may be called within a budget.
   *
   * @param about as in {@link #call}
   * @return how long to wait before
   * @throws CallException if it asked to wait for longer
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

  /** Waits for the next try, or fails where there is none. */
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

  /** 100 to 200 ms, then 300 to 600 ms. */
  private Duration jittered(int attempt) {
    long longest = FIRST_WAIT.toNanos();
    for (int i = 1; i < attempt; i++) {
      longest *= GROWTH;
    }
    return Duration.ofNanos(random.nextLong(longest / 2, longest + 1));
  }
}
