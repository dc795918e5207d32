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
import dev.rig.credentials.registry.auth.TokenCache.IssuedToken;
import dev.rig.credentials.registry.auth.TokenCache.TokenKey;
import dev.rig.credentials.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates one operation at one registry. A rejected credential is discarded and obtained
 * again once (F26); any other failure keeps it. A token that the registry accepted before is used
 * again; if it is rejected, another one is requested first.
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
  private List<AuthChallenge> answered = List.of();
  private @Nullable TokenKey key;
  private @Nullable IssuedToken token;
  private boolean proven; // the registry accepted the token before
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

  /** Returns the value of {@code Authorization} for the next request; null if absent. */
  public @Nullable Secret authorization() {
    return authorization;
  }

  /**
   * Answers challenges.
   *
   * @return whether a request is useful with the new authorization
   * @throws CallException if a rule or a failure prevents that
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
   * Replaces a token of an earlier operation that the registry now rejects: it can have been
   * withdrawn, or its access have changed.
   *
   * @param rejected what the rejected request sent; null if nothing
   * @return whether a request is useful with another authorization
   * @throws CallException if a rule or a failure prevents that
   */
  public boolean replaceToken(@Nullable Secret rejected)
      throws CallException, InterruptedException {
    if (!Objects.equals(rejected, authorization)) {
      return true; // another request of this operation replaced it
    }
    if (!proven || key == null || token == null) {
      return false;
    }
    tokens.accepted().forget(key, token);
    return logIn(answered);
  }

  /**
   * Records that the registry accepted a request, so that later operations use its token too.
   *
   * @param sent what the request sent; null if nothing
   */
  public void accepted(@Nullable Secret sent) {
    var issued = token;
    if (issued != null && !proven && key != null && Objects.equals(issued.authorization(), sent)) {
      tokens.accepted().keep(key, issued);
      proven = true;
    }
  }

  /**
   * Uses the password without a challenge in all later requests, for a registry whose {@code /v2/}
   * is public although the repository is not.
   *
   * @return whether a request is useful; false if a credential was sent before
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
   * Returns an anonymous token, if the target of a redirect requires one.
   *
   * @param refused the target's response
   * @return the value of the header; null if the target requires something else, or gives none
   * @throws CallException if a rule forbids the request
   */
  public @Nullable Secret anonymous(HttpRequest request, HttpResponse refused)
      throws CallException, InterruptedException {
    var origin = request.address().origin();
    var challenges = EndpointDiscovery.challenges(refused);
    var elsewhere = new RegistryEndpoint(origin, challenges, refused.zone());
    for (var challenge : challenges) {
      if (challenge.isBearer()) {
        var scope = challenge.parameter("scope");
        var issued =
            tokens.token(
                realms.check(origin.authority(), elsewhere, challenge, false),
                challenge.parameter("service"),
                scope == null ? scope() : scope,
                null,
                budget);
        return issued == null ? null : issued.authorization();
      }
    }
    return null;
  }

  private String scope() {
    return "repository:" + image.path() + ":pull";
  }

  private boolean logIn(List<AuthChallenge> challenges) throws CallException, InterruptedException {
    answered = challenges;
    for (var challenge : challenges) {
      if (challenge.isBearer()) {
        return bearer(challenge);
      }
    }
    if (challenges.stream().noneMatch(AuthChallenge::isBasic)) {
      throw CallException.badAnswer(
          endpoint.who() + " supports neither a password (Basic) nor a token (Bearer)");
    }
    var credential = credential();
    if (credential == null) {
      return false;
    }
    if (credential.isIdentityToken()) {
      throw CallException.unauthorised(
          endpoint.who() + " requires a password, but the entry has an identity token");
    }
    authorization = HttpRequest.basic(credential);
    return true;
  }

  private boolean bearer(AuthChallenge challenge) throws CallException, InterruptedException {
    var issued = token(challenge);
    if (issued == null && stage == Stage.LOGGED_IN && renew()) {
      issued = token(challenge);
    }
    if (issued == null) {
      throw refused();
    }
    token = issued;
    authorization = issued.authorization();
    return true;
  }

  /**
   * Returns a token for reading only, regardless of the scope in the challenge; null if the
   * credential is rejected.
   */
  private @Nullable IssuedToken token(AuthChallenge challenge)
      throws CallException, InterruptedException {
    var credential = credential();
    var realm = realms.check(image.host(), endpoint, challenge, credential != null);
    var service = challenge.parameter("service");
    key = new TokenKey(endpoint.site(), realm.address(), service, scope(), credential);
    var held = tokens.accepted().find(key);
    proven = held != null;
    return held != null ? held : tokens.token(realm, service, scope(), credential, budget);
  }

  private @Nullable Credential credential() {
    return lookup instanceof Lookup.Found found ? found.lease().credential() : null;
  }

  /** Obtains another credential after a rejection; returns false if no other is available. */
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

  /** Looks up the credential; the script's time does not count as the registry's. */
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

  /** Returns the failure for a rejection by the registry or its token service. */
  public CallException refused() {
    return switch (lookup) {
      case Lookup.Found found ->
          CallException.unauthorised(
              "%s refuses the credential of the entry %s; correct the entry"
                  .formatted(endpoint.who(), found.prefix()));
      case Lookup.Failed failed ->
          CallException.noCredential(
              endpoint.who() + " requires a credential: " + failed.sentence(),
              failed.nextAttempt());
      case Lookup.NotFound missing ->
          CallException.unauthorised(
              "%s requires a credential, and %s".formatted(endpoint.who(), missing.reason()));
      case null -> CallException.unauthorised(endpoint.who() + " denies access");
    };
  }

  /** Returns the failure for a permitted login without access to the repository. */
  public CallException denied() {
    return lookup instanceof Lookup.Found found
        ? CallException.unauthorised(
            "%s denies access for the entry %s, or the repository does not exist; grant it access"
                .formatted(endpoint.who(), found.prefix()))
        : refused();
  }
}
