package dev.rig.credentials.kubelet;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import java.time.Duration;
import java.util.Map;

/**
 * What the kubelet is answered, with exactly the fields that its strict decoder knows.
 *
 * @param apiVersion that of the request
 * @param cacheKeyType for which other images the kubelet may reuse the answer
 * @param cacheDuration how long it may; zero for not at all
 * @param auth credentials by the images that the kubelet uses them for; empty for a miss. Of those
 *     that match an image the kubelet tries the longest key first, and the next one after a pull
 *     that failed ({@code BasicDockerKeyring.Lookup}, {@code kuberuntime_image.go})
 */
record CredentialProviderResponse(
    String apiVersion,
    CacheKeyType cacheKeyType,
    Duration cacheDuration,
    Map<String, Credential> auth) {
  /** For which images an answer is reused: {@code PluginCacheKeyType} of the kubelet. */
  enum CacheKeyType {
    IMAGE("Image"),
    REGISTRY("Registry");

    private final String word;

    CacheKeyType(String word) {
      this.word = word;
    }
  }

  /** A miss. The kubelet caches an empty answer too, so this one may not be cached. */
  static CredentialProviderResponse miss(String apiVersion) {
    return new CredentialProviderResponse(apiVersion, CacheKeyType.IMAGE, Duration.ZERO, Map.of());
  }

  /** The same, which the kubelet may not keep. */
  CredentialProviderResponse notKept() {
    return new CredentialProviderResponse(apiVersion, cacheKeyType, Duration.ZERO, auth);
  }

  /** The document with a newline behind it, in UTF-8. */
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

  /** Whole seconds as Go's {@code Duration.String} writes them: {@code 1h0m5s}, {@code 0s}. */
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
