package dev.rig.credentials.helperapi;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.store.StoredLogin;
import dev.rig.credentials.wire.Wire;

/**
 * The payload of {@code store}.
 *
 * @param key the server
 * @param login for that server
 */
record StoreRequest(ServerKey key, StoredLogin login) {
  /**
   * Parses {@code {"ServerURL":…,"Username":…,"Secret":…}}; unknown fields are ignored, as by Go's
   * decoder.
   *
   * @throws RefusedRequestException with the answer for the client, which contains no text of the
   *     payload
   */
  static StoreRequest parse(byte[] payload) throws RefusedRequestException {
    JsonObject json;
    try {
      json = JsonObject.parse(payload);
    } catch (JsonException e) {
      throw new RefusedRequestException("rig-credentials: store needs a valid JSON object");
    }
    var server = json.textOrEmpty("ServerURL");
    var username = json.textOrEmpty("Username");
    var secret = json.textOrEmpty("Secret");
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
          key, StoredLogin.of(key.text(), new Credential(username, Secret.of(secret))));
    } catch (InvalidReferenceException e) {
      throw new RefusedRequestException("rig-credentials: not a registry: " + e.getMessage());
    }
  }
}
