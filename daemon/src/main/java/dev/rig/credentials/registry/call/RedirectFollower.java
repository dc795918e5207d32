package dev.rig.credentials.registry.call;

import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.CallObserver.CallOutcome;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, counts them, and follows redirects. A credential is only sent to its own scheme,
 * host and port: after a redirect elsewhere it is not sent again (T5).
 */
final class RedirectFollower {
  private static final int MOST = 5;

  private final HttpClient http;
  private final Ticker ticker;
  private final CallObserver observer;

  RedirectFollower(HttpClient http, Ticker ticker, CallObserver observer) {
    this.http = http;
    this.ticker = ticker;
    this.observer = observer;
  }

  /**
   * Returns the response after all redirects.
   *
   * @param nearest the nearest permitted zone of the first address
   * @param redirects the rules for addresses in responses
   */
  HttpResponse follow(
      HttpRequest ask,
      NetworkZone nearest,
      RetryingClient.Redirects redirects,
      RequestBudget budget)
      throws CallException, InterruptedException {
    var current = ask;
    var here = nearest;
    boolean away = false;
    for (int followed = 0; followed <= MOST; followed++) {
      var reply = send(current, here, budget);
      if (!reply.isRedirect()) {
        if (away && reply.status() == 401) {
          // Another origin's response says nothing about our credential.
          var token =
              current.authorization() == null ? redirects.tokens().token(current, reply) : null;
          if (token != null) {
            current = current.authorised(token);
            continue;
          }
          throw CallException.badAnswer(
              host(ask) + " redirects to " + host(current) + ", which requires a credential");
        }
        return reply;
      }
      var target = target(current.address(), reply.header("location"));
      var from = current.address().origin();
      var to = target.origin();
      if (from.isSecure() && !to.isSecure()) {
        throw CallException.refused(host(current) + " redirects from https to plain http");
      }
      if (!to.equals(from)) {
        current = current.authorised(null);
        here = redirects.nearest();
        away = true;
      }
      current = current.at(target);
    }
    throw CallException.badAnswer(host(ask) + " redirects in a circle");
  }

  private static HttpAddress target(HttpAddress from, @Nullable String location)
      throws CallException {
    if (location == null) {
      throw CallException.badAnswer(from.origin().host() + " redirects without a location");
    }
    var target = from.resolve(location);
    if (target == null) {
      throw CallException.refused(
          from.origin().host() + " redirects to " + HttpAddress.fault(location));
    }
    return target;
  }

  private static String host(HttpRequest request) {
    return request.address().origin().host();
  }

  /**
   * Sends a request without following redirects, and counts it.
   *
   * @return any response
   * @throws CallException if no such response arrives
   */
  HttpResponse send(HttpRequest request, NetworkZone nearest, RequestBudget budget)
      throws CallException, InterruptedException {
    long from = ticker.nanos();
    var outcome = CallOutcome.FAILED;
    try {
      var response = http.send(request, nearest, budget);
      outcome = outcome(response.status());
      return response;
    } catch (HttpFailure e) {
      throw CallException.of(e);
    } finally {
      var took = Duration.ofNanos(ticker.nanos() - from);
      observer.ended(request.address().origin().authority(), outcome, took);
    }
  }

  private static CallOutcome outcome(int status) {
    return switch (status) {
      case 401, 403 -> CallOutcome.UNAUTHORISED;
      case 429 -> CallOutcome.RATE_LIMITED;
      default -> status >= 500 ? CallOutcome.SERVER_ERROR : CallOutcome.ANSWERED;
    };
  }
}
