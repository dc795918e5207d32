package dev.rig.credentials.registry.content;

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

/** One question to one registry: its calls share the login and the budget. */
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

  /** What is asked about. */
  ImageReference image() {
    return image;
  }

  /** The registry, for people. */
  String who() {
    return endpoint.who();
  }

  /** Where it answers. */
  Origin site() {
    return endpoint.site();
  }

  /** The same with as many bytes as at the start, in the time that is left. */
  RepositorySession inTheSameTime() {
    return new RepositorySession(image, endpoint, login, caller, contents, budget.inTheSameTime());
  }

  /** Logs in by what the registry said before anything was asked. */
  public void begin() throws CallException, InterruptedException {
    if (!endpoint.challenges().isEmpty()) {
      login.answer(endpoint.challenges());
    }
  }

  /**
   * Gets something of the repository.
   *
   * @param what the path behind the repository's name, with its query: {@code /tags/list}
   * @param accept the types that will do
   * @param also another status that will do
   * @return an answer with 200, 404 or that status
   * @throws CallException for any other
   */
  HttpResponse get(String what, String accept, int... also)
      throws CallException, InterruptedException {
    var ask =
        HttpRequest.get(endpoint.site().at("/v2/" + image.path() + what)).with("Accept", accept);
    var reply = call(ask);
    if (isShutToEverybody(reply) && login.volunteer()) {
      reply = call(ask);
    }
    while (reply.status() == 401) {
      var challenges = EndpointDiscovery.challenges(reply);
      boolean again;
      synchronized (login) {
        again = login.answer(challenges);
      }
      if (!again) {
        throw challenges.stream().anyMatch(AuthChallenge::isAboutScope)
            ? login.denied()
            : login.refused();
      }
      reply = call(ask);
    }
    int status = reply.status();
    if (Arrays.stream(also).anyMatch(other -> other == status)) {
      return reply;
    }
    return switch (status) {
      case 200, 404 -> reply;
      case 403 -> throw login.denied();
      default -> throw CallException.badAnswer(who() + " answered " + status);
    };
  }

  /**
   * Whether a registry that lets everybody into its root refuses, and does not say what it wants.
   */
  private boolean isShutToEverybody(HttpResponse reply) throws CallException {
    return endpoint.challenges().isEmpty()
        && (reply.status() == 403
            || (reply.status() == 401 && EndpointDiscovery.challenges(reply).isEmpty()));
  }

  /** Whether there is less time left than a next step should have. */
  boolean isShortOf(Duration time) {
    return !budget.allows(time);
  }

  /** What the repository sent under that digest before; null where it is not kept. */
  @Nullable HttpResponse kept(Digest digest) {
    return contents.find(image, digest);
  }

  /**
   * Keeps an answer for later questions.
   *
   * @param reply whose body has that digest
   */
  void keep(Digest digest, HttpResponse reply) {
    contents.keep(image, digest, reply);
  }

  private HttpResponse call(HttpRequest ask) throws CallException, InterruptedException {
    return caller.call(
        "/" + image.path(),
        ask.authorised(login.authorization()),
        NetworkZone.LOOPBACK,
        new RetryingClient.Redirects(endpoint.reach(), login::anonymous),
        budget);
  }
}
