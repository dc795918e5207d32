package dev.rig.credentials.app;

import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.EntryScope;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.LoginKeeper;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.image.Hash;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.problem.ProblemsException;
import dev.rig.credentials.provider.ProviderEntry;
import dev.rig.credentials.provider.ProviderSecrets;
import dev.rig.credentials.provider.Providers;
import dev.rig.credentials.source.EntryProgram;
import dev.rig.credentials.source.HeldSecrets;
import dev.rig.credentials.source.HelperSource;
import dev.rig.credentials.source.KnownSecrets;
import dev.rig.credentials.source.ScriptSource;
import dev.rig.credentials.source.StaticSource;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.time.Ticker;
import dev.rig.credentials.time.Time;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes the broker's entries from the configured ones. */
final class BrokerEntryFactory {
  private final ProcessRunner runner;
  private final Providers providers;
  private final HeldSecrets secrets;
  private final Metrics metrics;
  private final Time time;

  /**
   * Creates a factory.
   *
   * @param secrets collects the values that must be redacted
   */
  BrokerEntryFactory(
      ProcessRunner runner, Providers providers, HeldSecrets secrets, Metrics metrics, Time time) {
    this.runner = runner;
    this.providers = providers;
    this.secrets = secrets;
    this.metrics = metrics;
    this.time = time;
  }

  /**
   * Returns the entries.
   *
   * @throws ProblemsException if a helper is this daemon's own program
   */
  List<BrokerEntry> of(List<RegistryEntry> configured) {
    HelperLoops.check(configured, runner.path());
    return configured.stream().map(this::entry).toList();
  }

  private BrokerEntry entry(RegistryEntry configured) {
    // One text for all of the entry's parts: there may be 100,000 entries.
    var registry = configured.prefix().toString();
    var known = secrets.of(registry);
    var source =
        switch (configured.source()) {
          case EntrySource.StaticLogin(var credential) -> {
            known.configured(List.of(credential.secret().reveal()));
            yield new StaticSource(credential, time);
          }
          case EntrySource.Script script ->
              metered(
                  registry,
                  new ScriptSource(
                      script.text().reveal(),
                      program(registry, script.env(), script.timeout(), configured, known)));
          case EntrySource.OtherHelper helper ->
              metered(
                  registry,
                  new HelperSource(
                      helper.name(),
                      program(registry, helper.env(), helper.timeout(), configured, known)));
          case EntrySource.CloudProvider provider ->
              metered(registry, provider(registry, provider, configured, known));
        };
    return new BrokerEntry(
        configured.prefix(),
        registry,
        source,
        fingerprint(configured),
        new EntryScope(configured.alias(), configured.isDefault(), configured.mirrorOf()),
        configured.serviceAccount(),
        configured.origin());
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
    public @Nullable LoginKeeper logins() {
      return source.logins();
    }

    @Override
    public Duration patience() {
      return source.patience();
    }

    /** Returns the source's own future, because a cancellation must reach the script. */
    @Override
    public CompletableFuture<Lease> issue(SourceRequest request) {
      long began = ticker.nanos();
      var run = source.issue(request);
      var _ =
          run.whenComplete((lease, failure) ->
              metrics.scriptRun(
                  prefix, kind(), failure != null, Duration.ofNanos(ticker.nanos() - began)));
      return run;
    }
  }

  private MeteredSource metered(String registry, CredentialSource source) {
    return new MeteredSource(source, registry, metrics, time.ticker());
  }

  private EntryProgram program(
      String registry,
      Map<String, String> environment,
      Duration timeout,
      RegistryEntry configured,
      KnownSecrets known) {
    return new EntryProgram(
        registry, environment, timeout, configured.expire(), known, runner, time);
  }

  private CredentialSource provider(
      String registry,
      EntrySource.CloudProvider provider,
      RegistryEntry configured,
      KnownSecrets known) {
    return providers.source(
        new ProviderEntry(
            registry, provider.kind(), provider.options(), provider.timeout(), configured.expire()),
        new ProviderSecrets() {
          @Override
          public void add(String host, Secret secret) {
            known.add(host, secret);
          }

          @Override
          public String redact(String text, Collection<String> also) {
            return known.redact(text, also);
          }
        });
  }

  /**
   * Returns a hash of everything that a credential depends on. A lease is discarded when the hash
   * changes.
   */
  private static String fingerprint(RegistryEntry configured) {
    var parts = new ArrayList<byte[]>();
    add(parts, configured.serviceAccount().name());
    switch (configured.source()) {
      case EntrySource.StaticLogin(var credential) -> {
        add(parts, "static");
        add(parts, credential.username());
        add(parts, credential.secret().reveal());
      }
      case EntrySource.CloudProvider provider -> {
        add(parts, provider.kind().text());
        add(parts, configured.expire().toString());
        add(parts, provider.timeout().toString());
        add(parts, provider.options());
      }
      case EntrySource.OtherHelper helper -> {
        add(parts, "helper");
        add(parts, helper.name());
        add(parts, configured.expire().toString());
        add(parts, helper.timeout().toString());
        add(parts, helper.env());
      }
      case EntrySource.Script script -> {
        add(parts, "script");
        add(parts, script.text().reveal());
        add(parts, configured.expire().toString());
        add(parts, script.timeout().toString());
        add(parts, script.env());
      }
    }
    return Hash.SHA256.hex(parts.toArray(byte[][]::new));
  }

  private static void add(List<byte[]> parts, Map<String, String> texts) {
    new TreeMap<>(texts)
        .forEach((name, value) -> {
          add(parts, name);
          add(parts, value);
        });
  }

  /** Prefixes each text with its length, so that different lists never give the same bytes. */
  private static void add(List<byte[]> parts, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    parts.add((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    parts.add(bytes);
  }
}
