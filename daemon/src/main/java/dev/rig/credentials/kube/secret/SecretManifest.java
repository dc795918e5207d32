package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.SecretAnnotations;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the Secret as input of {@code kubectl apply}. */
final class SecretManifest {
  private SecretManifest() {}

  static Map<String, Object> of(PullSecret secret) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("name", secret.name());
    metadata.put("namespace", secret.namespace());
    metadata.put("labels", Map.of(SecretAnnotations.LABEL, SecretAnnotations.MANAGER));
    metadata.put("annotations", SecretAnnotations.annotations(secret));
    var document = new LinkedHashMap<String, Object>();
    document.put("apiVersion", "v1");
    document.put("kind", "Secret");
    document.put("metadata", metadata);
    document.put("type", SecretAnnotations.TYPE);
    document.put(
        "data",
        Map.of(
            SecretAnnotations.DATA, Base64.getEncoder().encodeToString(secret.config().encode())));
    return document;
  }
}
