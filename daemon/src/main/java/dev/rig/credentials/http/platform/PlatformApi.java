package dev.rig.credentials.http.platform;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.http.server.ProblemDocument;
import dev.rig.credentials.http.server.Responses;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.request.RequestOutcome;
import dev.rig.credentials.time.Time;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The routes of the platform's API, with the checks before each of them (T17). */
final class PlatformApi {
  private static final Logger LOG = System.getLogger(PlatformApi.class.getName());

  /** A required header: forms and images of a web page cannot send it, and no proxy adds it. */
  static final HeaderName REQUIRED = HeaderNames.create("Rig-Credentials");

  static final String REQUIRED_VALUE = "1";

  private final List<ApiOperation> operations;
  private final Function<Peer, PeerRights> access;
  private final Consumer<AnsweredRequest> observer;
  private final Time time;

  PlatformApi(
      List<ApiResource> resources,
      Function<Peer, PeerRights> access,
      Consumer<AnsweredRequest> observer,
      Time time) {
    this.operations =
        resources.stream().flatMap(resource -> resource.operations().stream()).toList();
    this.access = access;
    this.observer = observer;
    this.time = time;
  }

  HttpRouting.Builder routing() {
    return HttpRouting.builder().any(this::handle);
  }

  private void handle(ServerRequest request, ServerResponse response) throws InterruptedException {
    long began = time.nanos();
    var peer = Responses.peer(request);
    if (peer == null) {
      throw new IllegalStateException("the kernel names every peer of a Unix socket");
    }
    var asked = new PlatformRequest(request, response, peer, access.apply(peer));
    try {
      answer(request, asked);
    } catch (ProblemResponseException problem) {
      refuse(response, problem);
    } catch (HttpException e) {
      refuse(response, ProblemResponseException.badRequest("the request is not valid HTTP"));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a request of the platform failed", e);
      refuse(
          response,
          ProblemResponseException.of(
              500, "internal", "The daemon failed", "see the daemon's log for the reason"));
    }
    observer.accept(
        new AnsweredRequest(
            "platform",
            asked.prefix(),
            outcome(response.status().code()),
            Duration.ofNanos(time.nanos() - began),
            peer));
  }

  private static RequestOutcome outcome(int status) {
    return switch (status) {
      case 200 -> RequestOutcome.FOUND;
      case 401, 404 -> RequestOutcome.NOT_FOUND;
      case 403 -> RequestOutcome.DENIED;
      case 400, 405, 412, 413, 415 -> RequestOutcome.REFUSED;
      default -> RequestOutcome.FAILED;
    };
  }

  private void answer(ServerRequest request, PlatformRequest asked) throws InterruptedException {
    if (!List.of(REQUIRED_VALUE).equals(request.headers().all(REQUIRED, List::of))) {
      throw ProblemResponseException.of(
          412,
          "headerMissing",
          "A required header is missing",
          "send the header %s: %s".formatted(REQUIRED.defaultCase(), REQUIRED_VALUE));
    }
    asked.checkPeer();
    operation(request.prologue().method(), request.path().path(), asked).answer().to(asked);
  }

  private ApiOperation operation(Method method, String path, PlatformRequest asked) {
    var there = operations.stream().filter(one -> one.path().equals(path)).toList();
    if (there.isEmpty()) {
      throw ProblemResponseException.of(
          404, "noSuchPath", "There is no such path", "see /openapi.json for the paths");
    }
    return there.stream()
        .filter(one -> one.method().equals(method.text()))
        .findFirst()
        .orElseThrow(() -> {
          var allowed = there.stream().map(ApiOperation::method).collect(Collectors.joining(", "));
          asked.header("Allow", allowed);
          return ProblemResponseException.of(
              405, "methodNotAllowed", "The path has no such method", "use " + allowed);
        });
  }

  private void refuse(ServerResponse response, ProblemResponseException problem) {
    if (response.isSent()) {
      return;
    }
    var next = problem.nextAttempt();
    if (next != null) {
      response.header(
          HeaderNames.RETRY_AFTER,
          Long.toString(ProblemResponseException.retryAfter(next, time.now())));
    }
    Responses.answer(response, problem.status(), ProblemDocument.MEDIA_TYPE, problem.document());
  }
}
