package dev.rig.credentials.testing.registry;

import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.registry.client.RegistrySettings;
import dev.rig.credentials.time.SystemScheduler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Resolves an image without a credential and prints the result: run with the distribution's own
 * runtime, which may lack parts of a whole JDK.
 */
public final class TlsProbe implements RegistryCredentials {
  TlsProbe() {}

  /** Takes the image, then files of authorities. */
  public static void main(String[] arguments) throws Exception {
    var files = List.of(arguments).stream().skip(1).map(Path::of).toList();
    var settings = new RegistrySettings(Set.of(), files, Map.of(), Proxies.NONE);
    try (var scheduler = new SystemScheduler()) {
      var client =
          new RegistryClient(new TlsProbe(), settings, scheduler.time(), CallObserver.NONE);
      System.out.println(client.resolve(ImageReference.ofImage(arguments[0])));
    }
  }

  @Override
  public CompletableFuture<Lookup> lookup(ImageReference reference) {
    return CompletableFuture.completedFuture(new Lookup.NotFound("nobody has one"));
  }

  @Override
  public boolean reject(ImageReference reference, Lease lease) {
    return false;
  }
}
