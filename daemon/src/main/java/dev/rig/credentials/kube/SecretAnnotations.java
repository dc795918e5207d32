package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Lease;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The labels and annotations of this daemon's Secrets. */
public final class SecretAnnotations {
  /** The field manager of every request. */
  public static final String MANAGER = "rig-credentials";

  public static final String LABEL = "app.kubernetes.io/managed-by";
  public static final String TYPE = "kubernetes.io/dockerconfigjson";
  public static final String DATA = ".dockerconfigjson";

  /** The annotation of a Capsule that names the Secret of its pods. */
  static final String CAPSULE_PULL_SECRET = "rig.dev/pull-secret";

  public static final String IMAGES = "credentials.rig.dev/images";
  static final String ENTRIES = "credentials.rig.dev/entries";
  public static final String EXPIRES = "credentials.rig.dev/expires-at";
  public static final String CAPSULE = "credentials.rig.dev/capsule";

  private SecretAnnotations() {}

  public static Map<String, String> annotations(PullSecret secret) {
    var annotations = new TreeMap<String, String>();
    annotations.put(IMAGES, String.join(",", secret.images()));
    annotations.put(ENTRIES, String.join(",", secret.entries()));
    if (!secret.expiresAt().equals(Lease.NEVER)) {
      annotations.put(EXPIRES, secret.expiresAt().toString());
    }
    if (secret.capsule() != null) {
      annotations.put(CAPSULE, secret.capsule());
    }
    return annotations;
  }

  /** Returns the elements of an annotation's list; empty if absent. */
  static List<String> list(@Nullable String annotation) {
    return annotation == null || annotation.isEmpty()
        ? List.of()
        : Arrays.asList(annotation.split(",", -1));
  }

  /** Returns the expiry in an annotation; an invalid one was not written by this daemon. */
  static Instant end(@Nullable String annotation) {
    try {
      return annotation == null ? Lease.NEVER : Instant.parse(annotation);
    } catch (DateTimeException e) {
      return Lease.NEVER;
    }
  }
}
