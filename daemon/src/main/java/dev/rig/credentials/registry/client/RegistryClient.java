package dev.rig.credentials.registry.client;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.net.CertificateAuthorities;
import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.HttpClient;
import dev.rig.credentials.net.PlainHttpPolicy;
import dev.rig.credentials.net.RequestBudget;
import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import dev.rig.credentials.registry.TagPage;
import dev.rig.credentials.registry.auth.Authenticator;
import dev.rig.credentials.registry.auth.EndpointDiscovery;
import dev.rig.credentials.registry.auth.RealmPolicy;
import dev.rig.credentials.registry.auth.RegistryEndpoint;
import dev.rig.credentials.registry.auth.TokenService;
import dev.rig.credentials.registry.call.RetryingClient;
import dev.rig.credentials.registry.call.Sleeper;
import dev.rig.credentials.registry.content.DigestCache;
import dev.rig.credentials.registry.content.ImageReader;
import dev.rig.credentials.registry.content.RepositorySession;
import dev.rig.credentials.registry.content.TagReader;
import dev.rig.credentials.time.Time;
import java.net.InetAddress;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Queries container registries (OCI distribution specification 1.1, Docker registry API v2) about
 * images: anonymously, or with the image's credential.
 *
 * <p>Its methods block, and are meant for virtual threads. An operation takes at most 10 s of the
 * registry's time and 4 MiB, whatever the registry does (F29); the time to obtain a credential is
 * added. Endpoints are cached; so are contents that a digest in a response names, because they
 * cannot change.
 */
public final class RegistryClient {
  private final RegistryCredentials credentials;
  private final Time time;
  private final PlainHttpPolicy plain;
  private final RetryingClient caller;
  private final EndpointDiscovery endpoints;
  private final RealmPolicy realms;
  private final TokenService tokens;
  private final DigestCache contents = new DigestCache();

  /** The credential of a development registry over plain http on another machine: none. */
  private static final RegistryCredentials WITHHELD =
      new RegistryCredentials() {
        @Override
        public CompletableFuture<Lookup> lookup(ImageReference reference) {
          return CompletableFuture.completedFuture(
              new Lookup.NotFound(
                  "none is sent over plain http to another machine (registryClient.insecure)"));
        }

        @Override
        public boolean reject(ImageReference reference, Lease lease) {
          return false;
        }
      };

  private interface RegistryOperation<T> {
    T ask(RepositorySession session) throws CallException, InterruptedException;
  }

  /** Creates a client; nothing is opened or read before the first operation. */
  public RegistryClient(
      RegistryCredentials credentials,
      RegistrySettings settings,
      Time time,
      CallObserver observer) {
    this(
        credentials,
        settings,
        time,
        observer,
        InetAddress::getAllByName,
        Sleeper.by(time.scheduler()),
        new Random());
  }

  /** Creates a client with injected name resolution, waiting and randomness. */
  RegistryClient(
      RegistryCredentials credentials,
      RegistrySettings settings,
      Time time,
      CallObserver observer,
      HostResolver.Resolver resolver,
      Sleeper waiter,
      RandomGenerator random) {
    this.credentials = credentials;
    this.time = time;
    plain = new PlainHttpPolicy(settings.insecure(), settings.development());
    var http =
        new HttpClient(
            new HostResolver(resolver),
            plain,
            new CertificateAuthorities(settings.caFiles(), settings.ownAuthorities()),
            settings.proxies(),
            time);
    caller = new RetryingClient(http, observer, waiter, random, time);
    endpoints = new EndpointDiscovery(caller, plain, time.ticker());
    realms = new RealmPolicy(settings.realms(), plain);
    tokens = new TokenService(caller, time.ticker());
  }

  /**
   * Determines whether an image exists and what it is.
   *
   * @param image with a repository; a digest has precedence over a tag, and without either it is
   *     {@code latest}
   * @throws IllegalArgumentException if it has no repository
   */
  public Resolution resolve(ImageReference image) throws InterruptedException {
    checkRepository(image);
    var tried = "resolve " + image;
    Digest wanted;
    try {
      wanted = image.digest() == null ? null : Digest.parse(image.digest());
    } catch (InvalidReferenceException e) {
      return CallException.noSuchTag("its digest cannot be checked: " + e.getMessage())
          .failure(tried);
    }
    var tag = image.tag() == null && wanted == null ? "latest" : image.tag();
    try {
      return ask(image, session -> new ImageReader(session, false).read(tag, wanted));
    } catch (CallException e) {
      return e.failure(tried);
    }
  }

  /**
   * Lists tags of a repository, the likely newest first.
   *
   * @param repository its tag or digest is ignored
   * @param limit the most tags to return, from 1 to 1000
   * @param after {@link TagPage#next} of the previous page; null for the first page
   * @throws IllegalArgumentException if there is no repository, or the limit is out of range
   */
  public TagListing tags(ImageReference repository, int limit, @Nullable String after)
      throws InterruptedException {
    checkRepository(repository);
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("the limit must be from 1 to 1000");
    }
    try {
      return ask(repository, session -> new TagReader(session).read(limit, after));
    } catch (CallException e) {
      return e.failure("list the tags of " + repository.name());
    }
  }

  private static void checkRepository(ImageReference reference) {
    if (reference.isHostOnly()) {
      throw new IllegalArgumentException("the image names a registry without a repository");
    }
  }

  private RegistryCredentials credentials(RegistryEndpoint endpoint) {
    return plain.allowsCredential(endpoint.site(), endpoint.reach()) ? credentials : WITHHELD;
  }

  private <T> T ask(ImageReference image, RegistryOperation<T> question)
      throws CallException, InterruptedException {
    var budget = RequestBudget.start(time.ticker());
    endpoints.checkLimits(image, budget);
    var endpoint = endpoints.of(image.host(), budget);
    var login =
        new Authenticator(
            image, endpoint, credentials(endpoint), realms, tokens, time.ticker(), budget);
    try {
      var session = new RepositorySession(image, endpoint, login, caller, contents, budget);
      session.begin();
      return question.ask(session);
    } catch (CallException e) {
      // The cached endpoint may be the cause: the next operation determines it again.
      if (e.mayBeOfTheEndpoint()) {
        endpoints.forget(image.host());
      }
      throw e;
    }
  }
}
