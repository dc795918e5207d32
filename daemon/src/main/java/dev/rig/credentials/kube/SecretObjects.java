package dev.rig.credentials.kube;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.Map;

/** Converts pull secrets to objects of the API. */
final class SecretObjects {
  private SecretObjects() {}

  static boolean isOurs(Secret secret) {
    var labels = secret.getMetadata().getLabels();
    return labels != null
        && SecretAnnotations.MANAGER.equals(labels.get(SecretAnnotations.LABEL))
        && SecretAnnotations.TYPE.equals(secret.getType());
  }

  static PullSecret read(Secret secret) {
    var metadata = secret.getMetadata();
    var annotations =
        metadata.getAnnotations() == null ? Map.<String, String>of() : metadata.getAnnotations();
    var data = secret.getData() == null ? null : secret.getData().get(SecretAnnotations.DATA);
    return new PullSecret(
        metadata.getNamespace(),
        metadata.getName(),
        SecretAnnotations.list(annotations.get(SecretAnnotations.IMAGES)),
        annotations.get(SecretAnnotations.CAPSULE),
        SecretAnnotations.list(annotations.get(SecretAnnotations.ENTRIES)),
        SecretAnnotations.end(annotations.get(SecretAnnotations.EXPIRES)),
        DockerConfigJson.decode(Base64.getDecoder().decode(data == null ? "" : data)),
        new PullSecret.ObjectVersion(metadata.getUid(), metadata.getResourceVersion()));
  }

  static Secret written(PullSecret secret) {
    var version = secret.version();
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(secret.namespace())
        .withName(secret.name())
        .withUid(version == null ? null : version.uid())
        .withResourceVersion(version == null ? null : version.resourceVersion())
        .addToLabels(SecretAnnotations.LABEL, SecretAnnotations.MANAGER)
        .withAnnotations(SecretAnnotations.annotations(secret))
        .endMetadata()
        .withType(SecretAnnotations.TYPE)
        .addToData(
            SecretAnnotations.DATA, Base64.getEncoder().encodeToString(secret.config().encode()))
        .build();
  }
}
