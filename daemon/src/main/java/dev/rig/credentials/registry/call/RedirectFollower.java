package dev.rig.credentials.registry.call;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RequestBudget;
import dev.rig.credentials.registry.http.HttpAsk;
import dev.rig.credentials.registry.http.HttpExchange;
import dev.rig.credentials.registry.http.HttpReply;
import dev.rig.credentials.registry.http.Origin;
import dev.rig.credentials.registry.http.ZoneRule;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects. The credential stays with the scheme, host and port that it is for: once it
 * has been left out it does not come back (T5).
 */
final class RedirectFollower {
  private static final int MOST = 5;

  private final HttpExchange exchange;

  RedirectFollower(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /**
   * The answer where the redirects end.
   *
   * @param rule for the address that is asked first
   * @param elsewhere for those that an answer names
   */
  HttpReply follow(HttpAsk ask, ZoneRule rule, ZoneRule elsewhere, RequestBudget budget)
      throws CallException, InterruptedException {
    var current = ask;
    var here = rule;
    boolean away = false;
    for (int followed = 0; followed <= MOST; followed++) {
      var reply = exchange.send(current, here, budget);
      if (!reply.isRedirect()) {
        if (away && reply.status() == 401) {
          // Nothing that somebody else says is about our credential.
          throw CallException.badAnswer(
              host(ask) + " redirects to " + host(current) + ", which wants a credential");
        }
        return reply;
      }
      var target = target(current.address(), reply.header("location"));
      var from = Origin.of(current.address());
      var to = Origin.of(target);
      if (to == null || from == null) {
        throw CallException.refused(host(current) + " redirects to what is neither http nor https");
      }
      if (from.isSecure() && !to.isSecure()) {
        throw CallException.refused(host(current) + " redirects from https to plain http");
      }
      if (!to.equals(from)) {
        current = current.authorised(null);
        here = elsewhere;
        away = true;
      }
      current = current.at(target);
    }
    throw CallException.badAnswer(host(ask) + " redirects in a circle");
  }

  private static URI target(URI from, @Nullable String location) throws CallException {
    if (location == null) {
      throw CallException.badAnswer(from.getHost() + " redirects without saying where to");
    }
    try {
      return from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw CallException.badAnswer(from.getHost() + " redirects to what is no address");
    }
  }

  private static String host(HttpAsk ask) {
    return ask.address().getHost();
  }
}
