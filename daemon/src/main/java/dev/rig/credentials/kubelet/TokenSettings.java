package dev.rig.credentials.kubelet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A provider's {@code tokenAttributes}: {@code ServiceAccountTokenAttributes} of {@code
 * kubelet.config.k8s.io/v1}.
 *
 * @param audience the audience of the tokens
 * @param cacheType the scope of cached answers
 * @param requireServiceAccount whether pods without a service account are skipped
 * @param requiredAnnotations keys without which the kubelet does not ask
 * @param optionalAnnotations keys that it sends if present
 */
public record TokenSettings(
    String audience,
    CacheType cacheType,
    boolean requireServiceAccount,
    List<String> requiredAnnotations,
    List<String> optionalAnnotations) {
  private static final int LONGEST_DOMAIN = 253;
  private static final Pattern DOMAIN =
      Pattern.compile("[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[-a-z0-9_.]{0,61}[a-z0-9])?");

  /** The scope of the kubelet's cached answers. */
  public enum CacheType {
    /** One token, that is, one pod for at most an hour. */
    TOKEN("Token"),
    /** All pods of the service account. */
    SERVICE_ACCOUNT("ServiceAccount");

    private final String word;

    CacheType(String word) {
      this.word = word;
    }

    /** Returns the kubelet's spelling. */
    @Override
    public String toString() {
      return word;
    }
  }

  public TokenSettings {
    requiredAnnotations = List.copyOf(requiredAnnotations);
    optionalAnnotations = List.copyOf(optionalAnnotations);
  }

  /**
   * Returns the problems that the kubelet would report ({@code validateCredentialProviderConfig});
   * empty if there are none.
   */
  public List<String> problems() {
    var problems = new ArrayList<String>();
    if (audience.isEmpty()) {
      problems.add("the audience of the service-account tokens is empty");
    }
    if (!requireServiceAccount && !requiredAnnotations.isEmpty()) {
      problems.add(
          "an annotation can be required only where a service account is: make every entry of this"
              + " provider serviceAccount: required, or take the annotation as an optional one");
    }
    var seen = new HashSet<String>();
    for (var key : requiredAnnotations) {
      check(key, seen, problems);
    }
    for (var key : optionalAnnotations) {
      check(key, seen, problems);
    }
    return problems;
  }

  private static void check(String key, HashSet<String> seen, List<String> problems) {
    var text = key.toLowerCase(Locale.ROOT);
    int slash = text.lastIndexOf('/');
    var domain = text.substring(0, Math.max(slash, 0));
    boolean validDomain =
        slash < 0 || (domain.length() <= LONGEST_DOMAIN && DOMAIN.matcher(domain).matches());
    if (!validDomain || !NAME.matcher(text.substring(slash + 1)).matches()) {
      problems.add("\"" + key + "\" is not the key of an annotation");
    }
    if (!seen.add(key)) {
      problems.add("the annotation \"" + key + "\" is named twice");
    }
  }
}
