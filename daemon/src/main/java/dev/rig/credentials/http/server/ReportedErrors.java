package dev.rig.credentials.http.server;

import dev.rig.credentials.concurrent.UncaughtErrors;
import io.helidon.http.DirectHandler;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import org.jspecify.annotations.Nullable;

/**
 * Answers failures as Helidon does by default, and reports any error among their causes, for which
 * Helidon would only answer 500: see {@link UncaughtErrors}.
 */
final class ReportedErrors implements DirectHandler {
  private final DirectHandler usual = DirectHandler.defaultHandler();

  private ReportedErrors() {}

  /** Returns handlers for every kind of failure. */
  static DirectHandlers handlers() {
    var handlers = DirectHandlers.builder();
    for (var kind : EventType.values()) {
      handlers.addHandler(kind, new ReportedErrors());
    }
    return handlers.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType kind,
      Status status,
      ServerResponseHeaders headers,
      Throwable failure,
      System.@Nullable Logger log) {
    UncaughtErrors.reportCause(failure);
    return usual.handle(request, kind, status, headers, failure, log);
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType kind,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    return usual.handle(request, kind, status, headers, message);
  }
}
