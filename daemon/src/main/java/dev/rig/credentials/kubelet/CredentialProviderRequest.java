package dev.rig.credentials.kubelet;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * The kubelet's request: {@code k8s.io/kubelet/pkg/apis/credentialprovider}.
 *
 * @param apiVersion a supported version; the answer has the same
 * @param image without tag and digest, normalised by the kubelet
 * @param serviceAccountToken a JWT of the pod's service account; empty if absent, as in all
 *     versions except {@code v1}
 * @param serviceAccountAnnotations the account's annotations that the kubelet is configured to send
 */
record CredentialProviderRequest(
    String apiVersion,
    String image,
    Secret serviceAccountToken,
    Map<String, String> serviceAccountAnnotations) {
  private static final String GROUP = "credentialprovider.kubelet.k8s.io/";
  private static final Set<String> VERSIONS =
      Set.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");

  /**
   * Parses a request; fields of later versions are ignored.
   *
   * @throws MalformedProviderRequestException with a message that contains no part of the payload
   */
  static CredentialProviderRequest parse(byte[] payload) throws MalformedProviderRequestException {
    JsonObject json;
    try {
      json = JsonObject.parse(payload);
    } catch (JsonException e) {
      throw new MalformedProviderRequestException(
          "the request is not valid JSON: " + e.getMessage());
    }
    var apiVersion = json.textOrEmpty("apiVersion");
    if (!VERSIONS.contains(apiVersion)) {
      throw new MalformedProviderRequestException(
          "the request's apiVersion is not one of " + GROUP + "v1, v1beta1 and v1alpha1");
    }
    if (!json.textOrEmpty("kind").equals("CredentialProviderRequest")) {
      throw new MalformedProviderRequestException(
          "the request's kind is not CredentialProviderRequest");
    }
    var image = json.textOrEmpty("image");
    if (image.isEmpty()) {
      throw new MalformedProviderRequestException("the request has no image");
    }
    var annotations = json.object("serviceAccountAnnotations");
    if (annotations.texts().size() < annotations.fields().size()) {
      throw new MalformedProviderRequestException(
          "an annotation of the service account is not a text");
    }
    boolean withToken = apiVersion.equals(GROUP + "v1");
    return new CredentialProviderRequest(
        apiVersion,
        image,
        Secret.of(withToken ? json.textOrEmpty("serviceAccountToken") : ""),
        withToken ? annotations.texts() : Map.of());
  }

  /** A request that cannot be answered. */
  static final class MalformedProviderRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedProviderRequestException(String message) {
      super(message);
    }
  }
}
