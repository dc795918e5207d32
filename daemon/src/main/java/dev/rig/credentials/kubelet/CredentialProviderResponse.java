package dev.rig.credentials.kubelet;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import java.time.Duration;
import java.util.Map;

/**
 * The answer to the kubelet, with exactly the fields that its strict decoder knows.
 *
 * @param apiVersion that of the request
 * @param cacheKeyType the other images for which the kubelet may reuse the answer
 * @param cacheDuration how long it may reuse it; zero for not at all
 * @param auth credentials by the images that the kubelet uses them for; empty if none was found. Of
 *     the keys that match an image, the kubelet tries the longest first, and the next one after a
 *     failed pull ({@code BasicDockerKeyring.Lookup}, {@code kuberuntime_image.go})
 */
record CredentialProviderResponse(
    String apiVersion,
    CacheKeyType cacheKeyType,
    Duration cacheDuration,
    Map<String, Credential> auth) {
  /** The images for which an answer is reused: {@code PluginCacheKeyType} of the kubelet. */
  enum CacheKeyType {
    IMAGE("Image"),
    REGISTRY("Registry");

    private final String word;

    CacheKeyType(String word) {
      this.word = word;
    }
  }

  /**
   * Returns an answer without credentials, which must not be cached: the kubelet would also cache
   * an empty one.
   */
  static CredentialProviderResponse miss(String apiVersion) {
    return new CredentialProviderResponse(apiVersion, CacheKeyType.IMAGE, Duration.ZERO, Map.of());
  }

  /** Returns a copy that the kubelet must not cache. */
  CredentialProviderResponse notKept() {
    return new CredentialProviderResponse(apiVersion, cacheKeyType, Duration.ZERO, auth);
  }

  /** Returns the document with a final newline, in UTF-8. */
  byte[] encode() {
    return JsonWriter.line(
        JsonForm.COMPACT,
        json ->
            json.put("apiVersion", apiVersion)
                .put("kind", "CredentialProviderResponse")
                .put("cacheKeyType", cacheKeyType.word)
                .put("cacheDuration", goDuration(cacheDuration))
                .object("auth", fields -> auth.forEach((key, login) -> add(fields, key, login))));
  }

  private static void add(JsonWriter json, String key, Credential credential) {
    json.object(
        key,
        login ->
            login
                .put("username", credential.username())
                .put("password", credential.secret().reveal()));
  }

  /**
   * Returns whole seconds as Go's {@code Duration.String} writes them: {@code 1h0m5s}, {@code 0s}.
   */
  static String goDuration(Duration duration) {
    long seconds = duration.toSeconds();
    var text = new StringBuilder();
    if (seconds >= 3600) {
      text.append(seconds / 3600).append('h');
    }
    if (seconds >= 60) {
      text.append(seconds / 60 % 60).append('m');
    }
    return text.append(seconds % 60).append('s').toString();
  }
}
