package dev.rig.credentials.registry.call;

import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.net.ZoneRule;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.CallObserver.CallOutcome;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;

/** Single calls to registries and their token services, which are counted. */
public final class ObservedHttp {
  private final HttpClient http;
  private final Ticker ticker;
  private final CallObserver observer;

  public ObservedHttp(HttpClient http, Ticker ticker, CallObserver observer) {
    this.http = http;
    this.ticker = ticker;
    this.observer = observer;
  }

  /**
   * Sends a request.
   *
   * @return any response
   * @throws CallException if there is none
   */
  HttpResponse send(HttpRequest request, ZoneRule rule, RequestBudget budget)
      throws CallException, InterruptedException {
    long from = ticker.nanos();
    var outcome = CallOutcome.FAILED;
    try {
      var response = http.send(request, rule, budget);
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
