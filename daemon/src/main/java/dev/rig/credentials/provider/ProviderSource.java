package dev.rig.credentials.provider;

import dev.rig.credentials.concurrent.ConcurrencyLimit;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.ExpiryReader;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.text.Printable;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A source of credentials from a provider. A lease expires at the earliest of the provider's
 * expiry, the expiry in the credential and the configured one.
 */
final class ProviderSource implements CredentialSource {
  private static final Logger LOG = System.getLogger(ProviderSource.class.getName());

  private static final int MOST_CHARACTERS = 400;

  private final ProviderEntry entry;
  private final TokenIssuer issuer;
  private final ProviderSecrets secrets;
  private final SentSecrets sent;
  private final Time time;
  private final ConcurrencyLimit turns = new ConcurrencyLimit(MOST_AT_ONCE);

  ProviderSource(
      ProviderEntry entry,
      TokenIssuer issuer,
      ProviderSecrets secrets,
      SentSecrets sent,
      Time time) {
    this.entry = entry;
    this.issuer = issuer;
    this.secrets = secrets;
    this.sent = sent;
    this.time = time;
  }

  @Override
  public String kind() {
    return entry.kind().text();
  }

  @Override
  public Duration patience() {
    return entry.timeout().plus(GRACE);
  }

  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    if (!entry.kind().serves(host(request), entry.options())) {
      return CompletableFuture.failedFuture(
          new SourceException(
              ReasonClass.REFUSED,
              "provider %s does not serve %s; it serves %s"
                  .formatted(kind(), host(request), String.join(", ", entry.kind().hosts()))));
    }
    return turns.take(() -> begin(request));
  }

  /** Returns the host of a request, with its port. */
  static String host(SourceRequest request) {
    return request.registry().split("/", 2)[0];
  }

  private CompletableFuture<Lease> begin(SourceRequest request) {
    var result = new CompletableFuture<Lease>();
    var begun = time.now();
    var thread =
        Thread.ofVirtual().name("rig-provider").unstarted(() -> run(request, begun, result));
    var deadline = time.scheduler().schedule(entry.timeout(), () -> complete(result, tooSlow()));
    var _ =
        result.whenComplete((lease, failure) -> {
          deadline.cancel();
          if (Thread.currentThread() != thread) { // a later interrupt would hit unrelated work
            thread.interrupt();
          }
        });
    thread.start();
    return result;
  }

  private void run(SourceRequest request, Instant begun, CompletableFuture<Lease> result) {
    try {
      result.complete(lease(issuer.issue(request), request, begun));
    } catch (SourceException e) {
      complete(result, e);
    } catch (InterruptedException e) {
      complete(result, new SourceException(ReasonClass.STOPPED, "stopped before its end"));
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.ERROR, "provider " + kind() + " has an internal error", e);
      complete(result, new SourceException(ReasonClass.OTHER, "internal error; see the log"));
    } finally {
      result.completeExceptionally(new SourceException(ReasonClass.OTHER, "internal error"));
    }
  }

  private void complete(CompletableFuture<Lease> result, SourceException failure) {
    if (!result.isDone()) {
      result.completeExceptionally(failed(failure));
    }
  }

  private Lease lease(TokenIssuer.IssuedCredential issued, SourceRequest request, Instant begun) {
    var credential = issued.credential();
    secrets.add(request.registry(), credential.secret());
    if ((credential.username() + credential.secret().reveal())
        .chars()
        .anyMatch(ProviderSource::isControl)) {
      throw new SourceException(
          ReasonClass.SERVICE, "it gave a credential with control characters in it");
    }
    var stated = earlier(issued.expiresAt(), ExpiryReader.of(credential).orElse(Lease.NEVER));
    if (!stated.isAfter(time.now())) {
      throw new SourceException(
          ReasonClass.EXPIRED,
          "it gave a credential that expired at " + stated + "; check the clock of this machine");
    }
    return new Lease(credential, begun, earlier(stated, ExpiryReader.after(begun, entry.expire())));
  }

  private static boolean isControl(int c) {
    return c < ' ' || c == 0x7f;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private SourceException tooSlow() {
    return new SourceException(
        ReasonClass.TIMEOUT,
        "no credential within %d ms".formatted(entry.timeout().toMillis())
            + "; check that its service can be reached, or raise timeout");
  }

  /** Logs a failure once and names the entry. The service's message is truncated and redacted. */
  private SourceException failed(SourceException failure) {
    var said = Objects.requireNonNullElse(failure.getMessage(), "");
    var text = Printable.of(secrets.redact(said, sent.texts()));
    var message =
        "provider %s: %s"
            .formatted(
                kind(),
                text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…");
    LOG.log(Level.WARNING, "{0}: {1}", entry.prefix(), message);
    return new SourceException(failure.reasonClass(), message);
  }
}
