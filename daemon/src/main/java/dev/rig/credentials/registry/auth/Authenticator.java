package dev.rig.credentials.registry.auth;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates one question to one registry. A credential that is refused is dropped and fetched
 * again once (F26); one that nobody refused is kept, whatever else fails.
 */
public final class Authenticator {
  private enum Stage {
    NOT_ASKED,
    LOGGED_IN,
    RENEWED
  }

  private final ImageReference image;
  private final RegistryEndpoint endpoint;
  private final RegistryCredentials credentials;
  private final RealmPolicy realms;
  private final TokenService tokens;
  private final Ticker ticker;
  private final RequestBudget budget;

  private Stage stage = Stage.NOT_ASKED;
  private @Nullable Lookup lookup;
  private volatile @Nullable Secret authorization;

  public Authenticator(
      ImageReference image,
      RegistryEndpoint endpoint,
      RegistryCredentials credentials,
      RealmPolicy realms,
      TokenService tokens,
      Ticker ticker,
      RequestBudget budget) {
    this.image = image;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.realms = realms;
    this.tokens = tokens;
    this.ticker = ticker;
    this.budget = budget;
  }

  /** What the next request is sent with; null for nothing. */
  public @Nullable Secret authorization() {
    return authorization;
  }

  /**
   * Does what challenges ask for.
   *
   * @return whether a request is worth trying with what there is now
   * @throws CallException when a rule or a fault is in the way
   */
  public boolean answer(List<AuthChallenge> challenges) throws CallException, InterruptedException {
    switch (stage) {
      case NOT_ASKED -> {
        stage = Stage.LOGGED_IN;
        lookup = lookUp();
      }
      case LOGGED_IN -> {
        if (challenges.stream().anyMatch(AuthChallenge::isAboutScope) || !renew()) {
          return false;
        }
      }
      case RENEWED -> {
        return false;
      }
    }
    return logIn(challenges);
  }

  /**
   * Sends the password from now on though nothing asked for it: to a registry whose {@code /v2/}
   * lets everybody in, and whose repository does not.
   *
   * @return whether a request is worth trying; false if something was sent before
   */
  public boolean volunteer() throws InterruptedException {
    if (stage != Stage.NOT_ASKED) {
      return false;
    }
    stage = Stage.LOGGED_IN;
    lookup = lookUp();
    var credential = credential();
    if (credential == null || credential.isIdentityToken()) {
      return false;
    }
    authorization = HttpRequest.basic(credential);
    return true;
  }

  /**
   * A token for anybody, where the target of a redirect asks for one.
   *
   * @param refused the target's response
   * @return the value of the header; null if it asks for something else, or gives none
   * @throws CallException if a rule forbids to ask
   */
  public @Nullable Secret anonymous(HttpRequest request, HttpResponse refused)
      throws CallException, InterruptedException {
    var origin = request.address().origin();
    var challenges = EndpointDiscovery.challenges(refused);
    var elsewhere = new RegistryEndpoint(origin, challenges, refused.zone());
    for (var challenge : challenges) {
      if (challenge.isBearer()) {
        var scope = challenge.parameter("scope");
        return tokens.token(
            realms.check(origin.authority(), elsewhere, challenge, false),
            challenge.parameter("service"),
            scope == null ? scope() : scope,
            null,
            budget);
      }
    }
    return null;
  }

  private String scope() {
    return "repository:" + image.path() + ":pull";
  }

  private boolean logIn(List<AuthChallenge> challenges) throws CallException, InterruptedException {
    for (var challenge : challenges) {
      if (challenge.isBearer()) {
        return bearer(challenge);
      }
    }
    if (challenges.stream().noneMatch(AuthChallenge::isBasic)) {
      throw CallException.badAnswer(
          endpoint.who() + " wants neither a password (Basic) nor a token (Bearer)");
    }
    var credential = credential();
    if (credential == null) {
      return false;
    }
    if (credential.isIdentityToken()) {
      throw CallException.unauthorised(
          endpoint.who() + " wants a password, and the entry has an identity token");
    }
    authorization = HttpRequest.basic(credential);
    return true;
  }

  private boolean bearer(AuthChallenge challenge) throws CallException, InterruptedException {
    var token = token(challenge);
    if (token == null && stage == Stage.LOGGED_IN && renew()) {
      token = token(challenge);
    }
    if (token == null) {
      throw refused();
    }
    authorization = token;
    return true;
  }

  /** Reading is all that is asked for, whatever scope the challenge names. */
  private @Nullable Secret token(AuthChallenge challenge)
      throws CallException, InterruptedException {
    var credential = credential();
    var realm = realms.check(image.host(), endpoint, challenge, credential != null);
    return tokens.token(realm, challenge.parameter("service"), scope(), credential, budget);
  }

  private @Nullable Credential credential() {
    return lookup instanceof Lookup.Found found ? found.lease().credential() : null;
  }

  /** Another credential in place of the one that was refused; false where there is none. */
  private boolean renew() throws CallException, InterruptedException {
    if (!(lookup instanceof Lookup.Found refused)) {
      return false;
    }
    stage = Stage.RENEWED;
    boolean dropped = credentials.reject(image, refused.lease());
    var next = lookUp();
    lookup = next;
    if (next instanceof Lookup.Found found) {
      return dropped || !found.lease().equals(refused.lease());
    }
    throw refused();
  }

  /** The time of a script is not the registry's. */
  private Lookup lookUp() throws InterruptedException {
    long from = ticker.nanos();
    try {
      return credentials.lookup(image).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a lookup never fails", e.getCause());
    } finally {
      budget.giveBack(Duration.ofNanos(ticker.nanos() - from));
    }
  }

  /** What is said when the registry, or its token service, does not let us in. */
  public CallException refused() {
    return switch (lookup) {
      case Lookup.Found found ->
          CallException.unauthorised(
              "%s refuses the credential of the entry %s"
                  .formatted(endpoint.who(), found.prefix()));
      case Lookup.Failed failed ->
          CallException.noCredential(
              endpoint.who() + " wants a credential: " + failed.sentence(), failed.nextAttempt());
      case Lookup.NotFound missing ->
          CallException.unauthorised(
              "%s wants a credential, and %s".formatted(endpoint.who(), missing.reason()));
      case null -> CallException.unauthorised(endpoint.who() + " denies access");
    };
  }

  /** What is said when it lets us in, but not there. */
  public CallException denied() {
    return lookup instanceof Lookup.Found found
        ? CallException.unauthorised(
            "%s denies access for the entry %s, or the repository does not exist"
                .formatted(endpoint.who(), found.prefix()))
        : refused();
  }
}
