package dev.rig.credentials.registry.content;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.AuthChallenge;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.net.Origin;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.auth.Authenticator;
import dev.rig.credentials.registry.auth.EndpointDiscovery;
import dev.rig.credentials.registry.auth.RegistryEndpoint;
import dev.rig.credentials.registry.call.RetryingClient;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One operation at one registry: its calls share the login and the budget. */
public final class RepositorySession {
  private final ImageReference image;
  private final RegistryEndpoint endpoint;
  private final Authenticator login;
  private final RetryingClient caller;
  private final DigestCache contents;
  private final RequestBudget budget;

  public RepositorySession(
      ImageReference image,
      RegistryEndpoint endpoint,
      Authenticator login,
      RetryingClient caller,
      DigestCache contents,
      RequestBudget budget) {
    this.image = image;
    this.endpoint = endpoint;
    this.login = login;
    this.caller = caller;
    this.contents = contents;
    this.budget = budget;
  }

  /** Returns the requested image. */
  ImageReference image() {
    return image;
  }

  /** Returns the registry's name, for people. */
  String who() {
    return endpoint.who();
  }

  /** Returns the registry's origin. */
  Origin site() {
    return endpoint.site();
  }

  /** Returns a session with the initial number of bytes, in the remaining time. */
  RepositorySession inTheSameTime() {
    return new RepositorySession(image, endpoint, login, caller, contents, budget.inTheSameTime());
  }

  /** Answers the registry's first challenges; fails if that is impossible or forbidden. */
  public void begin() throws CallException, InterruptedException {
    if (!endpoint.challenges().isEmpty()) {
      login.answer(endpoint.challenges());
    }
  }

  /**
   * Sends a GET request within the repository.
   *
   * @param what the path after the repository's name, with its query: {@code /tags/list}
   * @param accept the accepted types
   * @param also another accepted status
   * @return a response with 200, 404 or that status
   * @throws CallException for any other
   */
  HttpResponse get(String what, String accept, int... also)
      throws CallException, InterruptedException {
    var ask =
        HttpRequest.get(endpoint.site().at("/v2/" + image.path() + what)).with("Accept", accept);
    var sent = login.authorization();
    var reply = call(ask, sent);
    if (isShutToEverybody(reply) && login.volunteer()) {
      sent = login.authorization();
      reply = call(ask, sent);
    }
    while (reply.status() == 401 || reply.status() == 403) {
      var challenges = EndpointDiscovery.challenges(reply);
      boolean again;
      synchronized (login) {
        again = login.replaceToken(sent) || (reply.status() == 401 && login.answer(challenges));
      }
      if (!again) {
        throw reply.status() == 403 || challenges.stream().anyMatch(AuthChallenge::isAboutScope)
            ? login.denied()
            : login.refused();
      }
      sent = login.authorization();
      reply = call(ask, sent);
    }
    if (reply.status() == 200) {
      synchronized (login) {
        login.accepted(sent);
      }
    }
    int status = reply.status();
    if (Arrays.stream(also).anyMatch(other -> other == status)) {
      return reply;
    }
    return switch (status) {
      case 200, 404 -> reply;
      default -> throw unexpected(reply);
    };
  }

  /** Returns what the registry's error says; see {@link RegistryErrors#message}. */
  String message(RegistryErrors errors) {
    return errors.message(login.authorization() == null);
  }

  /** Returns the failure for a status that no rule explains. */
  CallException unexpected(HttpResponse reply) {
    return RegistryErrors.unexpected(who(), reply, login.authorization() == null);
  }

  /** Returns whether a registry with a public root rejects the request without a challenge. */
  private boolean isShutToEverybody(HttpResponse reply) throws CallException {
    return endpoint.challenges().isEmpty()
        && (reply.status() == 403
            || reply.status() == 404 // some registries hide private repositories
            || (reply.status() == 401 && EndpointDiscovery.challenges(reply).isEmpty()));
  }

  /** Returns whether less time is left than the next step needs. */
  boolean isShortOf(Duration time) {
    return !budget.allows(time);
  }

  /** Returns the repository's cached content for that digest; null if absent. */
  @Nullable HttpResponse kept(Digest digest) {
    return contents.find(image, digest);
  }

  /**
   * Caches a response for later operations.
   *
   * @param reply whose body has that digest
   */
  void keep(Digest digest, HttpResponse reply) {
    contents.keep(image, digest, reply);
  }

  private HttpResponse call(HttpRequest ask, @Nullable Secret authorization)
      throws CallException, InterruptedException {
    return caller.call(
        "/" + image.path(),
        ask.authorised(authorization),
        NetworkZone.LOOPBACK,
        new RetryingClient.Redirects(endpoint.reach(), login::anonymous),
        budget);
  }
}
