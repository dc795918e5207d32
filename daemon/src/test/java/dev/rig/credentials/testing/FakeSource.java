package dev.rig.credentials.testing;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A source that answers immediately with a test's credential, and records requests. */
public final class FakeSource implements CredentialSource {
  private final FakeTime time;
  private final String kind;
  private final Duration life;
  private final List<String> asked = new ArrayList<>();
  private final List<SourceRequest> requests = new ArrayList<>();
  private Credential credential;
  private @Nullable String failure;
  private boolean hangs;

  private FakeSource(FakeTime time, String kind, String username, String secret, Duration life) {
    this.time = time;
    this.kind = kind;
    this.life = life;
    this.credential = new Credential(username, Secret.of(secret));
  }

  /** Returns a static source. */
  public static FakeSource fixed(FakeTime time, String username, String secret) {
    return new FakeSource(time, "static", username, secret, Duration.ZERO);
  }

  /** Returns a source whose leases expire. */
  public static FakeSource script(FakeTime time, String username, String secret, Duration life) {
    return new FakeSource(time, "script", username, secret, life);
  }

  /** Makes the source fail with this message. */
  public FakeSource failing(String message) {
    failure = message;
    return this;
  }

  /** Makes its runs never end. */
  public FakeSource hanging() {
    hangs = true;
    return this;
  }

  /** Returns all requests, in order. */
  public List<SourceRequest> requests() {
    return requests;
  }

  /** Changes its credential. */
  public FakeSource answering(String username, String secret) {
    credential = new Credential(username, Secret.of(secret));
    return this;
  }

  /** Returns the requested registries, in order. */
  public List<String> asked() {
    return asked;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    asked.add(request.registry());
    requests.add(request);
    if (hangs) {
      return new CompletableFuture<>();
    }
    if (failure != null) {
      return CompletableFuture.failedFuture(new SourceException(ReasonClass.STATUS, failure));
    }
    var end = life.isZero() ? Lease.NEVER : time.now().plus(life);
    return CompletableFuture.completedFuture(new Lease(credential, time.now(), end));
  }
}
