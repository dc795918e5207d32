package dev.rig.credentials.kube.secret;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request for a pull secret.
 *
 * @param name the Secret; null where none is needed
 * @param entries what it holds, by the kubelet's key
 * @param unmatched images that no entry answers for, which need no Secret
 * @param goodUntil the end of the shortest lease in it; {@link
 *     dev.rig.credentials.credential.Lease#NEVER} where none ends
 * @param notes for people, a line each
 * @param manifest the Secret itself where it was only asked for; else null
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
    /** No entry answers for any of the images: there is no Secret, and none is wanted. */
    NOT_NEEDED,
    /** Nothing was to be written. */
    DRY_RUN
  }

  /**
   * One credential in it.
   *
   * @param key what a kubelet finds it by
   * @param prefix the entry
   * @param expiresAt its end
   */
  public record Held(String key, String prefix, Instant expiresAt) {}

  public PullSecretAnswer {
    entries = List.copyOf(entries);
    unmatched = List.copyOf(unmatched);
    notes = List.copyOf(notes);
  }

  /** The manifest is left out: it holds the credentials. */
  @Override
  public String toString() {
    return "PullSecretAnswer[%s %s/%s]".formatted(outcome, namespace, name);
  }
}
