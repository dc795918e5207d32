package dev.rig.credentials.registry.call;

import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.net.ZoneRule;
import dev.rig.credentials.registry.CallException;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects. The credential stays with the scheme, host and port that it is for: once it
 * has been left out it does not come back (T5).
 */
final class RedirectFollower {
  private static final int MOST = 5;

  private final ObservedHttp http;

  RedirectFollower(ObservedHttp http) {
    this.http = http;
  }

  /**
   * The answer where the redirects end.
   *
   * @param rule for the address that is asked first
   * @param redirects for those that an answer names
   */
  HttpResponse follow(HttpRequest ask, ZoneRule rule, Redirects redirects, RequestBudget budget)
      throws CallException, InterruptedException {
    var current = ask;
    var here = rule;
    boolean away = false;
    for (int followed = 0; followed <= MOST; followed++) {
      var reply = http.send(current, here, budget);
      if (!reply.isRedirect()) {
        if (away && reply.status() == 401) {
          // Nothing that another origin says is about our credential.
          var token =
              current.authorization() == null ? redirects.tokens().token(current, reply) : null;
          if (token != null) {
            current = current.authorised(token);
            continue;
          }
          throw CallException.badAnswer(
              host(ask) + " redirects to " + host(current) + ", which wants a credential");
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
        here = redirects.rule();
        away = true;
      }
      current = current.at(target);
    }
    throw CallException.badAnswer(host(ask) + " redirects in a circle");
  }

  private static HttpAddress target(HttpAddress from, @Nullable String location)
      throws CallException {
    if (location == null) {
      throw CallException.badAnswer(from.origin().host() + " redirects without saying where to");
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
}
