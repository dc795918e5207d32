package dev.rig.credentials.cli.client;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The credentials that the daemon gives to this user, including stored logins. */
public final class DaemonCredentials implements RegistryCredentials {
  private final DaemonClient daemon;

  public DaemonCredentials(DaemonClient daemon) {
    this.daemon = daemon;
  }

  /** Returns the credential; null if the daemon has none or does not answer. */
  public @Nullable Credential of(ImageReference reference) {
    return ask(reference) instanceof Lookup.Found found ? found.lease().credential() : null;
  }

  @Override
  public CompletableFuture<Lookup> lookup(ImageReference reference) {
    return CompletableFuture.completedFuture(ask(reference));
  }

  private Lookup ask(ImageReference reference) {
    var name = reference.name();
    try {
      var reply = daemon.ask(Action.GET, name);
      var text = new String(reply.body(), StandardCharsets.UTF_8).strip();
      if (reply.status() == 0) {
        var json = DaemonClient.parse(reply.body());
        var credential =
            new Credential(json.display("Username"), Secret.of(json.display("Secret")));
        return new Lookup.Found(name, new Lease(credential, Instant.EPOCH, Lease.NEVER));
      }
      return text.equals(Wire.NOT_FOUND)
          ? new Lookup.NotFound("the daemon has no credential for " + name)
          : new Lookup.Failed(name, text, Lease.NEVER);
    } catch (CommandException away) {
      return new Lookup.NotFound(String.valueOf(away.getMessage()));
    }
  }

  /** Discards nothing: the key may be that of a stored login. */
  @Override
  public boolean reject(ImageReference reference, Lease lease) {
    return false;
  }
}
