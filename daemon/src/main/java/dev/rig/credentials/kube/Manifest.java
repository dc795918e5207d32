package dev.rig.credentials.kube;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The Secret as {@code kubectl apply} takes it. */
final class Manifest {
  private Manifest() {}

  static Map<String, Object> of(PullSecret secret) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("name", secret.name());
    metadata.put("namespace", secret.namespace());
    metadata.put("labels", Map.of(Marks.LABEL, Marks.MANAGER));
    metadata.put("annotations", Marks.annotations(secret));
    var document = new LinkedHashMap<String, Object>();
    document.put("apiVersion", "v1");
    document.put("kind", "Secret");
    document.put("metadata", metadata);
    document.put("type", Marks.TYPE);
    document.put(
        "data", Map.of(Marks.DATA, Base64.getEncoder().encodeToString(secret.config().encode())));
    return document;
  }
}
