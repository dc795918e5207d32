package dev.rig.credentials.registry;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import org.jspecify.annotations.Nullable;

/** One question to one registry: its calls share the login and the budget. */
final class Session {
  private final ImageReference image;
  private final Endpoint endpoint;
  private final Login login;
  private final Caller caller;
  private final Contents contents;
  private final Budget budget;

  Session(
      ImageReference image,
      Endpoint endpoint,
      Login login,
      Caller caller,
      Contents contents,
      Budget budget) {
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
  Site site() {
    return endpoint.site();
  }

  /** The same with as many bytes as at the start, in the time that is left. */
  Session inTheSameTime() {
    return new Session(image, endpoint, login, caller, contents, budget.inTheSameTime());
  }

  /** Logs in by what the registry said before anything was asked. */
  void begin() throws CallException, InterruptedException {
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
        throw challenges.stream().anyMatch(Challenge::isAboutScope)
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
        ask.authorised(login.authorization()), AddressRule.ASKED_FOR, endpoint.elsewhere(), budget);
  }
}
