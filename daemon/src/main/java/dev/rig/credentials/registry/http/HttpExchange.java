package dev.rig.credentials.registry.http;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.CallObserver.Outcome;
import dev.rig.credentials.registry.RequestBudget;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One request and its answer over a connection of their own: no redirect, no second try, nothing
 * kept.
 */
public final class HttpExchange {
  private static final String AGENT = "rig-credentials";

  private final Dialer dialer;
  private final Time time;
  private final CallObserver observer;

  public HttpExchange(Dialer dialer, Time time, CallObserver observer) {
    this.dialer = dialer;
    this.time = time;
    this.observer = observer;
  }

  /**
   * Sends a request.
   *
   * @return any answer at all
   * @throws CallException when there is none
   */
  public HttpReply send(HttpAsk ask, ZoneRule rule, RequestBudget budget)
      throws CallException, InterruptedException {
    var site = Origin.of(ask.address());
    if (site == null) {
      throw CallException.refused("it leads to an address that is neither http nor https");
    }
    budget.checkTime(site.authority());
    long from = time.nanos();
    var outcome = Outcome.FAILED;
    try (var line = new Line(time.scheduler(), budget)) {
      var reply = talk(line, site, ask, rule, budget);
      outcome = outcome(reply.status());
      return reply;
    } finally {
      observer.ended(site.authority(), outcome, Duration.ofNanos(time.nanos() - from));
    }
  }

  private HttpReply talk(Line line, Origin site, HttpAsk ask, ZoneRule rule, RequestBudget budget)
      throws CallException, InterruptedException {
    try {
      var dialed = dialer.dial(line, site, rule, budget);
      var out = dialed.socket().getOutputStream();
      out.write(request(ask, site, dialed).getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new HttpReader(dialed.socket().getInputStream(), budget, site.authority())
          .read()
          .from(dialed.reach());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (line.isOver()) {
        throw RequestBudget.tooSlow(site.authority());
      }
      throw CallException.outage(
          "the connection with %s broke (%s)".formatted(site.authority(), e.getMessage()));
    }
  }

  private static String request(HttpAsk ask, Origin site, Dialer.Dialed dialed) {
    var proxy = dialed.forwardedBy();
    var text = new StringBuilder(512);
    text.append(ask.method()).append(' ');
    text.append(proxy == null ? ask.target() : site + ask.target()).append(" HTTP/1.1\r\n");
    header(text, "Host", site.authority());
    header(text, "User-Agent", AGENT);
    header(text, "Accept-Encoding", "identity");
    header(text, "Connection", "close");
    var login = proxy == null ? null : Dialer.login(proxy);
    if (login != null) {
      header(text, "Proxy-Authorization", login.reveal());
    }
    ask.headers().forEach((name, value) -> header(text, name, value));
    if (ask.authorization() != null) {
      header(text, "Authorization", ask.authorization().reveal());
    }
    var form = ask.form() == null ? "" : ask.form().reveal();
    if (ask.form() != null) {
      header(text, "Content-Type", "application/x-www-form-urlencoded");
      header(text, "Content-Length", Integer.toString(form.length()));
    }
    return text.append("\r\n").append(form).toString();
  }

  private static void header(StringBuilder text, String name, String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("the header " + name + " would not be one line of ASCII");
    }
    text.append(name).append(": ").append(value).append("\r\n");
  }

  private static Outcome outcome(int status) {
    return switch (status) {
      case 401, 403 -> Outcome.UNAUTHORISED;
      case 429 -> Outcome.RATE_LIMITED;
      default -> status >= 500 ? Outcome.SERVER_ERROR : Outcome.ANSWERED;
    };
  }
}
