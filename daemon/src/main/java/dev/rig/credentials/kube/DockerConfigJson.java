package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The content of {@code .dockerconfigjson}: credentials by key ({@code DockerConfigJSON} of
 * kubernetes {@code pkg/credentialprovider}). Equal contents are written byte for byte the same.
 */
public record DockerConfigJson(SortedMap<String, Credential> credentials) {
  public DockerConfigJson {
    credentials = Collections.unmodifiableSortedMap(new TreeMap<>(credentials));
  }

  /**
   * Returns the document in UTF-8, with {@code auth} in addition to name and password, for clients
   * other than kubelets.
   */
  public byte[] encode() {
    return JsonWriter.bytes(json ->
        json.object(
            "auths", auths -> credentials.forEach((key, login) -> auth(auths, key, login))));
  }

  private static void auth(JsonWriter auths, String key, Credential credential) {
    var secret = credential.secret().reveal();
    var login = (credential.username() + ":" + secret).getBytes(StandardCharsets.UTF_8);
    auths.object(
        key,
        json ->
            json.put("username", credential.username())
                .put("password", secret)
                .put("auth", Base64.getEncoder().encodeToString(login)));
  }

  /** Reads what {@link #encode} wrote; empty for other content, which is then replaced. */
  static DockerConfigJson decode(byte[] document) {
    var credentials = new TreeMap<String, Credential>();
    try {
      var auths = JsonObject.parse(document).object("auths");
      for (var key : auths.fields().keySet()) {
        var username = auths.object(key).textOrEmpty("username");
        var password = auths.object(key).textOrEmpty("password");
        if (!username.isEmpty() && !password.isEmpty()) {
          credentials.put(key, new Credential(username, Secret.of(password)));
        }
      }
    } catch (JsonException e) {
      return new DockerConfigJson(new TreeMap<>()); // written by another program
    }
    var config = new DockerConfigJson(credentials);
    return Arrays.equals(config.encode(), document)
        ? config
        : new DockerConfigJson(new TreeMap<>());
  }

  @Override
  public String toString() {
    return "DockerConfig[keys=" + credentials.keySet() + ", redacted]";
  }
}
