package dev.rig.credentials.registry.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.net.HostResolver;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.HostileRegistry.Asked;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** A client that records waiting times without waiting. */
public final class ClientFixture {
  final FakeTime time = new FakeTime();
  final List<Duration> waits = new ArrayList<>();
  final FakeCredentials credentials;
  public final RegistryClient client;

  public ClientFixture(FakeCredentials credentials, RegistrySettings settings) {
    this(credentials, settings, InetAddress::getAllByName);
  }

  ClientFixture(
      FakeCredentials credentials, RegistrySettings settings, HostResolver.Resolver names) {
    this.credentials = credentials;
    client =
        new RegistryClient(
            credentials,
            settings,
            time.time(),
            CallObserver.NONE,
            names,
            wait -> {
              waits.add(wait);
              time.advance(wait);
            },
            new SplittableRandom(1));
  }

  ClientFixture(FakeCredentials credentials) {
    this(credentials, RegistrySettings.STANDARD);
  }

  static RegistrySettings listing(String registry, String realm) {
    return new RegistrySettings(Set.of(), List.of(), Map.of(registry, Set.of(realm)), Proxies.NONE);
  }

  public static ImageReference image(String text) {
    try {
      return ImageReference.ofImage(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(e);
    }
  }

  Resolution resolve(HostileRegistry registry) throws InterruptedException {
    return client.resolve(image(registry.host() + "/acme/app:1"));
  }

  /** Resolves an image, and expects this kind of answer. */
  <T> T resolve(HostileRegistry registry, Class<T> kind) throws InterruptedException {
    return assertInstanceOf(kind, resolve(registry));
  }

  /** Serves this image to every client. */
  public static void serve(FakeImage image, Asked asked, OutputStream out) throws IOException {
    var target = asked.target();
    if (target.equals("/v2/")) {
      HostileRegistry.reply(out, 200, "{}");
    } else if (target.equals("/v2/acme/app/manifests/1")
        || target.equals("/v2/acme/app/manifests/" + image.digest())) {
      HostileRegistry.reply(
          out,
          200,
          image.manifest(),
          "Content-Type: " + image.mediaType(),
          "Docker-Content-Digest: " + image.digest());
    } else if (target.equals("/v2/acme/app/blobs/" + image.configDigest())) {
      HostileRegistry.reply(out, 200, image.config());
    } else {
      HostileRegistry.reply(out, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
    }
  }
}
