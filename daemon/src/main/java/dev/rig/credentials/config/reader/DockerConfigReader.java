package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads Docker's {@code config.json}, which is also the {@code .dockerconfigjson} of a pull secret:
 * {@code auths} and {@code credHelpers} (docker/cli {@code cli/config/configfile/file.go}). Other
 * keys are ignored.
 */
final class DockerConfigReader {
  /** Root keys that only this format has. */
  static final Set<String> KEYS = Set.of("auths", "credHelpers", "credsStore");

  private final NodeReader nodes;
  private final RegistryTable registries;

  DockerConfigReader(NodeReader nodes, RegistryTable registries) {
    this.nodes = nodes;
    this.registries = registries;
  }

  /**
   * Merges its entries into those read before.
   *
   * @param root the fields of the document
   */
  void read(Map<String, NodeReader.Field> root) {
    var store = root.get("credsStore");
    if (store != null && !NodeReader.isUnset(store.value())) {
      nodes.remark(
          store.keyNode(),
          "credsStore is ignored, because it names no registry",
          "name its registries with helper: entries, or below credHelpers");
    }
    var seen = new LinkedHashMap<RegistryPrefix, Node>();
    var helpers = root.get("credHelpers");
    if (helpers != null) {
      for (var field : nodes.fields(helpers.value(), "credHelpers")) {
        var helper = nodes.value(field.value(), "the helper", SourceReader::helper);
        var prefix = helper == null ? null : prefix(field, seen);
        if (helper != null && prefix != null) {
          var key = nodes.at(field.keyNode());
          registries.reader(prefix, key).source().useHelper(key, helper);
        }
      }
    }
    var logins = root.get("auths");
    if (logins != null) {
      for (var field : nodes.fields(logins.value(), "auths")) {
        var login = login(field);
        var prefix = login == null ? null : prefix(field, seen); // Docker prefers a helper
        if (login != null && prefix != null) {
          var key = nodes.at(field.keyNode());
          registries.reader(prefix, key).source().useLogin(key, login.username(), login.password());
        }
      }
    }
  }

  /**
   * Returns the registry of a key; null if an earlier key means the same registry, or if it is
   * invalid.
   */
  private @Nullable RegistryPrefix prefix(NodeReader.Field field, Map<RegistryPrefix, Node> seen) {
    try {
      var prefix = RegistryPrefix.ofHost(field.key());
      var first = seen.putIfAbsent(prefix, field.keyNode());
      if (first == null) {
        return prefix;
      }
      nodes.remark(
          field.keyNode(),
          "ignored: another key of the same registry comes first",
          "it is at " + nodes.at(first));
    } catch (InvalidReferenceException e) {
      nodes.remark(field.keyNode(), "ignored: not a registry: " + e.getMessage(), null);
    }
    return null;
  }

  /** A user name and a password. */
  private record LocatedLogin(Located<String> username, Located<String> password) {}

  /** Returns the login of a registry; null if absent, which is not an error, or if invalid. */
  private @Nullable LocatedLogin login(NodeReader.Field registry) {
    var fields = new LinkedHashMap<String, Located<String>>();
    for (var field : nodes.fields(registry.value(), "a login")) {
      switch (field.key()) {
        case "auth", "identitytoken", "username", "password", "registrytoken" -> {
          var text = nodes.lines(field.value(), "the login");
          if (text != null) {
            fields.put(field.key(), text);
          }
        }
        default -> {}
      }
    }
    var token = fields.get("identitytoken");
    if (token != null) {
      return new LocatedLogin(new Located<>(Credential.TOKEN_USERNAME, token.origin()), token);
    }
    var auth = fields.get("auth");
    if (auth != null) {
      return decoded(auth);
    }
    var username = fields.get("username");
    var password = fields.get("password");
    if (username != null && password != null) {
      return new LocatedLogin(username, password);
    }
    if (fields.containsKey("registrytoken")) {
      nodes.remark(registry.keyNode(), "ignored: its registrytoken expires soon", null);
    } else if (!fields.isEmpty()) {
      nodes.problem(
          registry.keyNode(), "the login has no user name or no password", "log in again");
    }
    return null;
  }

  /**
   * Decodes as Docker's {@code decodeAuth}: a user name, a colon and a password, which may end with
   * NULs.
   */
  private @Nullable LocatedLogin decoded(Located<String> auth) {
    try {
      var bytes = Base64.getDecoder().decode(auth.value().strip());
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      int colon = text.indexOf(':');
      var password = text.substring(colon + 1).replaceAll("^\\x00+|\\x00+$", "");
      if (colon > 0 && !password.isEmpty() && isPlain(text.substring(0, colon), password)) {
        return new LocatedLogin(
            new Located<>(text.substring(0, colon), auth.origin()),
            new Located<>(password, auth.origin()));
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      // Reported below, without the text.
    }
    nodes
        .findings()
        .add(auth.origin(), "auth is not Base64 of a user name, a colon and a password", null);
    return null;
  }

  private static boolean isPlain(String username, String password) {
    return username.chars().noneMatch(Character::isISOControl)
        && password.chars().noneMatch(c -> Character.isISOControl(c) && "\t\r\n".indexOf(c) < 0);
  }
}
