package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.EntrySource.OtherHelper;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.source.HelperProgram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a Docker configuration that the daemon can take over.
 *
 * @param helpers the helpers that become entries, by key of the file
 * @param logins the plain-text logins, by key of the file
 * @param leftOut what stays unchanged: sentences for people
 */
record AdoptionPlan(
    Map<String, String> helpers, Map<String, Credential> logins, List<String> leftOut) {

  /**
   * Parses a Docker configuration.
   *
   * @param path the user's {@code PATH}
   * @throws CommandException if a helper is this program under another name
   */
  static AdoptionPlan of(Map<String, Object> document, String path) {
    var plan = new AdoptionPlan(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
    object(document, "credHelpers").forEach((key, name) -> plan.helper(key, name, path));
    var store = document.get("credsStore") instanceof String name ? name : "";
    object(document, "auths").forEach((key, login) -> plan.login(key, login, store, path));
    if (!store.isEmpty() && !HelperProgram.isOwnName(store)) {
      plan.leftOut.add("credsStore \"" + store + "\" still answers for all other registries");
    }
    return plan;
  }

  private static Map<String, ? extends @Nullable Object> object(
      Map<String, Object> document, String name) {
    return document.get(name) instanceof JsonObject object ? object.fields() : Map.of();
  }

  private void helper(String key, @Nullable Object helper, String path) {
    if (!(helper instanceof String name) || !OtherHelper.isName(name)) {
      leftOut.add(key + ": its helper is not the name of a credential helper");
      return;
    }
    if (HelperProgram.isOwnName(name) || !isNew(key)) {
      return; // uses the daemon already, or stays
    }
    switch (HelperProgram.find(name, path)) {
      case HelperProgram.FoundHelper _ -> helpers.put(key, name);
      case HelperProgram.MissingHelper(var reason) -> leftOut.add(key + ": " + reason);
      case HelperProgram.OwnHelper(var reason) ->
          throw new CommandException(ExitStatus.FAILED, key + ": " + reason);
    }
  }

  private void login(String key, @Nullable Object value, String store, String path) {
    if (!(value instanceof JsonObject login)) {
      return;
    }
    boolean empty = !login.has("auth") && !login.has("identitytoken") && !login.has("password");
    if (helpers.containsKey(key)) {
      if (!empty) {
        leftOut.add(
            "the login for %s is not used, a helper answers: \"docker logout %s\" removes it"
                .formatted(key, key));
      }
    } else if (empty) {
      if (!store.isEmpty()) {
        helper(key, store, path); // Docker writes an empty object for a key in credsStore
      }
    } else if (isNew(key)) {
      var credential = credential(login);
      if (credential == null) {
        leftOut.add("the login for " + key + " cannot be read");
      } else {
        logins.put(key, credential);
      }
    }
  }

  /** Returns whether the key is a registry that no earlier key names; otherwise reports it. */
  private boolean isNew(String key) {
    var prefix = prefix(key);
    if (prefix == null) {
      leftOut.add(key + " is not a registry");
      return false;
    }
    var same =
        Stream.concat(helpers.keySet().stream(), logins.keySet().stream())
            .filter(other -> prefix.equals(prefix(other)))
            .findFirst();
    same.ifPresent(other -> leftOut.add(key + " names the same registry as " + other));
    return same.isEmpty();
  }

  /** Returns the user name and password, by the rules of docker/cli; null if absent. */
  private static @Nullable Credential credential(JsonObject login) {
    var token = login.textOrEmpty("identitytoken");
    if (!token.isEmpty()) {
      return new Credential(Credential.TOKEN_USERNAME, Secret.of(token));
    }
    var username = login.textOrEmpty("username");
    var password = login.textOrEmpty("password");
    var auth = login.textOrEmpty("auth");
    if (!auth.isEmpty()) {
      try {
        var text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
        int colon = Math.max(text.indexOf(':'), 0);
        username = text.substring(0, colon);
        password = text.substring(Math.min(colon + 1, text.length())).replaceAll("\\x00+$", "");
      } catch (IllegalArgumentException e) {
        return null; // without its message, which quotes the text
      }
    }
    return username.isEmpty() || password.isEmpty()
        ? null
        : new Credential(username, Secret.of(password));
  }

  static @Nullable RegistryPrefix prefix(String key) {
    try {
      return RegistryPrefix.ofHost(key);
    } catch (InvalidReferenceException e) {
      return null;
    }
  }

  boolean isEmpty() {
    return helpers.isEmpty() && logins.isEmpty();
  }

  /** Returns the entries as Helm values. */
  JsonObject values() {
    var entries = new LinkedHashMap<String, Object>();
    helpers.forEach((key, name) -> {
      var prefix = prefix(key);
      if (prefix != null) {
        entries.put(prefix.toString(), JsonObject.of(Map.of("helper", name)));
      }
    });
    return JsonObject.of(
        Map.of("rig", JsonObject.of(Map.of("dockerRegistries", JsonObject.of(entries)))));
  }

  /** Omits the secrets. */
  @Override
  public String toString() {
    return "AdoptionPlan[" + helpers + ", " + logins.keySet() + "]";
  }
}
