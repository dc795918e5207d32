package dev.rig.credentials.source;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.time.Time;
import java.util.concurrent.CompletableFuture;

/** The source of a credential in the configuration. Its leases never expire. */
public final class StaticSource implements CredentialSource {
  private final Credential credential;
  private final Time time;

  /**
   * Creates a source that always answers with this credential, issued at the time of the request.
   */
  public StaticSource(Credential credential, Time time) {
    this.credential = credential;
    this.time = time;
  }

  @Override
  public String kind() {
    return "static";
  }

  @Override
  public CompletableFuture<Lease> issue(SourceRequest request) {
    return CompletableFuture.completedFuture(new Lease(credential, time.now(), Lease.NEVER));
  }
}
