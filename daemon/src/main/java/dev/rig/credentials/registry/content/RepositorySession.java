package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RequestBudget;
import dev.rig.credentials.registry.auth.AuthChallenge;
import dev.rig.credentials.registry.auth.Authenticator;
import dev.rig.credentials.registry.auth.ChallengeParser;
import dev.rig.credentials.registry.auth.RegistryEndpoint;
import dev.rig.credentials.registry.call.RetryingClient;
import dev.rig.credentials.registry.http.HttpAsk;
import dev.rig.credentials.registry.http.HttpReply;
import dev.rig.credentials.registry.http.Origin;
import dev.rig.credentials.registry.http.ZoneRule;
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
   * @return an answer with 200 or 404
   * @throws CallException for any other
   */
  HttpReply get(String what, String accept) throws CallException, InterruptedException {
    var ask = HttpAsk.get(endpoint.site().resolve("/v2/" + image.path() + what)).accepting(accept);
    var reply = call(ask);
    while (reply.status() == 401) {
      var challenges = ChallengeParser.parse(reply.headers("www-authenticate"));
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
    return switch (reply.status()) {
      case 200, 404 -> reply;
      case 403 -> throw login.denied();
      default -> throw CallException.badAnswer(who() + " answered " + reply.status());
    };
  }

  /** What the repository sent under that digest before; null where it is not kept. */
  @Nullable HttpReply kept(Digest digest) {
    return contents.find(image, digest);
  }

  /**
   * Keeps an answer for later questions.
   *
   * @param reply whose body has that digest
   */
  void keep(Digest digest, HttpReply reply) {
    contents.keep(image, digest, reply);
  }

  private HttpReply call(HttpAsk ask) throws CallException, InterruptedException {
    return caller.call(
        ask.authorised(login.authorization()), ZoneRule.ASKED_FOR, endpoint.elsewhere(), budget);
  }
}
