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
 * What the entries have for some images now.
 *
 * @param known what goes into a Secret
 * @param missing images whose entry has no credential now
 * @param unmatched images that no entry answers for
 */
record SecretPlan(List<AvailableLease> known, List<Missing> missing, List<String> unmatched) {
  /** What the entries have for one image. */
  sealed interface Part {}

  /**
   * A credential.
   *
   * @param prefix the entry
   * @param key what the kubelet finds it by
   */
  record AvailableLease(String prefix, String key, Lease lease) implements Part {}

  /**
   * None now.
   *
   * @param prefix the entry; empty where it is not known which it is
   * @param key null where that is not known
   * @param reason for people who may get the credential, without a secret
   * @param summary for everybody
   */
  record Missing(String prefix, @Nullable String key, String reason, String summary)
      implements Part {}

  /** None ever: no entry matches. */
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

  /** Whether no entry answers for any of the images. */
  boolean needsNothing() {
    return known.isEmpty() && missing.isEmpty();
  }

  /** The reasons why something is missing, each once. */
  List<String> reasons() {
    return missing.stream().map(Missing::reason).distinct().sorted().toList();
  }

  /** The same for everybody. */
  List<String> summaries() {
    return missing.stream().map(Missing::summary).distinct().sorted().toList();
  }

  /** A new Secret with all of it. */
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
   * What is to stand in place of a Secret that there is. What is missing now stays as it was, with
   * the end that was known of it: the others must not wait.
   */
  PullSecret replacing(PullSecret old) {
    var fresh = secret(old.namespace(), old.name(), old.images(), old.capsule());
    var credentials = new TreeMap<>(fresh.config().credentials());
    var prefixes = new TreeSet<>(fresh.entries());
    var end = fresh.expiresAt();
    for (var one : missing) {
      if (one.key() == null) {
        // Which entry it is will be known when its script is through; until then all stays.
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
