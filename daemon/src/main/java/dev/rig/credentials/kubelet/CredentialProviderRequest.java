package dev.rig.credentials.kubelet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.rig.credentials.credential.Secret;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the kubelet asks: {@code k8s.io/kubelet/pkg/apis/credentialprovider}.
 *
 * @param apiVersion one that is answered; the answer has the same
 * @param image without tag and digest, normalised by the kubelet
 * @param serviceAccountToken a JWT of the pod's service account; empty for none, as in all versions
 *     but {@code v1}
 * @param serviceAccountAnnotations those of its annotations that the kubelet was told to send
 */
record CredentialProviderRequest(
    String apiVersion,
    String image,
    Secret serviceAccountToken,
    Map<String, String> serviceAccountAnnotations) {
  private static final String GROUP = "credentialprovider.kubelet.k8s.io/";
  private static final Set<String> VERSIONS =
      Set.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads a request; fields of later versions are passed over.
   *
   * @throws MalformedRequestException with a message that repeats nothing of the payload
   */
  static CredentialProviderRequest parse(byte[] payload) throws MalformedRequestException {
    var apiVersion = "";
    var kind = "";
    var image = "";
    var serviceAccountToken = "";
    var annotations = new HashMap<String, String>();
    try (var json = JSON.createParser(payload)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedRequestException("the request is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var name = json.currentName();
        var token = json.nextToken();
        boolean text = token == JsonToken.VALUE_STRING;
        if (text && name.equals("apiVersion")) {
          apiVersion = json.getText();
        } else if (text && name.equals("kind")) {
          kind = json.getText();
        } else if (text && name.equals("image")) {
          image = json.getText();
        } else if (text && name.equals("serviceAccountToken")) {
          serviceAccountToken = json.getText();
        } else if (token == JsonToken.START_OBJECT && name.equals("serviceAccountAnnotations")) {
          readTexts(json, annotations);
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      // The parser's message would quote the payload, which may hold a token.
      throw new MalformedRequestException("the request is not valid JSON");
    }
    if (!VERSIONS.contains(apiVersion)) {
      throw new MalformedRequestException(
          "the request's apiVersion is none of " + GROUP + "v1, v1beta1 and v1alpha1");
    }
    if (!kind.equals("CredentialProviderRequest")) {
      throw new MalformedRequestException("the request's kind is not CredentialProviderRequest");
    }
    if (image.isEmpty()) {
      throw new MalformedRequestException("the request has no image");
    }
    boolean withToken = apiVersion.equals(GROUP + "v1");
    return new CredentialProviderRequest(
        apiVersion,
        image,
        Secret.of(withToken ? serviceAccountToken : ""),
        withToken ? annotations : Map.of());
  }

  private static void readTexts(JsonParser json, Map<String, String> texts)
      throws IOException, MalformedRequestException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new MalformedRequestException("an annotation of the service account is not a text");
      }
      texts.put(name, json.getText());
    }
  }

  /** A request that cannot be answered. */
  static final class MalformedRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedRequestException(String message) {
      super(message);
    }
  }
}
