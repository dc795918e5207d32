package dev.rig.credentials.kubelet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccount;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.kubelet.CredentialProviderRequest.MalformedRequestException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/**
 * Reads whose a service-account token is: the claims {@code exp}, {@code sub} and {@code
 * kubernetes.io} of its JWT (kubernetes {@code pkg/serviceaccount/claims.go}).
 *
 * <p>The signature is not verified. Who could forge a token would have to be the one who asks, and
 * a token is taken from root and from the daemon's own user alone, that is from the kubelet, which
 * got it from the API server; those two could read the daemon's memory anyway. The script hands it
 * on to a token service that does verify it.
 */
final class TokenClaims {
  /** Far more than the API server issues. */
  private static final int LONGEST = 64 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private String subject = "";
  private String namespace = "";
  private String name = "";
  private String uid = "";
  private double expiry = Double.NaN;

  private TokenClaims() {}

  /**
   * Reads a token.
   *
   * @throws MalformedRequestException when it is none of a service account, with a message that
   *     repeats nothing of it
   */
  static ServiceAccountToken read(Secret token, Map<String, String> annotations)
      throws MalformedRequestException {
    var parts = token.reveal().split("\\.", -1);
    if (token.reveal().length() > LONGEST || parts.length != 3) {
      throw malformed("is not a signed JWT");
    }
    var claims = new TokenClaims();
    try (var json = JSON.createParser(Base64.getUrlDecoder().decode(parts[1]))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("has no claims");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        claims.readClaim(json);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Their messages would quote the token.
      throw malformed("has claims that are not Base64 of JSON");
    }
    return claims.token(token, annotations);
  }

  private void readClaim(JsonParser json) throws IOException {
    var claim = json.currentName();
    var value = json.nextToken();
    if (claim.equals("sub") && value == JsonToken.VALUE_STRING) {
      subject = json.getText();
    } else if (claim.equals("exp") && value.isNumeric()) {
      expiry = json.getDoubleValue();
    } else if (claim.equals("kubernetes.io") && value == JsonToken.START_OBJECT) {
      readKubernetes(json);
    } else {
      json.skipChildren();
    }
  }

  private void readKubernetes(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var claim = json.currentName();
      var value = json.nextToken();
      if (claim.equals("namespace") && value == JsonToken.VALUE_STRING) {
        namespace = json.getText();
      } else if (claim.equals("serviceaccount") && value == JsonToken.START_OBJECT) {
        readServiceAccount(json);
      } else {
        json.skipChildren();
      }
    }
  }

  private void readServiceAccount(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var claim = json.currentName();
      var value = json.nextToken();
      if (claim.equals("name") && value == JsonToken.VALUE_STRING) {
        name = json.getText();
      } else if (claim.equals("uid") && value == JsonToken.VALUE_STRING) {
        uid = json.getText();
      } else {
        json.skipChildren();
      }
    }
  }

  private ServiceAccountToken token(Secret token, Map<String, String> annotations)
      throws MalformedRequestException {
    if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty()) {
      throw malformed("does not say whose it is");
    }
    if (!subject.equals("system:serviceaccount:" + namespace + ":" + name)) {
      throw malformed("names two service accounts");
    }
    return new ServiceAccountToken(
        new ServiceAccount(namespace, name, uid), token, expiresAt(), annotations);
  }

  private Instant expiresAt() throws MalformedRequestException {
    try {
      if (expiry > 0 && expiry < Long.MAX_VALUE) {
        return Instant.ofEpochSecond((long) expiry);
      }
    } catch (DateTimeException e) {
      // Below, as for every other time that is none.
    }
    throw malformed("does not say when it ends");
  }

  private static MalformedRequestException malformed(String what) {
    return new MalformedRequestException("the request's serviceAccountToken " + what);
  }
}
