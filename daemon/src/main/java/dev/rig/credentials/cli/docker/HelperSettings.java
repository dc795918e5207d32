package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The credential helpers in a client's configuration: {@code credHelpers} selects a helper by
 * registry and has precedence; {@code credsStore} is used for all others. Changes are made in the
 * document and reported.
 */
public final class HelperSettings {
  static final String HELPERS = "credHelpers";
  static final String STORE = "credsStore";
  private static final String LOGINS = "auths";
  private static final String OURS = "rig";

  private final Map<String, Object> document;
  private final ReplacedSettings replaced;
  private final boolean replace;
  private final List<String> changes = new ArrayList<>();
  private final List<String> conflicts = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /**
   * Reads the settings of a document.
   *
   * @param replace whether to replace another helper; otherwise it is a conflict
   * @throws CommandException if the helper settings are invalid for clients
   */
  public HelperSettings(ClientConfigFile file, boolean replace) {
    this.document = file.document();
    this.replaced = file.replaced();
    this.replace = replace;
    for (var name : new String[] {HELPERS, LOGINS}) {
      if (document.get(name) != null && !(document.get(name) instanceof JsonObject)) {
        throw new CommandException(
            ExitStatus.FAILED, "%s: \"%s\" is not an object".formatted(file.path(), name));
      }
    }
  }

  /** Returns the changes, one per line: {@code +} is added, {@code -} is removed. */
  List<String> changes() {
    return changes;
  }

  /** Returns the keys that another helper keeps. */
  List<String> conflicts() {
    return conflicts;
  }

  /** Returns further remarks. */
  List<String> remarks() {
    return remarks;
  }

  /**
   * Returns whether the document is an original: nothing that the record lists is in effect. The
   * user may have restored the file themselves.
   */
  boolean isOriginal() {
    return !isSet() && object(HELPERS).keySet().stream().noneMatch(this::isSet);
  }

  /** Returns whether the store is our helper because an earlier run set it. */
  private boolean isSet() {
    return isOurs(document.get(STORE)) && replaced.hasStore();
  }

  /** Returns whether a key has our helper because an earlier run set it. */
  private boolean isSet(String key) {
    return isOurs(object(HELPERS).get(key)) && replaced.hasHelper(key);
  }

  /** Sets the helper for each of these keys. */
  void useFor(List<String> keys) {
    var helpers = new LinkedHashMap<>(object(HELPERS));
    if (helpers.isEmpty()) {
      replaced.rememberEmptyHelpers(document);
    }
    for (var key : keys) {
      var before = helpers.get(key);
      if (isOurs(before)) {
        continue;
      }
      if (before != null && !replace) {
        conflicts.add(
            "%s uses the helper \"%s\": pass --replace to replace it".formatted(key, before));
        continue;
      }
      if (before != null) {
        changes.add("- %s: \"%s\": \"%s\"".formatted(HELPERS, key, before));
      }
      changes.add("+ %s: \"%s\": \"%s\"".formatted(HELPERS, key, OURS));
      replaced.rememberHelper(helpers, key);
      helpers.put(key, OURS);
      if (hasLogin(key)) {
        remarks.add(
            "the login for %s in \"%s\" is no longer used: \"docker logout\" removes it"
                .formatted(key, LOGINS));
      }
    }
    if (!changes.isEmpty()) {
      document.put(HELPERS, JsonObject.of(helpers));
    }
  }

  /** Sets the helper for every registry without a helper of its own. */
  void useForAll(List<String> keys) {
    var before = document.get(STORE);
    if (!OURS.equals(before)) {
      if (before != null && !before.equals("") && !replace) {
        conflicts.add("\"%s\" is \"%s\": pass --replace to replace it".formatted(STORE, before));
      } else {
        if (before != null && !before.equals("")) {
          changes.add("- %s: \"%s\"".formatted(STORE, before));
        }
        changes.add("+ %s: \"%s\"".formatted(STORE, OURS));
        replaced.rememberStore(document);
        document.put(STORE, OURS);
        var hidden =
            object(LOGINS).keySet().stream()
                .filter(key -> hasLogin(key) && !object(HELPERS).containsKey(key))
                .toList();
        if (!hidden.isEmpty()) {
          remarks.add(
              "with a \"%s\" the logins in \"%s\" are not used: %s"
                  .formatted(STORE, LOGINS, String.join(", ", hidden)));
        }
      }
    }
    for (var key : keys) {
      var helper = object(HELPERS).get(key);
      if (helper != null && !isOurs(helper)) {
        conflicts.add("%s uses the helper \"%s\" first".formatted(key, helper));
      }
    }
  }

  /**
   * Restores the settings that earlier runs replaced. Our helper stays in settings that no earlier
   * run has set, with a remark.
   */
  void remove() {
    var helpers = new LinkedHashMap<>(object(HELPERS));
    var ours = helpers.keySet().stream().filter(this::isSet).toList();
    for (var key : ours) {
      changes.add("- %s: \"%s\": \"%s\"".formatted(HELPERS, key, helpers.get(key)));
      replaced.restoreHelper(helpers, key);
      if (helpers.get(key) != null) {
        changes.add("+ %s: \"%s\": \"%s\"".formatted(HELPERS, key, helpers.get(key)));
      }
    }
    if (!ours.isEmpty()) {
      document.put(HELPERS, JsonObject.of(helpers));
      if (helpers.isEmpty()) {
        replaced.restoreEmptyHelpers(document);
      }
    }
    if (isSet()) {
      changes.add("- %s: \"%s\"".formatted(STORE, document.get(STORE)));
      replaced.restoreStore(document);
      if (document.get(STORE) != null) {
        changes.add("+ %s: \"%s\"".formatted(STORE, document.get(STORE)));
      }
    }
    object(HELPERS).forEach((key, helper) -> remarkIfOurs(HELPERS + ": \"" + key + "\"", helper));
    remarkIfOurs(STORE, document.get(STORE));
  }

  private void remarkIfOurs(String setting, @Nullable Object helper) {
    if (isOurs(helper)) {
      remarks.add(
          "%s: \"%s\" stays, because docker-config did not set it; edit the file to remove it"
              .formatted(setting, helper));
    }
  }

  /** Returns the keys for which a client does not call our helper. */
  public List<String> missing(List<String> keys) {
    return keys.stream().filter(key -> !isOurs(helperFor(key))).toList();
  }

  /** Returns all configured helpers of ours: {@code rig}, and {@code rig-} with an alias. */
  public List<String> ours() {
    var named = new LinkedHashSet<Object>(object(HELPERS).values());
    named.add(document.get(STORE));
    return named.stream()
        .filter(HelperSettings::isOurs)
        .map(String::valueOf)
        .collect(Collectors.toList());
  }

  private @Nullable Object helperFor(String key) {
    var helper = object(HELPERS).get(key);
    return helper != null ? helper : document.get(STORE);
  }

  /**
   * Returns whether this is our helper; an alias has a helper of its own: {@code
   * docker-credential-rig-gitlab}.
   */
  static boolean isOurs(@Nullable Object helper) {
    return helper instanceof String name && (name.equals(OURS) || name.startsWith(OURS + "-"));
  }

  private boolean hasLogin(String key) {
    return object(LOGINS).get(key) instanceof JsonObject login
        && (login.has("auth") || login.has("identitytoken"));
  }

  private Map<String, Object> object(String name) {
    return document.get(name) instanceof JsonObject object ? object.fields() : Map.of();
  }
}
