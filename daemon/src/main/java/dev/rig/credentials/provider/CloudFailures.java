package dev.rig.credentials.provider;

import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpFailure.HttpFailureKind;
import java.util.Optional;
import java.util.Set;

/** Translates failures of cloud libraries into messages with a remedy. */
final class CloudFailures {
  private static final int MOST_CAUSES = 20;

  private static final Set<HttpFailureKind> ABSENT =
      Set.of(HttpFailureKind.NO_LISTENER, HttpFailureKind.UNREACHABLE);

  private CloudFailures() {}

  /** Returns the first cause of that type, including the failure itself. */
  static <T> Optional<T> cause(Throwable failure, Class<T> type) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MOST_CAUSES; i++, cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
    }
    return Optional.empty();
  }

  /**
   * Translates a request without a response.
   *
   * @throws InterruptedException if it was stopped
   */
  static Optional<SourceException> unanswered(Throwable failure) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return cause(failure, HttpFailure.class).map(CloudFailures::of);
  }

  /**
   * Translates the failure of a missing metadata service: the machine has no identity.
   *
   * @param remedy how to give it one
   */
  static Optional<SourceException> absent(Throwable failure, String cloud, String remedy) {
    return cause(failure, HttpFailure.class)
        .filter(known -> ABSENT.contains(known.kind()))
        .map(known ->
            new SourceException(
                ReasonClass.REFUSED,
                "found no %s identity: %s (%s)".formatted(cloud, remedy, known.getMessage())));
  }

  static SourceException of(HttpFailure failure) {
    var message = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case TOO_SLOW -> new SourceException(ReasonClass.TIMEOUT, message);
      case NO_LISTENER, BROKEN, UNREACHABLE ->
          new SourceException(
              ReasonClass.SERVICE, message + "; check the network, and the proxy of this daemon");
      default -> new SourceException(ReasonClass.SERVICE, message);
    };
  }

  /**
   * Translates an unsuccessful response.
   *
   * @param service the service, for people
   * @param said the service's message; empty if absent
   * @param remedy what to do if the identity was rejected
   */
  static SourceException answered(String service, int status, String said, String remedy) {
    var because = said.isEmpty() ? "" : ": " + said;
    if (status == 429) {
      return new SourceException(
          ReasonClass.SERVICE, service + " is rate-limiting; it is retried" + because);
    }
    if (status >= 500 || status < 400) {
      return new SourceException(
          ReasonClass.SERVICE, "%s answered %d%s".formatted(service, status, because));
    }
    return new SourceException(
        ReasonClass.REFUSED, "%s answered %d%s; %s".formatted(service, status, because, remedy));
  }
}
