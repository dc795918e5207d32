package dev.rig.credentials.http.admin;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.http.server.Responses;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.Time;
import io.helidon.health.HealthCheckType;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/** The pages of the admin port. */
public final class AdminPages {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final HealthPages health;
  private final StatusPage status;
  private final Metrics metrics;

  /**
   * Creates the pages of a daemon.
   *
   * @param version the daemon's version
   * @param parts the health of each component
   * @param needed the components that readiness requires
   */
  public AdminPages(
      String version,
      Broker broker,
      Supplier<List<ComponentHealth>> parts,
      Set<String> needed,
      RecentActivity activity,
      Metrics metrics,
      Time time) {
    this.health = new HealthPages(parts, needed);
    this.status = new StatusPage(version, broker, parts, activity, time);
    this.metrics = metrics;
  }

  /**
   * Returns the routes.
   *
   * @param loopback whether only this machine can connect; then requests for any other host name
   *     are rejected
   */
  HttpRouting.Builder routing(boolean loopback) {
    var routing =
        HttpRouting.builder()
            .addFilter((chain, request, response) -> guard(loopback, chain, request, response))
            .get("/", (request, response) -> page(response))
            .get("/style.css", asset("style.css", "text/css; charset=utf-8"))
            .get("/icon.svg", asset("icon.svg", "image/svg+xml"))
            .get(
                "/metrics",
                (request, response) -> {
                  var accept = request.headers().first(HeaderNames.ACCEPT).orElse(null);
                  var scraped = metrics.scrape(accept);
                  answer(response, 200, scraped.contentType(), scraped.body());
                });
    for (var type : HealthCheckType.values()) {
      routing.get(
          "/health/" + type.defaultEndpoint(),
          (request, response) -> {
            var report = health.report(type);
            answer(response, report.up() ? 200 : 503, "application/json", report.body());
          });
    }
    return routing.any((request, response) -> answer(response, 404, TEXT, "no such page\n"));
  }

  private static void guard(
      boolean loopback, FilterChain chain, RoutingRequest request, RoutingResponse response) {
    var host = request.headers().first(HeaderNames.HOST).orElse("");
    if (loopback && !HostGuard.isLoopback(host)) {
      answer(response, 421, TEXT, "ask for 127.0.0.1 or localhost\n");
    } else if (!request.prologue().method().equals(Method.GET)) {
      response.header(HeaderNames.ALLOW, "GET");
      answer(response, 405, TEXT, "only GET\n");
    } else {
      chain.proceed();
    }
  }

  private void page(ServerResponse response) {
    response.header(HeaderNames.create("Content-Security-Policy"), POLICY);
    response.header(HeaderNames.create("Referrer-Policy"), "no-referrer");
    answer(response, 200, "text/html; charset=utf-8", status.html());
  }

  private static Handler asset(String name, String type) {
    byte[] bytes;
    try (var in = Objects.requireNonNull(AdminPages.class.getResourceAsStream(name))) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (request, response) -> Responses.answer(response, 200, type, bytes);
  }

  private static void answer(ServerResponse response, int status, String type, String text) {
    Responses.answer(response, status, type, text.getBytes(StandardCharsets.UTF_8));
  }
}
