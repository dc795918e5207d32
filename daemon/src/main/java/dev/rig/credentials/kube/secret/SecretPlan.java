package dev.rig.credentials.kube.secret;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.kube.DockerConfigJson;
import dev.rig.credentials.kube.PullSecret;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The current credentials of some images.
 *
 * @param known the credentials for a Secret
 * @param missing images whose entry has no credential now
 * @param unmatched images without an entry
 */
record SecretPlan(List<AvailableLease> known, List<Missing> missing, List<String> unmatched) {
  /** The result for one image. */
  sealed interface Part {}

  /**
   * A credential.
   *
   * @param prefix the entry
   * @param key the kubelet's key
   */
  record AvailableLease(String prefix, String key, Lease lease) implements Part {}

  /**
   * An entry without a credential now.
   *
   * @param prefix the entry; empty if unknown
   * @param key null if unknown
   * @param reason for people who may get the credential, without a secret
   * @param summary for everyone
   */
  record Missing(String prefix, @Nullable String key, String reason, String summary)
      implements Part {}

  /** No entry matches. */
  record Unmatched(String image) implements Part {}

  static SecretPlan of(List<Part> parts) {
    var known = new ArrayList<AvailableLease>();
    var missing = new ArrayList<Missing>();
    var unmatched = new ArrayList<String>();
    for (var part : parts) {
      switch (part) {
        case AvailableLease one -> known.add(one);
        case Missing one -> missing.add(one);
        case Unmatched(var image) -> unmatched.add(image);
      }
    }
    return new SecretPlan(known, missing, unmatched);
  }

  /** Returns whether no entry answers for any of the images. */
  boolean needsNothing() {
    return known.isEmpty() && missing.isEmpty();
  }

  /** Returns the reasons why credentials are missing, each once. */
  List<String> reasons() {
    return missing.stream().map(Missing::reason).distinct().sorted().toList();
  }

  /** Returns the reasons that everyone may see. */
  List<String> summaries() {
    return missing.stream().map(Missing::summary).distinct().sorted().toList();
  }

  /** Returns a new Secret with all credentials. */
  PullSecret secret(String namespace, String name, List<String> images, @Nullable String capsule) {
    var credentials = new TreeMap<String, Credential>();
    var prefixes = new TreeSet<String>();
    var end = Lease.NEVER;
    for (var one : known) {
      credentials.put(one.key(), one.lease().credential());
      prefixes.add(one.prefix());
      end = earlier(end, one.lease().expiresAt());
    }
    return new PullSecret(
        namespace,
        name,
        images,
        capsule,
        List.copyOf(prefixes),
        toTheSecond(end),
        new DockerConfigJson(credentials),
        null);
  }

  /**
   * Returns the replacement of an existing Secret. A credential that is missing now is kept with
   * its known expiry, so that the others need not wait.
   */
  PullSecret replacing(PullSecret old) {
    var fresh = secret(old.namespace(), old.name(), old.images(), old.capsule());
    var credentials = new TreeMap<>(fresh.config().credentials());
    var prefixes = new TreeSet<>(fresh.entries());
    var end = fresh.expiresAt();
    for (var one : missing) {
      if (one.key() == null) {
        // The entry's images are unknown until its script ends; until then all credentials stay.
        old.config().credentials().forEach(credentials::putIfAbsent);
        prefixes.addAll(old.entries());
        end = earlier(end, old.expiresAt());
        continue;
      }
      var kept = old.config().credentials().get(one.key());
      if (kept != null) {
        credentials.put(one.key(), kept);
        prefixes.add(one.prefix());
        end = earlier(end, old.expiresAt());
      }
    }
    return new PullSecret(
        old.namespace(),
        old.name(),
        old.images(),
        old.capsule(),
        List.copyOf(prefixes),
        end,
        new DockerConfigJson(credentials),
        old.version());
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant toTheSecond(Instant end) {
    return end.equals(Lease.NEVER) ? end : end.truncatedTo(ChronoUnit.SECONDS);
  }
}
