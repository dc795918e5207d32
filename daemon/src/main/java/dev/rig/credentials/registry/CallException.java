package dev.rig.credentials.registry;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.registry.client.RegistryClient;
import java.time.Instant;
import java.util.function.Function;

/**
 * A call that failed. Used only inside this package and its subpackages; {@link RegistryClient}
 * converts it into a result that says what was tried.
 */
public final class CallException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Function<String, RegistryFailure> failure;
  private final boolean transientFault;
  private boolean untrusted;

  private CallException(
      String because, boolean transientFault, Function<String, RegistryFailure> failure) {
    super(because, null, false, false);
    this.failure = failure;
    this.transientFault = transientFault;
  }

  /** Converts a failure of the HTTP client. */
  public static CallException of(HttpFailure e) {
    var because = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case NO_LISTENER, BROKEN -> outage(because);
      case UNREACHABLE, TOO_SLOW -> unreachable(because);
      case UNTRUSTED -> untrusted(because);
      case REFUSED -> refused(because);
      case INVALID -> badAnswer(because);
    };
  }

  /** Returns a temporary failure of the network or the registry. */
  private static CallException outage(String because) {
    return new CallException(because, true, RegistryFailure.Unreachable::new);
  }

  /** Returns a failure to reach the registry, for which a retry does not help now. */
  public static CallException unreachable(String because) {
    return new CallException(because, false, RegistryFailure.Unreachable::new);
  }

  /** Returns the failure for a certificate that no trusted authority has signed for that host. */
  private static CallException untrusted(String because) {
    var thrown = unreachable(because);
    thrown.untrusted = true;
    return thrown;
  }

  public static CallException refused(String because) {
    return new CallException(because, false, RegistryFailure.Refused::new);
  }

  public static CallException badAnswer(String because) {
    return new CallException(because, false, RegistryFailure.BadAnswer::new);
  }

  /**
   * Parses JSON from another machine.
   *
   * @param who the sender, for people
   * @throws CallException if it is not one JSON object
   */
  public static JsonObject json(byte[] body, String who) throws CallException {
    try {
      return JsonObject.parse(body);
    } catch (JsonException e) {
      throw badAnswer(who + " sent no valid JSON object: " + e.getMessage());
    }
  }

  public static CallException unauthorised(String because) {
    return new CallException(because, false, RegistryFailure.Unauthorised::new);
  }

  public static CallException noCredential(String because, Instant nextAttempt) {
    return new CallException(
        because, false, words -> new RegistryFailure.NoCredential(words, nextAttempt));
  }

  public static CallException rateLimited(String because, Instant retryAt) {
    return new CallException(
        because, false, words -> new RegistryFailure.RateLimited(words, retryAt));
  }

  public static CallException noSuchTag(String because) {
    return new CallException(because, false, RegistryFailure.NoSuchTag::new);
  }

  public static CallException noSuchRepository(String because) {
    return new CallException(because, false, RegistryFailure.NoSuchRepository::new);
  }

  /** Returns whether a retry may succeed. */
  public boolean isTransient() {
    return transientFault;
  }

  /** Returns whether the certificate was not trusted. */
  public boolean isUntrusted() {
    return untrusted;
  }

  /** Returns whether another endpoint of the registry may succeed. */
  public boolean mayBeOfTheEndpoint() {
    return switch (failure("ask")) {
      case RegistryFailure.Unreachable _ -> true;
      case RegistryFailure.Refused _ -> true;
      case RegistryFailure.BadAnswer _ -> true;
      default -> false;
    };
  }

  /** Returns the result: "tried to X but failed because Y". */
  public RegistryFailure failure(String tried) {
    return failure.apply("tried to " + tried + " but failed because " + getMessage());
  }
}
