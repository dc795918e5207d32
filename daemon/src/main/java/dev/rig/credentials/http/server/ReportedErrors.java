package dev.rig.credentials.http.server;

import dev.rig.credentials.concurrent.UncaughtErrors;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import org.jspecify.annotations.Nullable;

/**
 * Answers what Helidon rejects with its status and a problem document, and reports any error among
 * the causes, for which Helidon would only answer 500: see {@link UncaughtErrors}.
 */
final class ReportedErrors implements DirectHandler {
  private final DirectHandler usual = DirectHandler.defaultHandler();

  private final RejectionLog rejections;

  private ReportedErrors(RejectionLog rejections) {
    this.rejections = rejections;
  }

  /** Returns handlers for every kind of failure. */
  static DirectHandlers handlers(RejectionLog rejections) {
    var handlers = DirectHandlers.builder();
    for (var kind : EventType.values()) {
      handlers.addHandler(kind, new ReportedErrors(rejections));
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
    return described(usual.handle(request, kind, status, headers, failure, log));
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType kind,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    return described(usual.handle(request, kind, status, headers, message));
  }

  private TransportResponse described(TransportResponse answer) {
    var rejection = rejection(answer.status());
    rejections.log(rejection);
    return TransportResponse.builder()
        .status(answer.status())
        .headers(answer.headers())
        .header(HeaderNames.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE)
        .keepAlive(answer.keepAlive())
        .entity(rejection.document())
        .build();
  }

  /** Returns the reason; Helidon's own message can contain parts of the request. */
  private static Rejection rejection(Status status) {
    return switch (status.code()) {
      case 400 -> Rejection.badRequest("the request is not valid HTTP/1.1");
      case 413 ->
          new Rejection(
              413,
              "Content Too Large",
              "tooLarge",
              "the head or the body is larger than its limit");
      case 414 -> new Rejection(414, status.reasonPhrase(), "tooLong", "the target is too long");
      case 501, 505 ->
          new Rejection(
              status.code(),
              status.reasonPhrase(),
              "badRequest",
              "only HTTP/1.1 is supported, without transfer codings other than chunked");
      default ->
          new Rejection(
              status.code(),
              status.reasonPhrase(),
              status.code() < 500 ? "badRequest" : "internal",
              status.code() < 500
                  ? "the request cannot be handled"
                  : "the daemon failed; its log says why");
    };
  }
}
