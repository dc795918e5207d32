package dev.rig.credentials.kube;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stands below {@code .dockerconfigjson}: a credential by each key ({@code DockerConfigJSON}
 * of kubernetes {@code pkg/credentialprovider}). Two that hold the same are equal, and are written
 * byte for byte the same.
 */
public record DockerConfigJson(SortedMap<String, Credential> credentials) {
  private static final JsonFactory JSON_FACTORY = new JsonFactory();

  public DockerConfigJson {
    credentials = Collections.unmodifiableSortedMap(new TreeMap<>(credentials));
  }

  /** The document in UTF-8, with {@code auth} beside name and password for clients but kubelets. */
  public byte[] encode() {
    var bytes = new ByteArrayOutputStream(256);
    try (var json = JSON_FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("auths");
      for (var entry : credentials.entrySet()) {
        var credential = entry.getValue();
        var login = credential.username() + ":" + credential.secret().reveal();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("username", credential.username());
        json.writeStringField("password", credential.secret().reveal());
        json.writeStringField(
            "auth", Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #encode} wrote; empty for anything else, which is written anew then. */
  static DockerConfigJson decode(byte[] document) {
    var credentials = new TreeMap<String, Credential>();
    try {
      if (JSON.std.mapFrom(document).get("auths") instanceof Map<?, ?> auths) {
        auths.forEach((key, value) -> {
          if (value instanceof Map<?, ?> auth
              && auth.get("username") instanceof String username
              && auth.get("password") instanceof String password
              && !username.isEmpty()
              && !password.isEmpty()) {
            credentials.put(key.toString(), new Credential(username, Secret.of(password)));
          }
        });
      }
    } catch (IOException e) {
      return new DockerConfigJson(new TreeMap<>()); // not JSON: somebody else's
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
