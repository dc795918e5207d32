package dev.rig.credentials.registry;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.registry.client.RegistryClient;
import java.time.Instant;
import java.util.function.Function;

/**
 * A call that failed. Inside this package only: {@link RegistryClient} makes the answer of it,
 * which says what was tried.
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

  /** What a failure of the HTTP client means for a registry. */
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

  /** The network or the registry fails, and a moment later it may not. */
  private static CallException outage(String because) {
    return new CallException(because, true, RegistryFailure.Unreachable::new);
  }

  /** It cannot be reached, and asking again now would not help. */
  public static CallException unreachable(String because) {
    return new CallException(because, false, RegistryFailure.Unreachable::new);
  }

  /** Somebody answered with a certificate that nobody we trust has signed for that host. */
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
   * What somebody sent as JSON.
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

  /** Whether the same call may go well a moment later. */
  public boolean isTransient() {
    return transientFault;
  }

  /** Whether TLS was spoken, but with an unknown certificate. */
  public boolean isUntrusted() {
    return untrusted;
  }

  /** Whether the reason may be where and how the registry was asked. */
  public boolean mayBeOfTheEndpoint() {
    return switch (failure("ask")) {
      case RegistryFailure.Unreachable _ -> true;
      case RegistryFailure.Refused _ -> true;
      case RegistryFailure.BadAnswer _ -> true;
      default -> false;
    };
  }

  /** The answer: "tried to X but failed because Y". */
  public RegistryFailure failure(String tried) {
    return failure.apply("tried to " + tried + " but failed because " + getMessage());
  }
}
