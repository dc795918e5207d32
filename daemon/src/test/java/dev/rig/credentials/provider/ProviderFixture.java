package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccount;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.source.HeldSecrets;
import dev.rig.credentials.source.KnownSecrets;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Time;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A provider with a fake cloud. */
final class ProviderFixture implements AutoCloseable {
  private final SystemScheduler scheduler = new SystemScheduler();
  private final Map<String, String> environment = new HashMap<>();
  private final Path folder;
  private final FakeCloud cloud;
  private final KnownSecrets known = new HeldSecrets(Map.of()).of("registry.example.com");
  private Time time = scheduler.time();
  private Duration timeout = Duration.ofSeconds(90);

  ProviderFixture(Path folder, FakeCloud cloud) {
    this.folder = folder;
    this.cloud = cloud;
  }

  ProviderFixture with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  ProviderFixture in(FakeTime other) {
    time = other.time();
    return this;
  }

  ProviderFixture timeout(Duration limit) {
    timeout = limit;
    return this;
  }

  CredentialSource source(ProviderKind kind, Map<String, String> options) throws Exception {
    var pem = Files.writeString(folder.resolve("cloud.pem"), cloud.pem());
    var proxies = new Proxies(null, cloud.proxyUrl(), List.of());
    return new Providers(new Providers.Reach(Set.of(), List.of(pem), proxies), environment, time)
        .source(
            new ProviderEntry("entry", kind, options, timeout, Duration.ofDays(36_500)),
            new ProviderSecrets() {
              @Override
              public void add(String registry, Secret secret) {
                known.add(registry, secret);
              }

              @Override
              public String redact(String text, Collection<String> also) {
                return known.redact(text, also);
              }
            });
  }

  /** Returns a request with a pod's token and the annotations of its service account. */
  static SourceRequest ofPod(String registry, String token, Map<String, String> annotations) {
    return new SourceRequest(
        registry,
        new ServiceAccountToken(
            new ServiceAccount("acme", "puller", "uid-1"),
            Secret.of(token),
            Instant.now().plusSeconds(600),
            annotations));
  }

  static Lease lease(CredentialSource source, SourceRequest request) throws Exception {
    return source.issue(request).get(120, TimeUnit.SECONDS);
  }

  /** Returns the failure of a request. */
  static SourceException refusal(CredentialSource source, SourceRequest request) {
    var thrown = assertThrows(ExecutionException.class, () -> lease(source, request));
    return assertInstanceOf(SourceException.class, thrown.getCause());
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
