package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Lease;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How our Secrets are told from others', and what they say of themselves. */
public final class SecretAnnotations {
  /** Who writes: the field manager of every request. */
  public static final String MANAGER = "rig-credentials";

  public static final String LABEL = "app.kubernetes.io/managed-by";
  public static final String TYPE = "kubernetes.io/dockerconfigjson";
  public static final String DATA = ".dockerconfigjson";

  /** Of a Capsule: the Secret that its pods pull with. */
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

  /** The elements of an annotation's list; nothing for none. */
  static List<String> list(@Nullable String annotation) {
    return annotation == null || annotation.isEmpty()
        ? List.of()
        : Arrays.asList(annotation.split(",", -1));
  }

  /** The end that an annotation names; what is not one has never been written by us. */
  static Instant end(@Nullable String annotation) {
    try {
      return annotation == null ? Lease.NEVER : Instant.parse(annotation);
    } catch (DateTimeException e) {
      return Lease.NEVER;
    }
  }
}
