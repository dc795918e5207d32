package dev.rig.credentials.kube.secret;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a request for a pull secret.
 *
 * @param name the Secret; null if none is needed
 * @param entries its credentials, by the kubelet's key
 * @param unmatched images without an entry, which need no Secret
 * @param goodUntil the expiry of its shortest lease; {@link
 *     dev.rig.credentials.credential.Lease#NEVER} if none expires
 * @param notes for people, one per line
 * @param manifest the Secret itself for a dry run; otherwise null
 */
public record PullSecretAnswer(
    String cluster,
    String namespace,
    @Nullable String name,
    PullSecretOutcome outcome,
    List<Held> entries,
    List<String> unmatched,
    Instant goodUntil,
    List<String> notes,
    @Nullable Map<String, Object> manifest) {
  /** What was done. */
  public enum PullSecretOutcome {
    CREATED,
    UPDATED,
    UNCHANGED,
    /** No entry answers for any of the images: there is no Secret, and none is needed. */
    NOT_NEEDED,
    /** A dry run: nothing was written. */
    DRY_RUN
  }

  /**
   * One credential in the Secret.
   *
   * @param key the kubelet's key
   * @param prefix the entry
   * @param expiresAt its expiry
   */
  public record Held(String key, String prefix, Instant expiresAt) {}

  public PullSecretAnswer {
    entries = List.copyOf(entries);
    unmatched = List.copyOf(unmatched);
    notes = List.copyOf(notes);
  }

  /** Omits the manifest, which contains the credentials. */
  @Override
  public String toString() {
    return "PullSecretAnswer[%s %s/%s]".formatted(outcome, namespace, name);
  }
}
