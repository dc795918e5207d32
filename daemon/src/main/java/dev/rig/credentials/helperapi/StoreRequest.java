package dev.rig.credentials.helperapi;

import com.fasterxml.jackson.core.JsonToken;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.store.StoredLogin;
import dev.rig.credentials.wire.Wire;
import java.io.IOException;

/**
 * The payload of {@code store}.
 *
 * @param key the server
 * @param login for that server
 */
record StoreRequest(ServerKey key, StoredLogin login) {
  /**
   * Reads {@code {"ServerURL":…,"Username":…,"Secret":…}}; unknown fields are passed over, as Go's
   * decoder does.
   *
   * @throws RefusedRequestException with the answer for the client, which repeats nothing of the
   *     payload
   */
  static StoreRequest parse(byte[] payload) throws RefusedRequestException {
    var server = "";
    var username = "";
    var secret = "";
    try (var json = GoJson.parser(payload)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new RefusedRequestException("rig-credentials: store needs a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var name = json.currentName();
        var token = json.nextToken();
        if (name.equals("ServerURL") && token == JsonToken.VALUE_STRING) {
          server = json.getText();
        } else if (name.equals("Username") && token == JsonToken.VALUE_STRING) {
          username = json.getText();
        } else if (name.equals("Secret") && token == JsonToken.VALUE_STRING) {
          secret = json.getText();
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      // The parser's message would quote the payload, which holds a secret.
      throw new RefusedRequestException("rig-credentials: store needs a valid JSON object");
    }
    if (server.isEmpty()) {
      throw new RefusedRequestException(Wire.NO_SERVER_URL);
    }
    if (username.isEmpty()) {
      throw new RefusedRequestException(Wire.NO_USERNAME);
    }
    if (secret.isEmpty()) {
      throw new RefusedRequestException("rig-credentials: the login has no secret");
    }
    var key = ServerKey.of(server);
    try {
      return new StoreRequest(
          key, StoredLogin.of(server, new Credential(username, Secret.of(secret))));
    } catch (InvalidReferenceException e) {
      throw new RefusedRequestException("rig-credentials: not a registry: " + e.getMessage());
    }
  }
}
