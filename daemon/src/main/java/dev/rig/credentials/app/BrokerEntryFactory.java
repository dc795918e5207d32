package dev.rig.credentials.app;

import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.source.KnownSecrets;
import dev.rig.credentials.source.ScriptSource;
import dev.rig.credentials.source.StaticSource;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.time.Time;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the broker's entries out of configured ones. */
final class BrokerEntryFactory {
  private final ProcessRunner runner;
  private final Map<String, String> environment;
  private final Metrics metrics;
  private final Time time;

  /** By prefix, also of entries that are not configured any more: they may come back. */
  private final Map<String, KnownSecrets> known = new ConcurrentHashMap<>();

  /**
   * A factory.
   *
   * @param environment the daemon's own, whose values must not be shown
   */
  BrokerEntryFactory(
      ProcessRunner runner, Map<String, String> environment, Metrics metrics, Time time) {
    this.runner = runner;
    this.environment = environment;
    this.metrics = metrics;
    this.time = time;
  }

  List<BrokerEntry> of(List<RegistryEntry> configured) {
    return configured.stream().map(this::entry).toList();
  }

  private BrokerEntry entry(RegistryEntry configured) {
    var source =
        switch (configured.source()) {
          case EntrySource.StaticLogin(var credential) -> {
            known(configured).add("", credential.secret());
            yield new StaticSource(credential, time);
          }
          case EntrySource.Script script ->
              new MeteredSource(
                  script(configured, script),
                  configured.prefix().toString(),
                  metrics,
                  time.ticker());
        };
    return new BrokerEntry(
        configured.prefix(),
        configured.prefix().toString(),
        source,
        fingerprint(configured),
        configured.alias(),
        configured.isDefault(),
        configured.serviceAccount(),
        configured.origin().toString());
  }

  /** A source whose runs are counted. */
  private record MeteredSource(
      CredentialSource source, String prefix, Metrics metrics, Ticker ticker)
      implements CredentialSource {
    @Override
    public String kind() {
      return source.kind();
    }

    @Override
    public void remember(String registry, Lease lease) {
      source.remember(registry, lease);
    }

    @Override
    public Duration patience() {
      return source.patience();
    }

    /** The source's own future: cancelling it has to reach the run. */
    @Override
    public CompletableFuture<Lease> issue(SourceRequest request) {
      long began = ticker.nanos();
      var run = source.issue(request);
      var _ =
          run.whenComplete((lease, failure) ->
              metrics.scriptRun(prefix, failure != null, Duration.ofNanos(ticker.nanos() - began)));
      return run;
    }
  }

  private ScriptSource script(RegistryEntry configured, EntrySource.Script script) {
    return new ScriptSource(
        configured.prefix().toString(),
        script.text().reveal(),
        script.env(),
        script.timeout(),
        configured.expire(),
        known(configured),
        runner,
        time);
  }

  private KnownSecrets known(RegistryEntry configured) {
    return known.computeIfAbsent(
        configured.prefix().toString(), first -> new KnownSecrets(environment));
  }

  /** A hash of everything that a credential depends on: a lease is void when that changes. */
  private static String fingerprint(RegistryEntry configured) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    add(digest, configured.serviceAccount().name());
    switch (configured.source()) {
      case EntrySource.StaticLogin(var credential) -> {
        add(digest, "static");
        add(digest, credential.username());
        add(digest, credential.secret().reveal());
      }
      case EntrySource.Script script -> {
        add(digest, "script");
        add(digest, script.text().reveal());
        add(digest, configured.expire().toString());
        add(digest, script.timeout().toString());
        new TreeMap<>(script.env())
            .forEach((name, value) -> {
              add(digest, name);
              add(digest, value);
            });
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** With its length before it, so that no two lists of texts are one. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    digest.update(bytes);
  }
}
