package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.EntryScope;
import dev.rig.credentials.broker.StartJitter;
import dev.rig.credentials.cache.CachePolicy;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.FakeTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A broker in fake time, filled entry by entry. */
public final class BrokerFixture {
  private final FakeTime time = new FakeTime();
  private final ExpiringCache<BrokerEntry, Lease> leases =
      new ExpiringCache<>(
          Broker.LOADER, Lease::expiresAt, CachePolicy.standard(1000), time.time(), new Random(1));
  private final Broker broker = new Broker(leases, time.time(), StartJitter.AT_ONCE);
  private final List<BrokerEntry> entries = new ArrayList<>();

  public FakeTime time() {
    return time;
  }

  public Broker broker() {
    return broker;
  }

  /** Adds an entry and loads it into the broker. */
  public BrokerFixture entry(String prefix, CredentialSource source) {
    return entry(prefix, source, null, false);
  }

  /** Adds an entry and loads it into the broker. */
  public BrokerFixture entry(
      String prefix, CredentialSource source, @Nullable String alias, boolean isDefault) {
    return entry(
        prefix, source, new EntryScope(alias, isDefault, List.of()), ServiceAccountUse.IGNORED);
  }

  /** Adds an entry that is a mirror of a registry, and loads it into the broker. */
  public BrokerFixture mirror(String prefix, CredentialSource source, String upstream) {
    var of = List.of(prefix(upstream));
    return entry(prefix, source, new EntryScope(null, false, of), ServiceAccountUse.IGNORED);
  }

  /** Adds an entry with this use of service-account tokens, and loads it into the broker. */
  public BrokerFixture entry(String prefix, CredentialSource source, ServiceAccountUse use) {
    return entry(prefix, source, EntryScope.PREFIX_ALONE, use);
  }

  private BrokerFixture entry(
      String prefix, CredentialSource source, EntryScope scope, ServiceAccountUse use) {
    entries.add(configured(prefix, source, "1", scope, use));
    broker.replace(entries);
    return this;
  }

  /** Returns an entry as a configuration defines it, not in a broker yet. */
  public static BrokerEntry configured(String prefix, CredentialSource source, String fingerprint) {
    return configured(
        prefix, source, fingerprint, EntryScope.PREFIX_ALONE, ServiceAccountUse.IGNORED);
  }

  private static BrokerEntry configured(
      String prefix,
      CredentialSource source,
      String fingerprint,
      EntryScope scope,
      ServiceAccountUse use) {
    var parsed = prefix(prefix);
    return new BrokerEntry(
        parsed,
        parsed.toString(),
        source,
        fingerprint,
        scope,
        use,
        new SourcePosition("values.yaml", 1, 1));
  }

  private static RegistryPrefix prefix(String prefix) {
    try {
      return RegistryPrefix.parse(prefix);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(prefix, e);
    }
  }

  /** Reloads all entries with a change, so that no lease continues. */
  public void changeAll() {
    entries.replaceAll(entry ->
        new BrokerEntry(
            entry.prefix(),
            entry.registry(),
            entry.source(),
            entry.fingerprint() + "'",
            entry.scope(),
            entry.serviceAccount(),
            entry.origin()));
    broker.replace(entries);
  }

  /** Adds a static entry. */
  public BrokerFixture fixed(String prefix, String username, String secret) {
    return entry(prefix, FakeSource.fixed(time, username, secret));
  }

  /** Parses a valid reference. */
  public static ImageReference image(String text) {
    try {
      return ImageReference.ofImage(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(text, e);
    }
  }
}
